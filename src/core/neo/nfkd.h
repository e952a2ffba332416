// Unicode normalisation form KD, in which BIP-39 hashes words and passphrases: the same text typed
// on two machines must make the same key. The tables are utf8proc's.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::neo {

// Code::invalid_argument for what is not UTF-8, is longer than `bytes_max`, or has a code point
// that is not assigned: its form could change with a newer table, and the key with it.
Result<SecretBytes> to_nfkd(std::string_view text, std::size_t bytes_max);

}  // namespace nsl::neo
