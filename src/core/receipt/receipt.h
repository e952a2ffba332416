// The receipt of a run (docs/wire.md): what went in, what came out, what was read and under which
// keys, as deterministic CBOR in a COSE_Sign1 signed by the enclave's live receipt key. It carries
// the whole attestation document that binds that key, so it is checked offline with one trust
// anchor.
//
// A receipt has one encoding: any changed byte is refused. Hashes are SHA-256 of exact bytes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/attestation/attestation.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/hash.h"
#include "core/crypto/p256.h"

namespace nsl::receipt {

using crypto::Digest32;

struct Event {
  // Transaction hash, execution and notification index.
  std::string id;
  std::uint32_t block = 0;
  std::string transaction;
  std::string contract;
  std::string event;
  // How the event was confirmed: "quorum(1/1)".
  std::string proof;
  bool operator==(const Event&) const = default;
};

struct HostCall {
  std::uint32_t index = 0;
  std::string method;
  Digest32 request_hash{};
  Digest32 reply_hash{};
  bool operator==(const HostCall&) const = default;
};

struct HttpExchange {
  std::string host;
  std::uint32_t status = 0;
  Digest32 request_hash{};
  Digest32 reply_hash{};
  Digest32 certificate_hash{};
  bool operator==(const HttpExchange&) const = default;
};

struct SecretUse {
  std::string id;
  std::uint32_t version = 0;
  bool operator==(const SecretUse&) const = default;
};

struct ChainRead {
  std::uint32_t height = 0;
  std::string proof;
  bool operator==(const ChainRead&) const = default;
};

struct Receipt {
  std::string run;
  std::string account;
  std::string function;
  std::uint32_t function_version = 0;
  Digest32 function_digest{};
  // Empty when a person started the run.
  std::string trigger;
  std::optional<Event> event;
  // "SUCCEEDED", "FAILED", ...
  std::string status;
  Digest32 input_hash{};
  Digest32 output_hash{};
  std::vector<HostCall> host_calls;
  std::vector<HttpExchange> http;
  std::vector<SecretUse> secrets;
  std::vector<ChainRead> chain;
  // Transaction hashes.
  std::vector<std::string> transactions;
  // Head of the sealed state.
  std::uint64_t counter = 0;
  Digest32 head{};
  // RFC 3339.
  std::string time;
  // Isolation layers in force.
  std::vector<std::string> layers;
  // "production" or "development".
  std::string mode;
  // The whole COSE document, and the bytes its user_data is the SHA-384 of.
  Bytes attestation;
  Bytes binding;
  bool operator==(const Receipt&) const = default;
};

// Signs SHA-256 of the bytes it is given.
using Signer = std::function<crypto::P256Signature(ByteView message)>;

// The receipt's bytes.
Bytes sign(const Receipt& receipt, const Signer& signer);
Bytes sign(const Receipt& receipt, const crypto::P256PrivateKey& receipt_key);

struct VerifiedReceipt {
  Receipt receipt;
  attestation::VerifiedAttestation attestation;
};

// Code::receipt_malformed, receipt_signature_invalid, receipt_key_unbound, or the attestation's own
// codes; the message names what is wrong. The attestation is checked at its own timestamp.
Result<VerifiedReceipt> verify(ByteView bytes, const attestation::TrustAnchor& anchor,
                               const attestation::Registers& measurements = {});

}  // namespace nsl::receipt
