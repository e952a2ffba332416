#include "core/crypto/cose_sign_es384.h"

#include "core/codec/cose.h"

namespace nsl::crypto {

Bytes cose_sign_es384(const P384PrivateKey& key, ByteView payload) {
  using codec::CoseAlgorithm;
  codec::CoseSign1 document{.algorithm = CoseAlgorithm::es384,
                            .protected_header = codec::cose_protected_header(CoseAlgorithm::es384),
                            .payload = to_bytes(payload),
                            .signature = {}};
  const Bytes to_be_signed = codec::sig_structure(document.protected_header, {}, payload);
  document.signature = to_bytes(p384_sign(key, to_be_signed));
  return codec::encode_cose_sign1(document);
}

}  // namespace nsl::crypto
