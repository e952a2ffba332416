// The Nitro attestation document: what it says, and whether to believe it.
//
// A verifier holds exactly one trust anchor: AWS's root, or one named development root. The root
// certificate that a document carries is ignored; the chain must end in the anchor. A document is
// checked at a time the caller names: now for a live session, the document's own timestamp for an
// archived receipt.
//
// The keys of an enclave are trusted through the binding (docs/wire.md): bytes whose SHA-384 the
// document carries as user_data.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "core/crypto/p256.h"

namespace nsl::attestation {

enum class Mode : std::uint8_t { production, development };
std::string_view to_text(Mode mode);

// Platform configuration registers by index.
using Registers = std::map<std::uint32_t, crypto::Digest48>;

struct TrustAnchor {
  Bytes root_der;
  Mode mode;
};

// AWS's root for Nitro Enclaves, "G1".
TrustAnchor aws_nitro_root();
// The development root in a PEM file; Code::invalid_certificate when there is not exactly one
// certificate or it is AWS's.
Result<TrustAnchor> parse_development_root(std::string_view pem);
// The root that a development document carries, when its SHA-256 is the fingerprint the caller
// trusts; Code::attestation_untrusted otherwise.
Result<TrustAnchor> find_development_root(ByteView document, const crypto::Digest32& fingerprint);

struct Document {
  std::string module_id;
  WallTime timestamp;
  Registers registers;
  Bytes certificate;
  // From the root down; the leaf is `certificate`.
  std::vector<Bytes> cabundle;
  std::optional<Bytes> public_key;
  std::optional<Bytes> user_data;
  std::optional<Bytes> nonce;
};

// Reads without believing; Code::attestation_malformed names what is wrong.
Result<Document> parse_document(ByteView bytes);

// Parses, and checks the signature and the chain to the anchor at `at`. Real documents of any
// enclave pass; debug-mode ones do not.
Result<Document> verify_document(ByteView bytes, const TrustAnchor& anchor, WallTime at);

using BootId = std::array<std::uint8_t, 16>;

// The live keys and state an enclave puts its name to.
struct Binding {
  // New at every start of the enclave.
  BootId boot_id{};
  crypto::P256PublicKey sealing_key;
  crypto::P256PublicKey receipt_key;
  // Head of the sealed state this boot began with: all documents of a boot bind the same.
  std::uint64_t state_counter = 0;
  crypto::Digest32 state_head{};
  // Release of the enclave.
  std::string version;
};

Bytes encode_binding(const Binding& binding);
// Code::attestation_binding_mismatch for anything but the one encoding.
Result<Binding> parse_binding(ByteView bytes);

struct Expectations {
  // When the certificates must be valid.
  WallTime at;
  // The nonce the caller sent; nothing: any.
  std::optional<Bytes> nonce;
  // Each register named must have this value; empty: any enclave of this root.
  Registers measurements;
};

struct VerifiedAttestation {
  Mode mode;
  std::string module_id;
  WallTime timestamp;
  Registers registers;
  Binding binding;
  // SHA-256 of the binding's bytes: what a sealed request is bound to.
  crypto::Digest32 binding_digest{};
};

// verify_document, and that the document binds these keys and meets the expectations.
Result<VerifiedAttestation> verify(ByteView document, ByteView binding, const TrustAnchor& anchor,
                                   const Expectations& expectations);

}  // namespace nsl::attestation
