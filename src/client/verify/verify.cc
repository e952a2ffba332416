#include "client/verify/verify.h"

#include "core/codec/cose.h"

namespace nsl::client::verify {
namespace {

Result<attestation::Document> check_document(ByteView file, const attestation::TrustAnchor& anchor,
                                             const attestation::Registers& measurements) {
  NSL_TRY(const attestation::Document claimed, attestation::parse_document(file));
  NSL_TRY(attestation::Document document,
          attestation::verify_document(file, anchor, claimed.timestamp));
  for (const auto& [index, value] : measurements) {
    const auto found = document.registers.find(index);
    if (found == document.registers.end() || found->second != value) {
      return fail(Code::attestation_untrusted,
                  "Register PCR" + std::to_string(index) + " is not the one in the manifest");
    }
  }
  return document;
}

}  // namespace

Result<Evidence> check_evidence(ByteView file, const attestation::TrustAnchor& anchor,
                                const attestation::Registers& measurements) {
  const auto envelope = codec::parse_cose_sign1(file, codec::CoseTag::tolerated);
  if (!envelope.has_value()) {
    return fail(Code::malformed_cose, "This is neither a receipt nor an attestation document: " +
                                          envelope.error().message());
  }
  Evidence evidence;
  switch (envelope->algorithm) {
    case codec::CoseAlgorithm::es256: {
      NSL_TRY(evidence.receipt, receipt::verify(file, anchor, measurements));
      break;
    }
    case codec::CoseAlgorithm::es384: {
      NSL_TRY(evidence.document, check_document(file, anchor, measurements));
      break;
    }
  }
  return evidence;
}

}  // namespace nsl::client::verify
