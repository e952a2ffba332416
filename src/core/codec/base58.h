// Base58 with Bitcoin's alphabet, without checksum; core/crypto has the checked form. A leading
// zero byte is a leading '1'. The work grows with the square of the length, so both directions are
// bounded by limits::kBase58BytesMax; that is far above any Neo key or address.
//
// Private keys pass through here: working memory is wiped before it is given back.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::codec {

// `bytes` must not be longer than limits::kBase58BytesMax.
std::string encode_base58(ByteView bytes);

Result<Bytes> decode_base58(std::string_view text);
Result<SecretBytes> decode_base58_secret(std::string_view text);

}  // namespace nsl::codec
