#include "core/crypto/cose_sign1.h"

namespace nsl::crypto {
namespace {

using codec::CoseAlgorithm;
using codec::CoseSign1;

Bytes signed_bytes(const CoseSign1& document, ByteView external_aad) {
  return codec::sig_structure(document.protected_header, external_aad, document.payload);
}

}  // namespace

Bytes cose_sign_es256(const P256PrivateKey& key, ByteView payload, ByteView external_aad) {
  CoseSign1 document{.algorithm = CoseAlgorithm::es256,
                     .protected_header = codec::cose_protected_header(CoseAlgorithm::es256),
                     .payload = to_bytes(payload),
                     .signature = {}};
  document.signature = to_bytes(p256_sign(key, signed_bytes(document, external_aad)));
  return codec::encode_cose_sign1(document);
}

Result<void> cose_verify(const CoseSign1& document, const P256PublicKey& key,
                         ByteView external_aad) {
  if (document.algorithm != CoseAlgorithm::es256 ||
      !p256_verify(key, signed_bytes(document, external_aad), document.signature)) {
    return fail(Code::invalid_signature);
  }
  return {};
}

Result<void> cose_verify(const CoseSign1& document, const P384PublicKey& key,
                         ByteView external_aad) {
  if (document.algorithm != CoseAlgorithm::es384 ||
      !p384_verify(key, signed_bytes(document, external_aad), document.signature)) {
    return fail(Code::invalid_signature);
  }
  return {};
}

}  // namespace nsl::crypto
