// Platform configuration registers in software: 32 of them, SHA-384, extended as the Nitro card
// does: new = SHA-384(old || data).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/attestation/attestation.h"
#include "core/base/result.h"

namespace nsl::enclave::development {

class RegisterBank {
 public:
  RegisterBank();

  // Code::invalid_argument for an index above 31 or a locked register.
  Result<void> extend(std::uint32_t index, ByteView data);
  Result<void> lock(std::uint32_t index);
  // The first 16 and every locked one.
  const attestation::Registers& described() const { return described_; }

 private:
  attestation::Registers values_;
  attestation::Registers described_;
  std::uint32_t locked_ = 0;  // one bit each
};

// SHA-384 over the measurement of each file, which is SHA-384 over the SHA-384 of each of its
// pieces of 1 MiB: large files need no more memory than small ones.
Result<crypto::Digest48> measure_files(std::span<const std::string> paths);

}  // namespace nsl::enclave::development
