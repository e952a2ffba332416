// The Nitro card, through the kernel's /dev/nsm.
#pragma once

#include <memory>
#include <string>

#include "enclave/attest/security_module.h"

namespace nsl::enclave::attest {

// One request and its reply, as bytes.
class NsmChannel {
 public:
  virtual ~NsmChannel() = default;
  virtual Result<Bytes> exchange(ByteView request) = 0;
};

// Code::attestation_unavailable when there is no such device.
Result<std::unique_ptr<NsmChannel>> open_nsm_device(const std::string& path);

class NitroSecurityModule final : public SecurityModule {
 public:
  explicit NitroSecurityModule(std::unique_ptr<NsmChannel> channel)
      : channel_(std::move(channel)) {}

  attestation::Mode mode() const override { return attestation::Mode::production; }
  Result<Bytes> attest(const AttestationRequest& request) override;
  Result<ModuleDescription> describe() override;
  Result<void> fill_random(std::span<std::uint8_t> bytes) override;

 private:
  const std::unique_ptr<NsmChannel> channel_;
};

}  // namespace nsl::enclave::attest
