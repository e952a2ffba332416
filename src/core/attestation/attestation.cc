#include "core/attestation/attestation.h"

#include <algorithm>

#include "core/attestation/aws_nitro_root.h"
#include "core/attestation/document.h"
#include "core/base/assert.h"
#include "core/crypto/cose_sign1.h"
#include "core/crypto/pem.h"
#include "core/crypto/x509.h"

namespace nsl::attestation {
namespace {

std::unexpected<Error> untrusted(std::string detail) {
  return fail(Code::attestation_untrusted, "The attestation does not chain to the trust anchor",
              std::move(detail));
}

Result<TrustAnchor> development_anchor(Bytes root_der) {
  // AWS's root vouches for every customer's enclave; it must never stand for one installation.
  if (root_der == aws_nitro_root().root_der) {
    return fail(Code::attestation_untrusted, "AWS's root is not a development root");
  }
  return TrustAnchor{std::move(root_der), Mode::development};
}

// The leaf's key. The bundle's first certificate claims to be the root; the anchor stands in its
// place.
Result<crypto::P384PublicKey> verify_chain(const Document& document, const TrustAnchor& anchor,
                                           WallTime at) {
  crypto::CertificateChain chain{
      .leaf = document.certificate, .intermediates = {}, .root = anchor.root_der};
  for (std::size_t i = 1; i < document.cabundle.size(); ++i) {
    chain.intermediates.emplace_back(document.cabundle[i]);
  }
  auto key = crypto::verify_certificate_chain(chain, at);
  if (key.has_value()) return key;
  if (at != document.timestamp &&
      crypto::verify_certificate_chain(chain, document.timestamp).has_value()) {
    return fail(Code::attestation_stale,
                "The attestation's certificates are not valid at " + to_rfc3339(at));
  }
  return untrusted(key.error().detail());
}

// An enclave in debug mode has no measurements: its console and memory are open to the host.
Result<void> check_not_debug(const Document& document) {
  for (const std::uint32_t index : kMeasuredRegisters) {
    const auto found = document.registers.find(index);
    NSL_ASSERT(found != document.registers.end());
    if (found->second == crypto::Digest48{}) {
      return fail(Code::attestation_debug_mode);
    }
  }
  return {};
}

Result<void> check_binding(const Document& document, ByteView bytes, const Binding& binding) {
  const crypto::Digest48 digest = crypto::sha384(bytes);
  if (!document.user_data.has_value() || !equal(*document.user_data, digest)) {
    return fail(Code::attestation_binding_mismatch,
                "The attestation's user data is not the hash of the binding");
  }
  if (!document.public_key.has_value() ||
      !equal(*document.public_key, binding.sealing_key.uncompressed())) {
    return fail(Code::attestation_binding_mismatch,
                "The attestation's public key is not the sealing key of the binding");
  }
  return {};
}

Result<void> check_expectations(const Document& document, const Expectations& expectations) {
  if (expectations.nonce.has_value() && document.nonce != expectations.nonce) {
    return fail(Code::attestation_stale, "The attestation does not answer this nonce");
  }
  for (const auto& [index, value] : expectations.measurements) {
    const auto found = document.registers.find(index);
    if (found == document.registers.end() || found->second != value) {
      return fail(Code::attestation_untrusted,
                  "Register PCR" + std::to_string(index) + " is not the one expected");
    }
  }
  return {};
}

}  // namespace

std::string_view to_text(Mode mode) {
  switch (mode) {
    case Mode::production:
      return "production";
    case Mode::development:
      return "dev";
  }
  return "";
}

TrustAnchor aws_nitro_root() {
  auto der = crypto::decode_certificate_pem(kAwsNitroRootPem);
  NSL_ASSERT(der.has_value());
  return {std::move(*der), Mode::production};
}

Result<TrustAnchor> parse_development_root(std::string_view pem) {
  NSL_TRY(Bytes der, crypto::decode_certificate_pem(pem));
  return development_anchor(std::move(der));
}

Result<TrustAnchor> find_development_root(ByteView document, const crypto::Digest32& fingerprint) {
  NSL_TRY(const Document parsed, parse_document(document));
  const Bytes& claimed = parsed.cabundle.front();
  if (crypto::sha256(claimed) != fingerprint) {
    return untrusted("the document's root has another fingerprint");
  }
  return development_anchor(claimed);
}

Result<Document> verify_document(ByteView bytes, const TrustAnchor& anchor, WallTime at) {
  NSL_TRY(const codec::CoseSign1 envelope, parse_envelope(bytes));
  NSL_TRY(Document document, parse_document(envelope));
  NSL_TRY(const crypto::P384PublicKey key, verify_chain(document, anchor, at));
  if (!crypto::cose_verify(envelope, key).has_value()) {
    return untrusted("the signature is not the leaf's");
  }
  NSL_TRY_VOID(check_not_debug(document));
  return document;
}

Result<VerifiedAttestation> verify(ByteView document, ByteView binding, const TrustAnchor& anchor,
                                   const Expectations& expectations) {
  NSL_TRY(Document verified, verify_document(document, anchor, expectations.at));
  NSL_TRY(Binding parsed, parse_binding(binding));
  NSL_TRY_VOID(check_binding(verified, binding, parsed));
  NSL_TRY_VOID(check_expectations(verified, expectations));
  return VerifiedAttestation{.mode = anchor.mode,
                             .module_id = std::move(verified.module_id),
                             .timestamp = verified.timestamp,
                             .registers = std::move(verified.registers),
                             .binding = std::move(parsed),
                             .binding_digest = crypto::sha256(binding)};
}

}  // namespace nsl::attestation
