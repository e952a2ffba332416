// COSE_Sign1 (RFC 9052 section 4.2), the envelope of attestation documents and receipts:
// [protected header, {}, payload, signature]. Structure only: who reads one checks the signature
// over sig_structure() with the algorithm the protected header names.
//
// The protected header holds the algorithm and nothing else, the unprotected one is empty, and no
// byte follows, so that every byte of a document is either signed or fixed.
#pragma once

#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::codec {

// Labels of RFC 9053 section 2.1.
enum class CoseAlgorithm : std::int8_t {
  es256 = -7,   // P-256 with SHA-256, 64-byte signature
  es384 = -35,  // P-384 with SHA-384, 96-byte signature
};

std::size_t signature_size(CoseAlgorithm algorithm);

struct CoseSign1 {
  CoseAlgorithm algorithm;
  Bytes protected_header;  // as it was encoded
  Bytes payload;
  Bytes signature;
};

enum class CoseTag : std::uint8_t {
  refused,    // what we write
  tolerated,  // tag 18 may stand in front
};

Result<CoseSign1> parse_cose_sign1(ByteView input, CoseTag tag = CoseTag::refused);

// Untagged. The protected header must be that of the algorithm and the signature of its size.
Bytes encode_cose_sign1(const CoseSign1& document);

// The protected header that names only the algorithm.
Bytes cose_protected_header(CoseAlgorithm algorithm);

// What is signed (RFC 9052 section 4.4).
Bytes sig_structure(ByteView protected_header, ByteView external_aad, ByteView payload);

}  // namespace nsl::codec
