// Secrets, wallets, functions, triggers, events, webhooks and runs: one row an operation.
#include <charconv>
#include <optional>

#include "client/cli/commands.h"
#include "client/cli/files.h"
#include "client/cli/function_deploy.h"
#include "client/cli/operation.h"
#include "client/cli/run_logs.h"
#include "nsl/v1/function.service.h"
#include "nsl/v1/run.service.h"
#include "nsl/v1/secret.service.h"
#include "nsl/v1/transaction.service.h"
#include "nsl/v1/trigger.service.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::client::cli {
namespace {

using Functions = v1::FunctionServiceStub;
using Runs = v1::RunServiceStub;
using Secrets = v1::SecretServiceStub;
using Transactions = v1::TransactionServiceStub;
using Triggers = v1::TriggerServiceStub;
using Wallets = v1::WalletServiceStub;

// "wallet sign NAME --text T": a short text without a file.
Result<void> prepare_sign(Context& /*context*/, const Arguments& arguments,
                          v1::SignRequest& request) {
  if (arguments.has("--text") == arguments.has("--data-file")) {
    return fail(Code::cli_usage, "Give --text or --data-file");
  }
  if (arguments.has("--text")) request.set_data(arguments.value("--text"));
  return {};
}

// --contract H --method M..., or several --contract H:method,method.
Result<void> prepare_grant(Context& /*context*/, const Arguments& arguments,
                           v1::PutGrantRequest& request) {
  const std::vector<std::string> contracts = arguments.values("--contract");
  const std::vector<std::string> methods = arguments.values("--method");
  for (const std::string& text : contracts) {
    v1::ContractGrant& grant = *request.add_contracts();
    const std::size_t colon = text.find(':');
    grant.set_contract(text.substr(0, colon));
    std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1) + ",";
    for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
      grant.add_methods(rest.substr(0, comma));
      rest.erase(0, comma + 1);
    }
  }
  if (!methods.empty() && contracts.size() != 1) {
    return fail(Code::cli_usage, "With several contracts write --contract HASH:METHOD,METHOD");
  }
  for (const std::string& method : methods) request.mutable_contracts(0)->add_methods(method);
  return {};
}

std::optional<std::uint32_t> parse_number(const std::string& text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Result<void> prepare_run(Context& context, const Arguments& arguments,
                         v1::CreateRunRequest& request) {
  if (arguments.has("--input") && arguments.has("--input-file")) {
    return fail(Code::cli_usage, "Give --input or --input-file");
  }
  if (arguments.has("--input-file")) {
    NSL_TRY(*request.mutable_input(), read_source(context, arguments.value("--input-file")));
  }
  request.set_wait(true);
  return {};
}

// "3" or "3=90": a version, and its percent of the runs.
Result<void> prepare_alias(Context& /*context*/, const Arguments& arguments,
                           v1::PutFunctionAliasRequest& request) {
  const auto refuse = [](const std::string& text) {
    return fail(Code::cli_usage, "--version takes N or N=PERCENT, not '" + text + "'");
  };
  for (const std::string& text : arguments.values("--version")) {
    v1::AliasTarget& target = *request.add_targets();
    const std::size_t middle = text.find('=');
    const auto version = parse_number(text.substr(0, middle));
    if (!version.has_value()) return refuse(text);
    target.set_version(*version);
    if (middle == std::string::npos) continue;
    const auto percent = parse_number(text.substr(middle + 1));
    if (!percent.has_value()) return refuse(text);
    target.set_percent(*percent);
  }
  return {};
}

// A person wants the output; a program the whole run.
Result<ExitCode> finish_run(Context& context, const Arguments& /*arguments*/, const v1::Run& run) {
  if (context.printer.format() == Format::json) {
    context.printer.answer(run, {});
  } else if (run.status() == v1::Run::SUCCEEDED) {
    context.printer.raw(as_bytes(run.output() + "\n"));
  }
  context.printer.say(run.id() + " " + v1::Run::Status_Name(run.status()) + " in " +
                      std::to_string(run.stats().wall_ms()) + " ms");
  if (run.status() == v1::Run::SUCCEEDED) return ExitCode::success;
  if (run.status() == v1::Run::QUEUED || run.status() == v1::Run::RUNNING) {
    context.printer.warn("The run goes on: nsl run show " + run.id());
    return ExitCode::success;
  }
  std::string why = run.error().code() + " " + run.error().message();
  if (run.error().line() != 0) {
    const std::string file = run.error().file().empty() ? "" : run.error().file() + ", ";
    why += " (" + file + "line " + std::to_string(run.error().line()) + ")";
  }
  context.printer.warn(why + "\n  try: nsl run logs " + run.id());
  return ExitCode::failed;
}

// Bytes go to a file or a pipe, never to a person's screen.
Result<ExitCode> finish_receipt(Context& context, const Arguments& arguments,
                                const v1::RunReceipt& reply) {
  if (arguments.has("--out")) {
    NSL_TRY_VOID(write_file(arguments.value("--out"), as_bytes(reply.receipt())));
    context.printer.say("Check it: nsl verify " + arguments.value("--out"));
    if (context.printer.format() == Format::json) context.printer.answer(reply, {});
  } else if (context.printer.format() == Format::json) {
    context.printer.answer(reply, {});
  } else if (context.terminal.answers_are_seen()) {
    return fail(Code::cli_usage, "A receipt is binary: give --out FILE or redirect the output");
  } else {
    context.printer.raw(as_bytes(reply.receipt()));
  }
  return ExitCode::success;
}

// Another result is evidence that fails.
Result<ExitCode> finish_replay(Context& context, const Arguments& /*arguments*/,
                               const v1::RunReplay& replay) {
  context.printer.answer(replay, {});
  if (replay.same()) return ExitCode::success;
  context.printer.warn("It did something else this time: " + replay.difference());
  return ExitCode::verification_failed;
}

Result<ExitCode> finish_value(Context& context, const Arguments& /*arguments*/,
                              const v1::SecretValue& reply) {
  if (context.printer.format() == Format::json) {
    context.printer.answer(reply, {});
  } else {
    context.printer.raw(as_bytes(reply.value()));
    if (context.terminal.answers_are_seen()) context.printer.raw(as_bytes("\n"));
  }
  return ExitCode::success;
}

// A transaction is followed by the service; the command does not wait for its block.
Result<ExitCode> finish_transaction(Context& context, const Arguments& /*arguments*/,
                                    const v1::Transaction& transaction) {
  context.printer.answer(transaction, {});
  if (transaction.state() == v1::Transaction::FAILED) {
    context.printer.warn(transaction.failure().code() + " " + transaction.failure().message());
    return ExitCode::failed;
  }
  if (transaction.has_failure()) {
    context.printer.warn("Not taken yet: " + transaction.failure().code() + " " +
                         transaction.failure().message());
  }
  context.printer.say("Follow it: nsl wallet transaction " + transaction.wallet() + " " +
                      transaction.id());
  return ExitCode::success;
}

std::vector<Command> secret_rows() {
  const std::vector<std::string> columns = {"name", "version", "allowed_functions", "updated_at"};
  return {
      operation(&Secrets::put, {.words = "secret set",
                                .positional = {"name"},
                                .renamed = {{"allowed_functions", "--allow-function"}},
                                .example = "nsl secret set api-key --value-file key.txt "
                                           "--allow-function answer"}),
      operation(&Secrets::list, {.words = "secret list", .columns = columns}),
      operation(&Secrets::get, {.words = "secret show", .positional = {"name"}}),
      operation(&Secrets::get_value, {.words = "secret get", .positional = {"name"}}, {},
                finish_value),
      operation(&Secrets::remove, {.words = "secret delete", .positional = {"name"}}),
  };
}

std::vector<Command> wallet_rows() {
  const OperationSpec sign = {
      .words = "wallet sign",
      .positional = {"wallet"},
      .extra = {{.name = "--text", .help = "Sign this text"}},
      .example = "nsl wallet sign main --text hello --encoding neo_message"};
  const OperationSpec grant = {
      .words = "wallet grant",
      .positional = {"wallet"},
      .extra = {{.name = "--contract",
                 .help = "Hash or address; HASH:METHOD,METHOD when there are several",
                 .kind = Option::Kind::list,
                 .required = true},
                {.name = "--method", .help = "Method it may call", .kind = Option::Kind::list}},
      .example =
          "nsl wallet grant main --function answer --contract 0x... --method fulfil "
          "--max-system-fee 0.5 --max-network-fee 0.1"};
  return {
      operation(&Wallets::create, {.words = "wallet create", .positional = {"name"}}),
      operation(&Wallets::list, {.words = "wallet list", .columns = {"name", "address", "id"}}),
      operation(&Wallets::get, {.words = "wallet show", .positional = {"wallet"}}),
      operation(&Wallets::sign, sign, prepare_sign),
      operation(&Wallets::put_grant, grant, prepare_grant),
      operation(&Wallets::list_grants,
                {.words = "wallet grants",
                 .positional = {"wallet"},
                 .columns = {"function", "contracts", "max_system_fee", "max_network_fee"}}),
      operation(&Wallets::delete_grant,
                {.words = "wallet revoke", .positional = {"wallet", "function"}}),
  };
}

std::vector<Command> transaction_rows() {
  const OperationSpec transfer = {
      .words = "wallet transfer",
      .positional = {"wallet"},
      .example = "nsl wallet transfer main --asset GAS --to N... --amount 1.5"};
  const OperationSpec invoke = {
      .words = "wallet invoke",
      .positional = {"wallet"},
      .example = "nsl wallet invoke main --contract 0x... --method vote --args '[7]'"};
  const OperationSpec deploy = {
      .words = "wallet deploy",
      .positional = {"wallet"},
      .renamed = {{"nef", "--nef"}, {"manifest", "--manifest"}},
      .from_file = {"manifest"},
      .example = "nsl wallet deploy main --nef c.nef --manifest c.manifest.json"};
  const OperationSpec update = {
      .words = "wallet update",
      .positional = {"wallet", "contract"},
      .renamed = {{"nef", "--nef"}, {"manifest", "--manifest"}},
      .from_file = {"manifest"},
      .example = "nsl wallet update main 0x... --nef c.nef --manifest c.manifest.json"};
  return {
      operation(&Transactions::list_balances, {.words = "wallet balance",
                                               .positional = {"wallet"},
                                               .columns = {"symbol", "amount", "asset", "proof"}}),
      operation(&Transactions::transfer, transfer, {}, finish_transaction),
      operation(&Transactions::invoke, invoke, {}, finish_transaction),
      operation(&Transactions::deploy, deploy, {}, finish_transaction),
      operation(&Transactions::update, update, {}, finish_transaction),
      operation(&Transactions::list, {.words = "wallet transactions",
                                      .positional = {"wallet"},
                                      .columns = {"id", "state", "hash", "block", "created_at"}}),
      operation(&Transactions::get,
                {.words = "wallet transaction", .positional = {"wallet", "transaction"}}),
  };
}

std::vector<Command> function_rows() {
  const OperationSpec deploy = {
      .words = "function deploy",
      .positional = {"name"},
      .renamed = {{"source", "--file"},
                  {"archive", "--archive"},
                  {"secrets", "--secret"},
                  {"environment", "--env"}},
      .from_file = {"source"},
      .extra = {{.name = "--dir", .help = "Folder with the function's files, packed as they are"}},
      .example =
          "nsl function deploy answer --file answer.js --secret api-key "
          "--egress api.example.com"};
  const OperationSpec run = {
      .words = "function run",
      .positional = {"name"},
      .hidden = {"wait"},
      .extra = {{.name = "--input-file", .help = "File with the JSON, - for standard input"}},
      .example = "nsl function run answer --input '{\"question\": 7}'"};
  const OperationSpec alias = {
      .words = "function alias set",
      .positional = {"name", "alias"},
      .hidden = {"targets"},
      .extra = {{.name = "--version",
                 .help = "Version that runs, or VERSION=PERCENT; may be repeated",
                 .kind = Option::Kind::list}},
      .example = "nsl function alias set answer live --version 3=90 --version 4=10"};
  return {
      operation(&Functions::put, deploy, prepare_deploy),
      operation(&Functions::list_versions,
                {.words = "function versions",
                 .positional = {"name"},
                 .columns = {"version", "current", "created_at", "digest"}}),
      operation(&Functions::rollback,
                {.words = "function rollback", .positional = {"name", "version"}}),
      operation(&Functions::put_alias, alias, prepare_alias),
      operation(&Functions::list_aliases, {.words = "function alias list",
                                           .positional = {"name"},
                                           .columns = {"alias", "targets", "updated_at"}}),
      operation(&Functions::delete_alias,
                {.words = "function alias delete", .positional = {"name", "alias"}}),
      operation(&Functions::list, {.words = "function list",
                                   .columns = {"name", "version", "runtime", "updated_at"}}),
      operation(&Functions::get, {.words = "function show", .positional = {"name"}}, {},
                finish_show_function),
      operation(&Functions::create_run, run, prepare_run, finish_run),
      operation(&Functions::put_policy,
                {.words = "function policy set",
                 .positional = {"name"},
                 .renamed = {{"statuses", "--status"}, {"runs", "--parallel"}},
                 .example = "nsl function policy set answer --attempts 3 --backoff-ms 500 "
                            "--parallel 4 --beyond queue"}),
      operation(&Functions::get_policy, {.words = "function policy show", .positional = {"name"}}),
      operation(&Functions::remove, {.words = "function delete", .positional = {"name"}}),
  };
}

const std::vector<std::string> kEventColumns = {"block", "transaction", "index",
                                                "event", "arguments",   "error"};

// --webhook: messages of a sender outside.
Result<void> prepare_hook(const Arguments& arguments, v1::PutTriggerRequest& request) {
  if (request.source().source_case() != v1::TriggerSource::SOURCE_NOT_SET) {
    return fail(Code::cli_usage, "--webhook stands without --contract and its options");
  }
  v1::WebhookSource& webhook = *request.mutable_source()->mutable_webhook();
  webhook.set_allow_token(arguments.has("--allow-token"));
  webhook.set_wait(arguments.has("--wait"));
  for (const std::string& name : arguments.values("--header")) webhook.add_headers(name);
  return {};
}

// --blocks and --transactions name other sources than a contract's event; they share its options.
Result<void> prepare_trigger(Context& /*context*/, const Arguments& arguments,
                             v1::PutTriggerRequest& request) {
  const bool is_of_blocks = arguments.has("--blocks");
  const bool is_of_transactions = arguments.has("--transactions");
  if (arguments.has("--webhook")) return prepare_hook(arguments, request);
  if (!is_of_blocks && !is_of_transactions) return {};
  if (arguments.has("--contract") || arguments.has("--event") ||
      (is_of_blocks && is_of_transactions)) {
    return fail(Code::cli_usage, "Give --contract and --event, or --blocks, or --transactions");
  }
  const v1::ContractEventSource shared = request.source().contract_event();
  if (is_of_blocks) {
    const auto every = parse_number(arguments.value("--blocks"));
    if (!every.has_value()) return fail(Code::cli_usage, "--blocks takes a whole number");
    v1::BlockSource& block = *request.mutable_source()->mutable_block();
    block.set_every(*every);
    block.set_from_block(shared.from_block());
    block.set_to_block(shared.to_block());
    return {};
  }
  v1::TransactionSource& transaction = *request.mutable_source()->mutable_transaction();
  transaction.set_sender(shared.sender());
  transaction.set_signer(arguments.value("--signer"));
  transaction.set_called(arguments.value("--called"));
  transaction.set_notified(arguments.value("--notified"));
  transaction.set_attribute(arguments.value("--attribute"));
  transaction.set_from_block(shared.from_block());
  transaction.set_to_block(shared.to_block());
  return {};
}

std::vector<Command> trigger_rows() {
  const OperationSpec set = {
      .words = "trigger set",
      .positional = {"name"},
      .hidden = {"block", "transaction", "webhook"},
      .extra = {{.name = "--blocks", .help = "Start for every so many-th block; 1: for each"},
                {.name = "--transactions",
                 .help = "Start for transactions, those of --sender and the options below",
                 .kind = Option::Kind::flag},
                {.name = "--signer", .help = "Transactions this account signed"},
                {.name = "--called", .help = "Transactions whose script calls this contract"},
                {.name = "--notified", .help = "Transactions in which this contract notified"},
                {.name = "--attribute", .help = "Transactions with this attribute"},
                {.name = "--webhook",
                 .help = "Start for signed messages that are posted to the trigger's path",
                 .kind = Option::Kind::flag},
                {.name = "--allow-token",
                 .help = "Webhook: a token in the address instead of a signature; weaker",
                 .kind = Option::Kind::flag},
                {.name = "--wait",
                 .help = "Webhook: answer with what the function returns",
                 .kind = Option::Kind::flag},
                {.name = "--header",
                 .help = "Webhook: a header the function sees; may be repeated",
                 .kind = Option::Kind::list}},
      .example =
          "nsl trigger set on-request --function answer --contract 0x... "
          "--event Requested --evidence request_hub"};
  return {
      operation(&Triggers::put, set, prepare_trigger),
      operation(&Triggers::list,
                {.words = "trigger list",
                 .columns = {"name", "function", "source", "paused", "from_block", "created_at"}}),
      operation(&Triggers::get, {.words = "trigger show", .positional = {"name"}}),
      operation(&Triggers::pause, {.words = "trigger pause", .positional = {"name"}}),
      operation(&Triggers::resume, {.words = "trigger resume", .positional = {"name"}}),
      operation(&Triggers::backfill,
                {.words = "trigger backfill",
                 .positional = {"name"},
                 .example = "nsl trigger backfill on-request --from-block 1000 --to-block 2000"}),
      operation(&Triggers::preview, {.words = "trigger preview",
                                     .positional = {"name"},
                                     .columns = kEventColumns,
                                     .example = "nsl trigger preview on-request --from-block 1000 "
                                                "--filter 'args[0] > 7'"}),
      operation(&Triggers::rotate, {.words = "trigger rotate",
                                    .positional = {"name"},
                                    .example = "nsl trigger rotate inbox"}),
      operation(&Triggers::remove, {.words = "trigger delete", .positional = {"name"}}),
  };
}

std::vector<Command> run_rows() {
  const OperationSpec receipt = {.words = "run receipt",
                                 .positional = {"run"},
                                 .extra = {{.name = "--out", .help = "File to write"}},
                                 .example = "nsl run receipt run_... --out receipt.cose"};
  return {
      operation(&Runs::list, {.words = "run list",
                              .columns = {"id", "function", "status", "trigger", "created_at"}}),
      operation(&Runs::get, {.words = "run show", .positional = {"run"}}),
      operation(&Runs::cancel, {.words = "run cancel", .positional = {"run"}}),
      operation(&Runs::replay, {.words = "replay", .positional = {"run"}}, {}, finish_replay),
      operation(&Runs::get_receipt, receipt, {}, finish_receipt),
  };
}

}  // namespace

std::vector<Command> resource_commands() {
  std::vector<Command> all;
  for (auto&& rows : {secret_rows(), wallet_rows(), transaction_rows(), function_rows(),
                      trigger_rows(), run_rows(), log_commands()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

}  // namespace nsl::client::cli
