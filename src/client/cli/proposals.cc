// Wallets of several keys, keys that come and go, and proposals.
#include <charconv>

#include "client/cli/commands.h"
#include "client/cli/files.h"
#include "client/cli/operation.h"
#include "core/codec/hex.h"
#include "nsl/v1/proposal.service.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::client::cli {
namespace {

using Proposals = v1::ProposalServiceStub;
using Wallets = v1::WalletServiceStub;

Result<std::string> parse_hex_option(const std::string& name, const std::string& text) {
  const Result<Bytes> bytes = codec::decode_hex(text.starts_with("0x") ? text.substr(2) : text);
  if (bytes.has_value()) return to_string(*bytes);
  return fail(Code::cli_usage, name + " takes hexadecimal digits, not '" + text + "'");
}

// 0 when it was not given.
Result<std::uint32_t> parse_number(const Arguments& arguments, const std::string& name) {
  const std::string text = arguments.value(name);
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ptr == text.data() + text.size() && (text.empty() || parsed.ec == std::errc())) {
    return number;
  }
  return fail(Code::cli_usage, name + " takes a whole number, not '" + text + "'");
}

// One line of a file, without its end.
Result<std::string> read_line(Context& context, const std::string& path) {
  NSL_TRY(std::string text, read_source(context, path));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

Result<std::string> read_passphrase(Context& context, const Arguments& arguments) {
  if (arguments.has("--passphrase-file")) {
    return read_line(context, arguments.value("--passphrase-file"));
  }
  return context.terminal.ask_hidden("Passphrase");
}

Result<void> prepare_multisig(Context& /*context*/, const Arguments& arguments,
                              v1::CreateMultisigWalletRequest& request) {
  for (const std::string& wallet : arguments.values("--wallet")) {
    request.add_signers()->set_wallet(wallet);
  }
  for (const std::string& text : arguments.values("--public-key")) {
    NSL_TRY(*request.add_signers()->mutable_public_key(), parse_hex_option("--public-key", text));
  }
  return {};
}

// Which form a key comes in is said by the option its file is named with.
Result<void> prepare_import(Context& context, const Arguments& arguments,
                            v1::ImportWalletRequest& request) {
  int forms = 0;
  for (const char* form : {"--wif-file", "--nep2-file", "--nep6-file", "--words-file"}) {
    forms += arguments.has(form) ? 1 : 0;
  }
  if (forms != 1) {
    return fail(Code::cli_usage, "Give one of --wif-file, --nep2-file, --nep6-file, --words-file");
  }
  if (arguments.has("--wif-file")) {
    NSL_TRY(*request.mutable_wif(), read_line(context, arguments.value("--wif-file")));
    return {};
  }
  NSL_TRY(std::string passphrase, read_passphrase(context, arguments));
  if (arguments.has("--nep2-file")) {
    v1::ProtectedKey& key = *request.mutable_nep2();
    NSL_TRY(*key.mutable_key(), read_line(context, arguments.value("--nep2-file")));
    key.set_passphrase(std::move(passphrase));
  } else if (arguments.has("--nep6-file")) {
    v1::WalletFile& file = *request.mutable_nep6();
    NSL_TRY(*file.mutable_wallet(), read_source(context, arguments.value("--nep6-file")));
    file.set_passphrase(std::move(passphrase));
    file.set_address(arguments.value("--address"));
  } else {
    v1::Mnemonic& words = *request.mutable_mnemonic();
    NSL_TRY(*words.mutable_words(), read_line(context, arguments.value("--words-file")));
    words.set_passphrase(std::move(passphrase));
    NSL_TRY(const std::uint32_t index, parse_number(arguments, "--index"));
    words.set_index(index);
  }
  return {};
}

Result<v1::SendOptions> read_bounds(const Arguments& arguments) {
  v1::SendOptions options;
  options.set_max_system_fee(arguments.value("--max-system-fee"));
  options.set_max_network_fee(arguments.value("--max-network-fee"));
  NSL_TRY(const std::uint32_t blocks, parse_number(arguments, "--valid-blocks"));
  options.set_valid_blocks(blocks);
  return options;
}

Result<void> fill_transfer(const Arguments& arguments, v1::TransferRequest& transfer) {
  transfer.set_asset(arguments.value("--asset"));
  transfer.set_to(arguments.value("--to"));
  transfer.set_amount(arguments.value("--amount"));
  transfer.set_data(arguments.value("--data"));
  NSL_TRY(*transfer.mutable_token_id(),
          parse_hex_option("--token-id", arguments.value("--token-id")));
  NSL_TRY(*transfer.mutable_options(), read_bounds(arguments));
  return {};
}

Result<void> fill_call(const Arguments& arguments, v1::InvocationRequest& call) {
  call.set_contract(arguments.value("--contract"));
  call.set_method(arguments.value("--method"));
  call.set_args(arguments.value("--args"));
  if (arguments.has("--scopes")) call.add_signers()->set_scopes(arguments.value("--scopes"));
  NSL_TRY(*call.mutable_options(), read_bounds(arguments));
  return {};
}

// A deployment, or an update: they have these in common.
template <class Request>
Result<void> fill_contract(Context& context, const Arguments& arguments, Request& request) {
  NSL_TRY(*request.mutable_nef(), read_source(context, arguments.value("--nef")));
  NSL_TRY(*request.mutable_manifest(), read_source(context, arguments.value("--manifest")));
  request.set_data(arguments.value("--data"));
  NSL_TRY(*request.mutable_options(), read_bounds(arguments));
  return {};
}

// A receiver means a transfer, a method a call, a NEF file a deployment or, of a contract that is
// there, its update.
Result<void> prepare_proposal(Context& context, const Arguments& arguments,
                              v1::CreateProposalRequest& request) {
  int kinds = 0;
  for (const char* kind : {"--to", "--method", "--nef", "--document-file", "--transaction-file"}) {
    kinds += arguments.has(kind) ? 1 : 0;
  }
  if (kinds != 1) {
    return fail(Code::cli_usage,
                "Give one of --to, --method, --nef, --document-file, --transaction-file");
  }
  if (arguments.has("--to")) return fill_transfer(arguments, *request.mutable_transfer());
  if (arguments.has("--method")) return fill_call(arguments, *request.mutable_invocation());
  if (arguments.has("--nef") && !arguments.has("--contract")) {
    return fill_contract(context, arguments, *request.mutable_deployment());
  }
  if (arguments.has("--nef")) {
    request.mutable_update()->set_contract(arguments.value("--contract"));
    return fill_contract(context, arguments, *request.mutable_update());
  }
  if (arguments.has("--document-file")) {
    NSL_TRY(*request.mutable_document(), read_source(context, arguments.value("--document-file")));
    return {};
  }
  NSL_TRY(*request.mutable_transaction(),
          read_source(context, arguments.value("--transaction-file")));
  return {};
}

Result<void> prepare_add(Context& /*context*/, const Arguments& arguments,
                         v1::AddSignatureRequest& request) {
  NSL_TRY(*request.mutable_public_key(),
          parse_hex_option("--public-key", arguments.value("--public-key")));
  NSL_TRY(*request.mutable_signature(),
          parse_hex_option("--signature", arguments.value("--signature")));
  return {};
}

Result<ExitCode> finish_proposal(Context& context, const Arguments& /*arguments*/,
                                 const v1::Proposal& proposal) {
  context.printer.answer(proposal, {});
  if (proposal.status() == v1::Proposal::PENDING) {
    context.printer.say("Whoever owns one of its keys signs it: nsl proposal sign WALLET " +
                        proposal.id());
  }
  return ExitCode::success;
}

// The document as other wallets read it.
Result<ExitCode> finish_document(Context& context, const Arguments& arguments,
                                 const v1::ProposalDocument& reply) {
  if (arguments.has("--out")) {
    NSL_TRY_VOID(write_file(arguments.value("--out"), as_bytes(reply.document() + "\n")));
    if (context.printer.format() == Format::json) context.printer.answer(reply, {});
  } else if (context.printer.format() == Format::json) {
    context.printer.answer(reply, {});
  } else {
    context.printer.raw(as_bytes(reply.document() + "\n"));
  }
  return ExitCode::success;
}

std::vector<Command> wallet_key_rows() {
  const OperationSpec multisig = {
      .words = "wallet multisig create",
      .positional = {"name"},
      .extra = {{.name = "--wallet",
                 .help = "Wallet of yours that is one of the keys; may be repeated",
                 .kind = Option::Kind::list},
                {.name = "--public-key",
                 .help = "Somebody else's key, 66 hexadecimal digits; may be repeated",
                 .kind = Option::Kind::list}},
      .example =
          "nsl wallet multisig create safe --threshold 2 --wallet main --public-key 02... "
          "--public-key 03..."};
  const OperationSpec import = {
      .words = "wallet import",
      .positional = {"name"},
      .hidden = {"wif", "nep2", "nep6", "mnemonic"},
      .extra = {{.name = "--wif-file", .help = "File with a WIF, - for standard input"},
                {.name = "--nep2-file", .help = "File with an NEP-2 key"},
                {.name = "--nep6-file", .help = "NEP-6 wallet file"},
                {.name = "--words-file", .help = "File with 12 to 24 words (BIP-39)"},
                {.name = "--passphrase-file",
                 .help = "File with the passphrase; asked for if absent"},
                {.name = "--address", .help = "Which account of a NEP-6 file"},
                {.name = "--index", .help = "Which key under the words; 0 if absent"}},
      .example = "nsl wallet import main --nep6-file wallet.json"};
  const OperationSpec exported = {
      .words = "wallet export",
      .positional = {"wallet"},
      .example = "nsl wallet export main --passphrase-file new-passphrase.txt"};
  return {
      operation(&Wallets::create_multisig, multisig, prepare_multisig),
      operation(&Wallets::import_key, import, prepare_import),
      operation(&Wallets::export_key, exported),
  };
}

std::vector<Option> proposal_options() {
  return {{.name = "--asset", .help = "NEO, GAS, or a token's contract: what is paid"},
          {.name = "--to", .help = "Who is paid: address or hash"},
          {.name = "--amount", .help = "How much, such as 12.5"},
          {.name = "--token-id", .help = "Id of an item (NEP-11), hexadecimal"},
          {.name = "--data", .help = "JSON text of one argument for the receiver or _deploy"},
          {.name = "--contract", .help = "Contract to call or to update"},
          {.name = "--method", .help = "Method to call"},
          {.name = "--args", .help = "JSON text of the list of its arguments"},
          {.name = "--scopes", .help = "How far the witness reaches; CalledByEntry if absent"},
          {.name = "--nef", .help = "File to deploy; with --contract, to update it"},
          {.name = "--manifest", .help = "Manifest file beside it"},
          {.name = "--document-file", .help = "Somebody else's document, - for standard input"},
          {.name = "--transaction-file", .help = "File with an unsigned transaction"},
          {.name = "--max-system-fee", .help = "Decimal GAS: the most that may burn"},
          {.name = "--max-network-fee", .help = "Decimal GAS: the most for size and witnesses"},
          {.name = "--valid-blocks",
           .help = "Blocks people have to sign; as many as may be if "
                   "absent"}};
}

std::vector<Command> proposal_rows() {
  const OperationSpec create = {
      .words = "proposal create",
      .positional = {"wallet"},
      .hidden = {"transfer", "invocation", "deployment", "update", "document", "transaction"},
      .extra = proposal_options(),
      .example = "nsl proposal create safe --asset GAS --to N... --amount 1.5"};
  const OperationSpec add = {
      .words = "proposal add",
      .positional = {"wallet", "proposal"},
      .renamed = {{"document", "--document-file"}},
      .from_file = {"document"},
      .hidden = {"public_key", "signature"},
      .extra = {{.name = "--public-key", .help = "Whose signature it is, hexadecimal"},
                {.name = "--signature", .help = "64 bytes, hexadecimal"}},
      .example = "nsl proposal add safe prop_... --document-file signed.json"};
  const OperationSpec document = {
      .words = "proposal export",
      .positional = {"wallet", "proposal"},
      .extra = {{.name = "--out", .help = "File to write"}},
      .example = "nsl proposal export safe prop_... --out proposal.json"};
  return {
      operation(&Proposals::create, create, prepare_proposal, finish_proposal),
      operation(&Proposals::list,
                {.words = "proposal list",
                 .positional = {"wallet"},
                 .columns = {"id", "status", "hash", "valid_until_block", "created_at"}}),
      operation(&Proposals::list_mine,
                {.words = "proposal mine",
                 .columns = {"id", "account", "status", "valid_until_block", "created_at"}}),
      operation(&Proposals::get, {.words = "proposal show", .positional = {"wallet", "proposal"}}),
      operation(&Proposals::sign,
                {.words = "proposal sign",
                 .positional = {"wallet", "proposal"},
                 .example = "nsl proposal sign safe prop_... --signer main"},
                {}, finish_proposal),
      operation(&Proposals::add, add, prepare_add, finish_proposal),
      operation(&Proposals::get_document, document, {}, finish_document),
      operation(&Proposals::submit,
                {.words = "proposal submit", .positional = {"wallet", "proposal"}}, {},
                finish_proposal),
      operation(&Proposals::withdraw,
                {.words = "proposal withdraw", .positional = {"wallet", "proposal"}}, {},
                finish_proposal),
  };
}

}  // namespace

std::vector<Command> proposal_commands() {
  std::vector<Command> all = wallet_key_rows();
  for (Command& command : proposal_rows()) all.push_back(std::move(command));
  return all;
}

}  // namespace nsl::client::cli
