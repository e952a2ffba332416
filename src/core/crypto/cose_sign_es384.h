// Signs COSE_Sign1 documents as the Nitro card does. For the development security module only; see
// p384_sign.h.
#pragma once

#include "core/base/bytes.h"
#include "core/crypto/p384_sign.h"

namespace nsl::crypto {

Bytes cose_sign_es384(const P384PrivateKey& key, ByteView payload);

}  // namespace nsl::crypto
