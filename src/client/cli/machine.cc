// doctor, version and completion.
#include <algorithm>
#include <sstream>
#include <system_error>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/probes.h"
#include "core/base/limits.h"
#include "core/seal/seal.h"
#include "nsl/v1/chain.service.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;

struct Check {
  std::string name;
  bool is_good;
  std::string found;
  // What to do when it is not good.
  std::string mend;
  // Whether the product does not work without it.
  bool is_needed = true;
};

std::vector<Check> machine_checks() {
  std::vector<Check> checks;
  const std::optional<std::uint64_t> locked = find_locked_memory_limit();
  checks.push_back({"locked memory", !locked.has_value() || *locked >= limits::kSecretArenaBytes,
                    locked.has_value() ? std::to_string(*locked) + " bytes" : "no limit",
                    "raise it: ulimit -l 8192"});
  checks.push_back({"seccomp", has_seccomp(), "", "use a kernel with seccomp filters"});
  checks.push_back({"entropy", has_entropy(), "", "wait until the kernel's random pool is ready"});
  return checks;
}

std::vector<Check> program_checks() {
  std::vector<Check> checks;
  for (const char* name :
       {"nsl-host", "nsl-enclave-dev", "nsl-runner-js", "nsl-runner-python", "nsl-runner-csharp"}) {
    std::error_code error;
    const fs::path path = program_folder() / name;
    const bool is_there = fs::exists(path, error);
    checks.push_back({name, is_there, path.string(), "build it: ./dev build", false});
  }
  return checks;
}

// The layers of the functions' cage, as nsl-runner-js finds them: "NAME: in force" or why not.
std::vector<Check> layer_checks() {
  std::vector<std::string> command = {(program_folder() / "nsl-runner-js").string(),
                                      "--show-layers"};
  // Only root can give functions a user of their own, and nsl dev goes without it then.
  if (!is_root()) command.insert(command.end(), {"--without-layer", "user"});
  std::istringstream lines(output_of(command).value_or(""));
  std::vector<Check> checks;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    const std::string state = line.substr(colon + 2);
    checks.push_back({"layer " + name, state == "in force", state,
                      "functions start only if told to go without it: --without-layer " + name,
                      state != "waived"});
  }
  return checks;
}

// Whether the enclave has verified the headers of the newest blocks.
Check chain_check(api::Session& session) {
  // A few blocks come while both are asked.
  constexpr std::uint32_t kBlocksBehindMax = 10;
  Check check{"chain", false, "", "are the nodes of the same network and up? see nsl chain height"};
  const auto height = v1::ChainServiceStub(session).get_height({}, session.deadline());
  if (!height.has_value()) {
    check.found = height.error().message();
    return check;
  }
  check.is_good = height->verified_block() + kBlocksBehindMax >= height->block();
  check.found = "block " + std::to_string(height->block()) + ", verified up to " +
                std::to_string(height->verified_block()) +
                (height->storage_provable() ? ", storage can be proven" : "");
  return check;
}

// Stops at the first thing that is missing: what follows could not work.
std::vector<Check> service_checks(Context& context) {
  std::vector<Check> checks;
  const auto service = find_service(context.globals, context.place);
  if (!service.has_value()) {
    checks.push_back({"service", false, service.error().message(), "start one: nsl dev", false});
    return checks;
  }
  checks.push_back({"service", true, service->url, ""});
  const auto session = open_session(context);
  if (!session.has_value()) {
    checks.push_back({"settings", false, session.error().message(), "mend or remove that file"});
    return checks;
  }
  const auto nonce = context.random.bytes<32>();
  const auto evidence = api::fetch_evidence(**session, (*session)->trust(), nonce, context.clock);
  checks.push_back({"enclave", evidence.has_value(),
                    evidence.has_value() ? std::string(to_text(evidence->verified.mode)) + " " +
                                               evidence->verified.binding.version
                                         : evidence.error().message(),
                    "is it running? nsl dev"});
  checks.push_back(
      {"signed in", (*session)->is_signed_in(), "", "nsl login --neo-key-file F", false});
  if ((*session)->is_signed_in()) checks.push_back(chain_check(**session));
  return checks;
}

Result<ExitCode> doctor(Context& context, const Arguments& /*arguments*/) {
  List rows;
  bool all_good = true;
  for (const auto& checks :
       {machine_checks(), program_checks(), layer_checks(), service_checks(context)}) {
    for (const Check& check : checks) {
      all_good = all_good && (check.is_good || !check.is_needed);
      const char* verdict = check.is_good ? "good" : check.is_needed ? "bad" : "missing";
      rows.push_back(Object{{"check", check.name},
                            {"verdict", verdict},
                            {"found", check.found},
                            {"mend", check.is_good ? "" : check.mend}});
    }
  }
  context.printer.answer(Object{{"good", all_good}, {"checks", std::move(rows)}});
  return all_good ? ExitCode::success : ExitCode::failed;
}

Result<ExitCode> version(Context& context, const Arguments& /*arguments*/) {
  context.printer.answer(Object{{"version", NSL_VERSION},
                                {"api", "nsl.v1"},
                                {"seal_version", std::int64_t{seal::kVersion}},
                                {"compiler", __VERSION__}});
  return ExitCode::success;
}

Result<ExitCode> completion(Context& context, const Arguments& arguments) {
  const std::string script = completion_script(all_commands(), arguments.value("SHELL"));
  if (context.printer.format() == Format::json) {
    context.printer.answer(Object{{"script", script}});
  } else {
    context.printer.raw(as_bytes(script));
  }
  return ExitCode::success;
}

}  // namespace

std::vector<Command> machine_commands() {
  return {
      {.words = "doctor",
       .summary = "Say what is wrong here and how to mend it",
       .options = {},
       .example = {},
       .run = doctor},
      {.words = "version",
       .summary = "Show the version",
       .options = {},
       .example = "nsl version --json",
       .run = version},
      {.words = "completion",
       .summary = "Print the script that completes nsl's command lines",
       .options =
           {{.name = "SHELL", .help = "", .required = true, .choices = {"bash", "zsh", "fish"}}},
       .example = "eval \"$(nsl completion bash)\"",
       .run = completion},
  };
}

}  // namespace nsl::client::cli
