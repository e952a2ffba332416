// nsl-enclave-dev: the enclave under a software security module.
#include <cstdio>

#include "core/base/log.h"
#include "core/process/process.h"
#include "core/wire/service.h"
#include "enclave/assembly/enclave.h"
#include "enclave/development/file_unlocker.h"
#include "enclave/development/software_security_module.h"

namespace {

using nsl::Result;
namespace assembly = nsl::enclave::assembly;
namespace development = nsl::enclave::development;

constexpr const char* kBanner =
    "*** DEVELOPMENT: software security module. This is NOT a trusted execution environment. ***\n"
    "*** Whoever can read the state directory has every key and every secret.                ***\n";

int refuse(const nsl::Error& error) {
  std::fprintf(stderr, "nsl-enclave-dev: %s (%s) %s\n", error.message().c_str(),
               std::string(nsl::code_text(error.code())).c_str(), error.detail().c_str());
  return 1;
}

std::vector<nsl::flags::Flag> all_flags() {
  using nsl::flags::FlagKind;
  std::vector<nsl::flags::Flag> flags = assembly::common_flags();
  flags.push_back({"state", FlagKind::value, "directory for root key, root certificate and head"});
  flags.push_back({"accept-chain", FlagKind::value,
                   "hash of a block: trust the chain that has it, not the one before"});
  flags.push_back({"extra-root", FlagKind::list, "PEM file of one more certificate authority"});
  flags.push_back(
      {"allow-address", FlagKind::list, "ADDRESS:PORT that is not public but may be called"});
  return flags;
}

Result<assembly::Options> options_of(const nsl::flags::Flags& flags) {
  NSL_TRY(assembly::Options options, assembly::parse_options(flags));
  options.version = NSL_VERSION;
  options.trust.rule = nsl::enclave::light_client::Trust::Rule::first_seen;
  if (const auto text = flags.find("accept-chain")) {
    NSL_TRY(options.trust.accepted_block, nsl::neo::UInt256::parse(*text));
  }
  options.plain_chain_http = nsl::enclave::outcall::PlainHttp::allowed;
  for (const std::string& path : flags.list("extra-root")) {
    NSL_TRY(const std::string pem, assembly::read_file(path));
    options.extra_roots_pem += pem;
  }
  std::vector<std::string> addresses = flags.list("allow-address");
  NSL_TRY(const auto nodes, assembly::addresses_of(options.chain_urls));
  addresses.insert(addresses.end(), nodes.begin(), nodes.end());
  for (const std::string& text : addresses) {
    NSL_TRY(const nsl::net::IpEndpoint address, nsl::net::parse_ip_endpoint(text));
    options.allowed_addresses.push_back(address);
  }
  return options;
}

Result<void> serve(const nsl::flags::Flags& flags, const std::string& program) {
  const nsl::SystemClock clock;
  nsl::SystemRandom random;
  NSL_TRY(const assembly::Options options, options_of(flags));
  NSL_TRY(const std::string state, flags.get("state"));
  NSL_TRY(const auto unlocker, development::FileUnlocker::open(state, random));
  std::vector<std::string> runners;
  for (const auto& [language, path] : options.runners) runners.push_back(path);
  NSL_TRY(const auto module,
          development::SoftwareSecurityModule::open(
              {.directory = state, .platform_files = {program}, .application_files = runners},
              clock, random));
  assembly::Enclave enclave(
      options, {.unlocker = *unlocker, .module = *module, .clock = clock, .random = random});
  const nsl::process::StopSignal stop_signal([&enclave] { enclave.stop(); });
  return enclave.run();
}

}  // namespace

int main(int argc, char** argv) {
  nsl::process::hold_stop_signals();
  nsl::wire::silence_protobuf();
  nsl::process::die_with_parent();
  nsl::process::refuse_core_dumps();
  nsl::set_log_process("enclave");
  const auto flags = nsl::flags::Flags::parse(all_flags(), {argv + 1, argv + argc});
  if (!flags.has_value()) return refuse(flags.error());
  if (flags->has("help")) {
    std::fputs(nsl::flags::help_text("nsl-enclave-dev", all_flags()).c_str(), stdout);
    return 0;
  }
  if (flags->has("version")) {
    std::puts(NSL_VERSION);
    return 0;
  }
  std::fputs(kBanner, stderr);
  const Result<void> served = serve(*flags, "/proc/self/exe");
  return served.has_value() ? 0 : refuse(served.error());
}
