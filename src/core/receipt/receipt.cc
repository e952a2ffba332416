#include "core/receipt/receipt.h"

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/cose.h"
#include "core/crypto/cose_sign1.h"
#include "core/receipt/receipt_codec.h"

namespace nsl::receipt {
namespace {

Result<codec::CoseSign1> parse_envelope(ByteView bytes) {
  if (bytes.size() > static_cast<std::size_t>(limits::kRecordBytesMax)) {
    return fail(Code::receipt_malformed, "The receipt is too large");
  }
  auto envelope = codec::parse_cose_sign1(bytes, codec::CoseTag::refused);
  if (!envelope.has_value()) return fail(Code::receipt_malformed, envelope.error().message());
  if (envelope->algorithm != codec::CoseAlgorithm::es256) {
    return fail(Code::receipt_malformed, "The receipt is not signed with ES256");
  }
  // The envelope has one encoding too.
  if (codec::encode_cose_sign1(*envelope) != to_bytes(bytes)) {
    return fail(Code::receipt_malformed, "The receipt's envelope is not in its one form");
  }
  return std::move(*envelope);
}

// An archived receipt is checked when its attestation was made: the leaf lives for hours only.
Result<attestation::VerifiedAttestation> verify_attestation(
    const Receipt& receipt, const attestation::TrustAnchor& anchor,
    const attestation::Registers& measurements) {
  NSL_TRY(const attestation::Document document, attestation::parse_document(receipt.attestation));
  const attestation::Expectations expectations{
      .at = document.timestamp, .nonce = std::nullopt, .measurements = measurements};
  auto verified = attestation::verify(receipt.attestation, receipt.binding, anchor, expectations);
  if (!verified.has_value() && verified.error().code() == Code::attestation_binding_mismatch) {
    return fail(Code::receipt_key_unbound, "The receipt's attestation does not bind its key");
  }
  return verified;
}

}  // namespace

Bytes sign(const Receipt& receipt, const Signer& signer) {
  NSL_ASSERT(!receipt.run.empty());
  codec::CoseSign1 envelope{
      .algorithm = codec::CoseAlgorithm::es256,
      .protected_header = codec::cose_protected_header(codec::CoseAlgorithm::es256),
      .payload = encode_payload(receipt),
      .signature = {}};
  const auto signature =
      signer(codec::sig_structure(envelope.protected_header, {}, envelope.payload));
  envelope.signature.assign(signature.begin(), signature.end());
  return codec::encode_cose_sign1(envelope);
}

Bytes sign(const Receipt& receipt, const crypto::P256PrivateKey& receipt_key) {
  return sign(receipt,
              [&receipt_key](ByteView message) { return crypto::p256_sign(receipt_key, message); });
}

Result<VerifiedReceipt> verify(ByteView bytes, const attestation::TrustAnchor& anchor,
                               const attestation::Registers& measurements) {
  NSL_TRY(const codec::CoseSign1 envelope, parse_envelope(bytes));
  NSL_TRY(Receipt receipt, parse_payload(envelope.payload));
  // The claimed key first: cheap, and it shows every accidental change. Whether the key is an
  // enclave's is decided after it.
  const auto claimed = attestation::parse_binding(receipt.binding);
  if (!claimed.has_value()) {
    return fail(Code::receipt_malformed, "The receipt's attestation binding is malformed");
  }
  if (!crypto::cose_verify(envelope, claimed->receipt_key).has_value()) {
    return fail(Code::receipt_signature_invalid,
                "The receipt's signature is not by the key in its binding");
  }
  NSL_TRY(attestation::VerifiedAttestation attested,
          verify_attestation(receipt, anchor, measurements));
  if (receipt.mode != attestation::to_text(anchor.mode)) {
    return fail(Code::receipt_malformed, "The receipt names another mode than its trust anchor");
  }
  return VerifiedReceipt{std::move(receipt), std::move(attested)};
}

}  // namespace nsl::receipt
