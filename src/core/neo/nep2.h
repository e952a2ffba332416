// NEP-2: a private key under a passphrase. The text is safe to store, as far as the passphrase is
// good; opening it takes 0.3 s and 16 MiB on purpose.
//
// The passphrase is UTF-8 in normalisation form C. We do not normalise: text that may need it is
// refused with Code::invalid_argument, because a silently different form would lose the key.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/password_kdf.h"
#include "core/neo/key.h"

namespace nsl::neo {

// The cost NEP-2 names; a NEP-6 wallet may name another.
inline constexpr crypto::ScryptCost kNep2Cost{16384, 8, 8};

// 58 characters starting with 6P.
Result<std::string> seal_nep2(const PrivateKey& key, ByteView passphrase,
                              crypto::ScryptCost cost = kNep2Cost);
// Code::invalid_nep2 when the text is malformed, Code::wrong_passphrase when it does not open.
Result<PrivateKey> open_nep2(std::string_view text, ByteView passphrase,
                             crypto::ScryptCost cost = kNep2Cost);

}  // namespace nsl::neo
