// What a security module does for an enclave: it measures, attests and gives entropy. The Nitro
// card is one, the software module of development mode another. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/attestation/attestation.h"
#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::enclave::attest {

// Each field at most 1024 bytes; absent is not the same as empty.
struct AttestationRequest {
  std::optional<Bytes> user_data;
  std::optional<Bytes> nonce;
  std::optional<Bytes> public_key;
};

struct ModuleDescription {
  std::string module_id;
  // The first 16 and every locked one.
  attestation::Registers registers;
};

class SecurityModule {
 public:
  virtual ~SecurityModule() = default;
  virtual attestation::Mode mode() const = 0;
  // A signed document: COSE_Sign1.
  virtual Result<Bytes> attest(const AttestationRequest& request) = 0;
  virtual Result<ModuleDescription> describe() = 0;
  // Fills the whole span. Code::entropy_unavailable.
  virtual Result<void> fill_random(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace nsl::enclave::attest
