// dev: the whole service on this machine.
#include <algorithm>
#include <charconv>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/probes.h"
#include "client/dev/service.h"
#include "core/codec/hex.h"

#include <fmt/format.h>

namespace nsl::client::cli {
namespace {

Result<std::uint16_t> parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return fail(Code::cli_usage, "--port takes a number up to 65535, not '" + text + "'");
  }
  return port;
}

// Only root can give functions a user of their own; everybody else goes without it, and is told.
std::vector<std::string> layers_waived(const Arguments& arguments) {
  std::vector<std::string> layers = arguments.values("--without-layer");
  const bool is_named = std::ranges::find(layers, "user") != layers.end();
  if (!is_root() && !is_named) layers.emplace_back("user");
  return layers;
}

Result<dev::ServiceOptions> service_options(const Context& context, const Arguments& arguments) {
  dev::ServiceOptions options;
  const std::filesystem::path home = context.place.directory / ".nsl";
  options.program_folder = program_folder();
  options.state_folder = home;
  if (arguments.has("--state")) options.state_folder = arguments.value("--state");
  options.dev_file = home / "dev.json";
  options.chain_urls = arguments.values("--chain");
  options.network = arguments.value("--network");
  options.accepted_chain = arguments.value("--accept-chain");
  options.extra_root = arguments.value("--extra-root");
  options.allow_addresses = arguments.values("--allow-address");
  options.layers_waived = layers_waived(arguments);
  if (arguments.has("--fresh")) options.start = dev::ServiceOptions::Start::fresh;
  if (arguments.has("--port")) {
    NSL_TRY(options.port, parse_port(arguments.value("--port")));
  }
  return options;
}

Result<ExitCode> run_dev(Context& context, const Arguments& arguments) {
  NSL_TRY(dev::ServiceOptions options, service_options(context, arguments));
  const std::string state = options.state_folder.string();
  Printer& printer = context.printer;
  printer.warn(
      "DEVELOPMENT MODE: a software security module stands in for the enclave hardware. Anyone "
      "who\n"
      "can read this machine can read what is stored here. Never keep a real key or secret in it.");
  if (!options.layers_waived.empty()) {
    printer.warn(
        fmt::format("Functions run without: {} (nsl doctor shows what this machine offers)",
                    fmt::join(options.layers_waived, ", ")));
  }
  dev::Service service(std::move(options), context.clock,
                       [&printer](std::string_view line) { printer.say(line); });
  NSL_TRY(const std::optional<dev::Running> running, service.start());
  if (!running.has_value()) return ExitCode::success;
  printer.answer(
      Object{{"url", running->url},
             {"state", state},
             {"development_root", running->root_file.string()},
             {"development_root_fingerprint", codec::encode_hex(running->development_root)}});
  printer.say("Sign in from another terminal: nsl login --neo-key-file F\nStop with Ctrl-C.");
  NSL_TRY_VOID(service.supervise());
  printer.say("Stopping.");
  return ExitCode::success;
}

}  // namespace

std::vector<Command> development_commands() {
  return {{.words = "dev",
           .summary = "Run the whole service on this machine, for development",
           .options = {{.name = "--fresh",
                        .help = "Forget the state of earlier runs first",
                        .kind = Option::Kind::flag},
                       {.name = "--chain",
                        .help = "RPC URL of a Neo N3 node; may be repeated",
                        .kind = Option::Kind::list},
                       {.name = "--network", .help = "Magic of the network; asked of the node"},
                       {.name = "--accept-chain",
                        .help = "Hash of a block: read the chain that has it, not the one before"},
                       {.name = "--port", .help = "Port on 127.0.0.1; any free one by default"},
                       {.name = "--state", .help = "Folder for the state instead of .nsl"},
                       {.name = "--extra-root",
                        .help = "PEM of a certificate authority to trust for outbound HTTPS"},
                       {.name = "--allow-address",
                        .help = "Private ADDRESS:PORT that may be called; may be repeated",
                        .kind = Option::Kind::list},
                       {.name = "--without-layer",
                        .help = "Layer of the functions' cage that this machine lacks (nsl doctor "
                                "names them); may be repeated",
                        .kind = Option::Kind::list}},
           .example = "nsl dev --chain http://127.0.0.1:10332",
           .run = run_dev}};
}

}  // namespace nsl::client::cli
