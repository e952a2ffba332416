// nsl-enclave: the enclave under a Nitro security module.
#include <cstdio>

#include "core/base/log.h"
#include "core/process/process.h"
#include "core/wire/service.h"
#include "enclave/assembly/options.h"
#include "enclave/attest/nitro_security_module.h"

namespace {

constexpr const char* kNsmDevice = "/dev/nsm";

int refuse(const nsl::Error& error) {
  std::fprintf(stderr, "nsl-enclave: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  nsl::process::hold_stop_signals();
  nsl::wire::silence_protobuf();
  nsl::process::refuse_core_dumps();
  nsl::set_log_process("enclave");
  const auto flags =
      nsl::flags::Flags::parse(nsl::enclave::assembly::common_flags(), {argv + 1, argv + argc});
  if (!flags.has_value()) return refuse(flags.error());
  if (flags->has("help")) {
    std::fputs(nsl::flags::help_text("nsl-enclave", nsl::enclave::assembly::common_flags()).c_str(),
               stdout);
    return 0;
  }
  if (flags->has("version")) {
    std::puts(NSL_VERSION);
    return 0;
  }
  const auto options = nsl::enclave::assembly::parse_options(*flags);
  if (!options.has_value()) return refuse(options.error());
  auto channel = nsl::enclave::attest::open_nsm_device(kNsmDevice);
  if (!channel.has_value()) return refuse(channel.error());
  nsl::enclave::attest::NitroSecurityModule module(*std::move(channel));
  const auto description = module.describe();
  if (!description.has_value()) return refuse(description.error());
  return refuse(nsl::Error(nsl::Code::unlock_failed,
                           "This release has no unlocker for the root key outside development; "
                           "nothing was started"));
}
