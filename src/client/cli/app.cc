#include "client/cli/app.h"

#include <algorithm>
#include <string>

#include "client/cli/commands.h"
#include "client/cli/parser.h"

namespace nsl::client::cli {
namespace {

// --json and --quiet hold also for the error of a command line that cannot be read.
void configure(Printer& printer, const std::vector<std::string>& words) {
  const auto given = [&words](std::string_view flag) {
    return std::find(words.begin(), words.end(), flag) != words.end();
  };
  printer.configure(given("--json") ? Format::json : Format::human,
                    given("--quiet") || given("-q") ? Talk::quiet : Talk::normal);
}

ExitCode explain(Context& context, const Error& error) {
  const std::optional<v1::Problem> refusal =
      context.session == nullptr ? std::nullopt : context.session->refusal();
  context.printer.error(error, refusal, advice_for(error.code()));
  return exit_code_of(error.code(), refusal.has_value() ? Origin::service : Origin::here);
}

}  // namespace

ExitCode run(Context& context, const std::vector<std::string>& words) {
  configure(context.printer, words);
  const std::vector<Command> commands = all_commands();
  auto parsed = parse(commands, words);
  if (!parsed.has_value()) return explain(context, parsed.error());
  context.globals = parsed->globals;
  context.printer.configure(parsed->globals.json ? Format::json : Format::human,
                            parsed->globals.quiet ? Talk::quiet : Talk::normal);
  if (parsed->command == nullptr) {
    context.printer.raw(as_bytes(parsed->text));
    return ExitCode::success;
  }
  const auto done = parsed->command->run(context, parsed->arguments);
  return done.has_value() ? *done : explain(context, done.error());
}

ExitCode exit_code_of(Code code, Origin origin) {
  if (code == Code::cli_usage) return ExitCode::wrong_use;
  if (code == Code::cli_not_signed_in || code == Code::unauthenticated ||
      code == Code::token_expired || code == Code::token_invalid) {
    return ExitCode::not_signed_in;
  }
  if (code == Code::cli_unreachable || code == Code::unavailable || code == Code::connection_lost) {
    return ExitCode::unreachable;
  }
  if (origin == Origin::service) return ExitCode::refused;
  const std::string_view text = code_text(code);
  const bool is_evidence = text.starts_with("NSL-ATTEST-") || text.starts_with("NSL-RECEIPT-") ||
                           code == Code::cli_trust_refused || code == Code::seal_invalid;
  return is_evidence ? ExitCode::verification_failed : ExitCode::failed;
}

std::string_view advice_for(Code code) {
  struct Advice {
    Code code;
    std::string_view text;
  };
  constexpr Advice kAdvice[] = {
      {Code::cli_usage, "nsl --help"},
      {Code::cli_not_signed_in, "nsl login --neo-key-file F"},
      {Code::unauthenticated, "nsl login --neo-key-file F"},
      {Code::token_expired, "nsl login --neo-key-file F"},
      {Code::token_invalid, "nsl login --neo-key-file F"},
      {Code::challenge_expired, "nsl login --neo-key-file F"},
      {Code::cli_unreachable, "nsl doctor"},
      {Code::unavailable, "nsl doctor"},
      {Code::cli_trust_refused, "nsl login --manifest F, with the release's measurements"},
      {Code::attestation_untrusted, "nsl doctor; is this the service you meant?"},
      {Code::attestation_stale, "nsl doctor; is this machine's clock right?"},
      {Code::secret_not_found, "nsl secret list"},
      {Code::wallet_not_found, "nsl wallet list"},
      {Code::function_not_found, "nsl function list"},
      {Code::trigger_not_found, "nsl trigger list"},
      {Code::run_not_found, "nsl run list"},
      {Code::receipt_not_ready, "nsl run show ID, until the run has ended"},
      {Code::wallet_not_granted, "nsl wallet grant NAME --function F --contract H --method M"},
      {Code::insufficient_gas, "send GAS to the wallet's address: nsl wallet show NAME"},
  };
  const auto* found = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                   [code](const Advice& advice) { return advice.code == code; });
  return found == std::end(kAdvice) ? std::string_view() : found->text;
}

}  // namespace nsl::client::cli
