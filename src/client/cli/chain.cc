// What the chain holds: one row an operation.
#include "client/cli/commands.h"
#include "client/cli/operation.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "nsl/v1/chain.service.h"

namespace nsl::client::cli {
namespace {

using Chain = v1::ChainServiceStub;

std::unexpected<Error> refuse_argument(const std::string& text) {
  return fail(Code::cli_usage,
              "--arg takes null or TYPE:VALUE with TYPE of boolean, integer, text, "
              "bytes, hash160, hash256; not '" +
                  text + "'");
}

// "integer:7", "hash160:N...", "null".
Result<void> put_argument(const std::string& text, v1::ContractArgument& argument) {
  if (text == "null") return {};
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return refuse_argument(text);
  const std::string type = text.substr(0, colon);
  const std::string value = text.substr(colon + 1);
  if (type == "boolean" && (value == "true" || value == "false")) {
    argument.set_boolean(value == "true");
  } else if (type == "integer") {
    argument.set_integer(value);
  } else if (type == "text") {
    argument.set_text(value);
  } else if (type == "bytes") {
    NSL_TRY(const Bytes bytes, codec::decode_base64(value));
    argument.set_bytes(to_string(bytes));
  } else if (type == "hash160") {
    argument.set_hash160(value);
  } else if (type == "hash256") {
    argument.set_hash256(value);
  } else {
    return refuse_argument(text);
  }
  return {};
}

Result<void> prepare_call(Context& /*context*/, const Arguments& arguments,
                          v1::CallContractRequest& request) {
  for (const std::string& text : arguments.values("--arg")) {
    NSL_TRY_VOID(put_argument(text, *request.add_args()));
  }
  return {};
}

Result<void> prepare_storage(Context& /*context*/, const Arguments& arguments,
                             v1::GetStorageItemRequest& request) {
  Result<Bytes> key = codec::decode_hex(arguments.value("--key"));
  if (!key.has_value()) return fail(Code::cli_usage, "--key takes hexadecimal digits");
  request.set_key(to_string(*key));
  return {};
}

// A test run that ended in FAULT is an answer, and a program wants to notice it.
Result<ExitCode> finish_call(Context& context, const Arguments& /*arguments*/,
                             const v1::ContractCallResult& result) {
  context.printer.answer(result, {});
  return result.state() == "HALT" ? ExitCode::success : ExitCode::failed;
}

}  // namespace

std::vector<Command> chain_commands() {
  const OperationSpec call = {
      .words = "chain call",
      .positional = {"contract", "method"},
      .renamed = {{"signers", "--signer"}},
      .extra = {{.name = "--arg",
                 .help = "null or TYPE:VALUE, TYPE one of boolean, integer, text, bytes (base64), "
                         "hash160, hash256",
                 .kind = Option::Kind::list}},
      .example = "nsl chain call 0x... balanceOf --arg hash160:N..."};
  const OperationSpec storage = {
      .words = "chain storage",
      .positional = {"contract"},
      .hidden = {"key"},
      .extra = {{.name = "--key", .help = "Key in hexadecimal digits", .required = true}},
      .example = "nsl chain storage 0x... --key 0b"};
  return {
      operation(&Chain::get_height, {.words = "chain height"}),
      operation(
          &Chain::get_block,
          {.words = "chain block", .positional = {"block"}, .example = "nsl chain block 1000"}),
      operation(&Chain::list_block_transactions,
                {.words = "chain transactions",
                 .positional = {"block"},
                 .columns = {"hash", "sender", "system_fee", "network_fee"}}),
      operation(&Chain::get_transaction,
                {.words = "chain transaction", .positional = {"transaction"}}),
      operation(&Chain::get_log, {.words = "chain log", .positional = {"hash"}}),
      operation(&Chain::get_contract, {.words = "chain contract", .positional = {"contract"}}),
      operation(&Chain::call_contract, call, prepare_call, finish_call),
      operation(&Chain::get_storage, storage, prepare_storage),
      operation(&Chain::list_balances, {.words = "chain balance",
                                        .positional = {"account"},
                                        .columns = {"symbol", "amount", "asset"},
                                        .example = "nsl chain balance N... --asset GAS"}),
      operation(&Chain::list_tokens,
                {.words = "chain tokens", .positional = {"account", "contract"}}),
  };
}

}  // namespace nsl::client::cli
