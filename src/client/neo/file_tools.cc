// nef, contract-hash, wallet.
#include "client/neo/input.h"
#include "client/neo/tools.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/nef.h"
#include "core/neo/nep6.h"

namespace nsl::client::neo_tools {
namespace {

using neo::JsonValue;

// Members as nodes write a NEF's tokens.
JsonValue to_json(const neo::MethodToken& token) {
  return JsonValue::object()
      .add("hash", hash_text(token.contract))
      .add("method", JsonValue::string(token.method))
      .add("paramcount", JsonValue::integer(token.parameter_count))
      .add("hasreturnvalue", JsonValue::boolean(token.has_return_value))
      .add("callflags", JsonValue::integer(static_cast<std::uint8_t>(token.call_flags)));
}

Result<JsonValue> nef(const Input& input) {
  NSL_TRY(const Bytes bytes, input.get_encoded("nef"));
  NSL_TRY(const neo::NefContent content,
          decoded(neo::parse_nef_leniently(bytes), Code::invalid_nef));
  JsonValue tokens = JsonValue::array();
  for (const neo::MethodToken& token : content.nef.tokens) tokens.add(to_json(token));
  return JsonValue::object()
      .add("compiler", JsonValue::string(content.nef.compiler))
      .add("source", JsonValue::string(content.nef.source))
      .add("tokens", std::move(tokens))
      .add("script", hex_text(content.nef.script))
      .add("checksum", JsonValue::integer(content.stated_checksum))
      .add("checksum_valid", JsonValue::boolean(content.is_checksum_valid));
}

Result<JsonValue> contract_hash(const Input& input) {
  NSL_TRY(const neo::UInt160 sender, input.get_account("sender"));
  NSL_TRY(const std::uint64_t checksum, input.get_unsigned("nef_checksum", UINT32_MAX));
  NSL_TRY(const std::string name, input.get_text("name"));
  return JsonValue::object().add(
      "hash", hash_text(neo::contract_hash(sender, static_cast<std::uint32_t>(checksum), name)));
}

// More would only make an answer late: each try costs a scrypt.
constexpr std::size_t kPassphrasesMax = 64;

// An array to try one by one, or an object from address to passphrase.
Result<std::vector<std::string>> passphrases_for(const Input& input, const std::string& address) {
  const JsonValue* given = input.find("passphrases");
  if (given == nullptr) return std::vector<std::string>();
  if (given->find_object() == nullptr) return input.get_texts("passphrases", kPassphrasesMax);
  const JsonValue* own = given->find(address);
  if (own == nullptr) return std::vector<std::string>();
  if (own->find_string() == nullptr) return refuse("A passphrase is not a string");
  return std::vector<std::string>{*own->find_string()};
}

Result<JsonValue> describe(const Input& input, const neo::Nep6Wallet& wallet,
                           const neo::Nep6Account& account) {
  const std::string address = neo::to_address(account.account);
  const neo::Nep6AccountKind kind = neo::kind_of(account);
  JsonValue answer = JsonValue::object();
  answer.add("address", JsonValue::string(address));
  answer.add("label", JsonValue::string(account.label));
  answer.add("kind", JsonValue::string(neo::nep6_account_kind_name(kind)));
  if (const auto multisig = neo::multisig_of(account); multisig.has_value()) {
    answer.add("m", JsonValue::unsigned_integer(multisig->threshold));
    answer.add("n", JsonValue::unsigned_integer(multisig->keys.size()));
  } else if (kind == neo::Nep6AccountKind::single) {
    answer.add("m", JsonValue::integer(1));
    answer.add("n", JsonValue::integer(1));
  }
  bool is_open = false;
  if (!account.key.empty()) {
    NSL_TRY(const std::vector<std::string> passphrases, passphrases_for(input, address));
    for (const std::string& passphrase : passphrases) {
      is_open = is_open || neo::open_account(wallet, account, as_bytes(passphrase)).has_value();
    }
  }
  answer.add("decrypted", JsonValue::boolean(is_open));
  return answer;
}

Result<JsonValue> wallet(const Input& input) {
  const JsonValue* given = input.find("wallet");
  if (given == nullptr) return refuse("The field wallet is missing");
  const std::string* text = given->find_string();
  NSL_TRY(const neo::Nep6Wallet wallet,
          text == nullptr ? neo::parse_nep6(*given) : neo::parse_nep6(*text));
  JsonValue accounts = JsonValue::array();
  for (const neo::Nep6Account& account : wallet.accounts) {
    NSL_TRY(JsonValue answer, describe(input, wallet, account));
    accounts.add(std::move(answer));
  }
  return JsonValue::object().add("accounts", std::move(accounts));
}

}  // namespace

std::vector<Tool> file_tools() {
  return {
      {.words = "nef",
       .summary = "What a compiled contract's file holds",
       .fields = {{.name = "nef", .help = "Hex or Base64", .kind = FieldKind::document}},
       .example = "nsl neo nef --nef-file contract.nef",
       .run = nef},
      {.words = "contract-hash",
       .summary = "The hash a contract will be deployed under",
       .fields = {{.name = "sender", .help = "Account that deploys: address or hash"},
                  {.name = "nef_checksum",
                   .help = "Last field of the NEF file",
                   .kind = FieldKind::number},
                  {.name = "name", .help = "Name in the manifest"}},
       .example = "nsl neo contract-hash --sender N... --nef-checksum 1 --name Hub",
       .run = contract_hash},
      {.words = "wallet",
       .summary = "The accounts of a NEP-6 wallet, and whether passphrases open them",
       .fields = {{.name = "wallet", .help = "The wallet file", .kind = FieldKind::document},
                  {.name = "passphrases",
                   .help = "Passphrases to try, one a line",
                   .kind = FieldKind::secrets}},
       .example = "nsl neo wallet --wallet-file wallet.json",
       .run = wallet},
  };
}

}  // namespace nsl::client::neo_tools
