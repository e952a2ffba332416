// A security module in software: registers, entropy and documents of the real form, signed under
// this installation's development root. It proves nothing about the machine; it lets everything
// that uses documents run unchanged. The files measured are the real ones, so a changed program
// has other measurements here too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/random.h"
#include "enclave/attest/security_module.h"
#include "enclave/development/development_root.h"
#include "enclave/development/register_bank.h"

namespace nsl::enclave::development {

struct SoftwareModuleOptions {
  // Holds the root: mode 0700.
  std::string directory;
  // The enclave's own program, as PCR1 measures kernel and boot disk.
  std::vector<std::string> platform_files;
  // What runs beside it, such as the runners, as PCR2 measures the application.
  std::vector<std::string> application_files;
};

class SoftwareSecurityModule final : public attest::SecurityModule {
 public:
  static Result<std::unique_ptr<SoftwareSecurityModule>> open(const SoftwareModuleOptions& options,
                                                              const Clock& clock, Random& random);

  attestation::Mode mode() const override { return attestation::Mode::development; }
  Result<Bytes> attest(const attest::AttestationRequest& request) override NSL_EXCLUDES(mutex_);
  Result<attest::ModuleDescription> describe() override NSL_EXCLUDES(mutex_);
  Result<void> fill_random(std::span<std::uint8_t> bytes) override;

  // The root certificate; its SHA-256 is the fingerprint clients trust.
  const Bytes& root_certificate() const { return root_.certificate; }

 private:
  SoftwareSecurityModule(DevelopmentRoot root, RegisterBank bank, const Clock& clock,
                         Random& random);
  Result<void> renew_chain(WallTime now) NSL_REQUIRES(mutex_);

  const DevelopmentRoot root_;
  const Clock& clock_;
  Random& random_;
  const std::string module_id_;

  Mutex mutex_;
  RegisterBank bank_ NSL_GUARDED_BY(mutex_);
  std::unique_ptr<LeafChain> chain_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::development
