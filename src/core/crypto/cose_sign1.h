// Signing and checking COSE_Sign1 documents: ES256 for receipts, ES384 for attestation documents.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/cose.h"
#include "core/crypto/p256.h"
#include "core/crypto/p384.h"

namespace nsl::crypto {

// The encoded document. `external_aad` is signed but does not travel.
Bytes cose_sign_es256(const P256PrivateKey& key, ByteView payload, ByteView external_aad = {});

// Code::invalid_signature when the algorithm or the signature is not the key's.
Result<void> cose_verify(const codec::CoseSign1& document, const P256PublicKey& key,
                         ByteView external_aad = {});
Result<void> cose_verify(const codec::CoseSign1& document, const P384PublicKey& key,
                         ByteView external_aad = {});

}  // namespace nsl::crypto
