#include "core/neo/nep6.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/address.h"

namespace nsl::neo {
namespace {

// Parameters of one verification: as many as a multi-signature account may have keys.
constexpr std::size_t kParametersMax = kMultisigKeysMax;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_nep6, std::move(message));
}

JsonValue text(std::string_view value) { return JsonValue::string(value); }

// Absent, null and empty are the same.
Result<std::string> optional_string(const JsonMembers& members, std::string_view name) {
  if (members.find(name) == nullptr) return std::string();
  return members.get_string(name);
}

Result<bool> optional_boolean(const JsonMembers& members, std::string_view name) {
  if (members.find(name) == nullptr) return false;
  return members.get_boolean(name);
}

JsonValue optional_value(const JsonMembers& members, std::string_view name) {
  const JsonValue* value = members.find(name);
  return value == nullptr ? JsonValue() : *value;
}

Result<crypto::ScryptCost> parse_cost(const JsonMembers& wallet) {
  NSL_TRY(const JsonValue& value, wallet.get("scrypt"));
  const JsonMembers members(value, Code::invalid_nep6);
  crypto::ScryptCost cost{};
  NSL_TRY(cost.n, members.get_unsigned("n", UINT32_MAX));
  NSL_TRY(cost.r, members.get_unsigned("r", UINT32_MAX));
  NSL_TRY(cost.p, members.get_unsigned("p", UINT32_MAX));
  return cost;
}

Result<Nep6Contract> parse_contract(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_nep6);
  Nep6Contract contract;
  NSL_TRY(const std::string script, optional_string(members, "script"));
  NSL_TRY(contract.script, codec::decode_base64(script));
  if (contract.script.size() > limits::kNeoWitnessScriptBytesMax) {
    return invalid("A verification script is too long");
  }
  NSL_TRY(contract.is_deployed, optional_boolean(members, "deployed"));
  if (members.find("parameters") == nullptr) return contract;
  NSL_TRY(const JsonValue::Array& parameters, members.get_array("parameters", kParametersMax));
  for (const JsonValue& each : parameters) {
    const JsonMembers parameter(each, Code::invalid_nep6);
    NSL_TRY(std::string name, parameter.get_string("name"));
    NSL_TRY(const std::string type_name, parameter.get_string("type"));
    NSL_TRY(const ParameterType type, parse_parameter_type(type_name));
    contract.parameters.push_back({std::move(name), type});
  }
  return contract;
}

Result<Nep6Account> parse_account(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_nep6);
  Nep6Account account;
  NSL_TRY(const std::string address, members.get_string("address"));
  NSL_TRY(account.account, parse_address(address));
  NSL_TRY(account.label, optional_string(members, "label"));
  NSL_TRY(account.is_default, optional_boolean(members, "isDefault"));
  NSL_TRY(account.is_locked, optional_boolean(members, "lock"));
  NSL_TRY(account.key, optional_string(members, "key"));
  account.extra = optional_value(members, "extra");
  if (const JsonValue* contract = members.find("contract"); contract != nullptr) {
    NSL_TRY(account.contract, parse_contract(*contract));
    const Bytes& script = account.contract->script;
    if (!script.empty() && hash160_of(script) != account.account) {
      return invalid("The address is not that of the account's contract");
    }
  }
  return account;
}

Result<void> check_accounts(const std::vector<Nep6Account>& accounts) {
  std::vector<UInt160> hashes;
  for (const Nep6Account& each : accounts) hashes.push_back(each.account);
  std::sort(hashes.begin(), hashes.end());
  if (std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end()) {
    return invalid("An address stands twice in the wallet");
  }
  const auto defaults = std::count_if(accounts.begin(), accounts.end(),
                                      [](const Nep6Account& each) { return each.is_default; });
  if (defaults > 1) return invalid("The wallet has more than one default account");
  return {};
}

JsonValue to_json(const Nep6Contract& contract) {
  JsonValue parameters = JsonValue::array();
  for (const Nep6Parameter& each : contract.parameters) {
    parameters.add(JsonValue::object()
                       .add("name", text(each.name))
                       .add("type", text(parameter_type_name(each.type))));
  }
  return JsonValue::object()
      .add("script", text(codec::encode_base64(contract.script)))
      .add("parameters", std::move(parameters))
      .add("deployed", JsonValue::boolean(contract.is_deployed));
}

JsonValue to_json(const Nep6Account& account) {
  return JsonValue::object()
      .add("address", text(to_address(account.account)))
      .add("label", text(account.label))
      .add("isDefault", JsonValue::boolean(account.is_default))
      .add("lock", JsonValue::boolean(account.is_locked))
      .add("key", account.key.empty() ? JsonValue() : text(account.key))
      .add("contract", account.contract.has_value() ? to_json(*account.contract) : JsonValue())
      .add("extra", account.extra);
}

bool is_key_of(const PublicKey& key, const Nep6Account& account) {
  if (const auto multisig = multisig_of(account); multisig.has_value()) {
    return std::find(multisig->keys.begin(), multisig->keys.end(), key) != multisig->keys.end();
  }
  return account_of(key) == account.account;
}

}  // namespace

std::string_view nep6_account_kind_name(Nep6AccountKind kind) {
  switch (kind) {
    case Nep6AccountKind::watch_only:
      return "watch_only";
    case Nep6AccountKind::single:
      return "single";
    case Nep6AccountKind::multisig:
      return "multisig";
    case Nep6AccountKind::contract:
      return "contract";
  }
  return "";
}

Nep6AccountKind kind_of(const Nep6Account& account) {
  if (multisig_of(account).has_value()) return Nep6AccountKind::multisig;
  if (!account.contract.has_value()) {
    return account.key.empty() ? Nep6AccountKind::watch_only : Nep6AccountKind::single;
  }
  if (parse_signature_script(account.contract->script).has_value()) {
    return account.key.empty() ? Nep6AccountKind::watch_only : Nep6AccountKind::single;
  }
  return Nep6AccountKind::contract;
}

std::optional<MultisigScript> multisig_of(const Nep6Account& account) {
  if (!account.contract.has_value()) return std::nullopt;
  return parse_multisig_script(account.contract->script);
}

Result<Nep6Wallet> parse_nep6(std::string_view text) {
  NSL_TRY(const JsonValue json, parse_json(text, limits::kNeoWalletBytesMax));
  return parse_nep6(json);
}

Result<Nep6Wallet> parse_nep6(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_nep6);
  Nep6Wallet wallet;
  NSL_TRY(wallet.name, optional_string(members, "name"));
  NSL_TRY(wallet.version, members.get_string("version"));
  NSL_TRY(wallet.scrypt, parse_cost(members));
  NSL_TRY(const JsonValue::Array& accounts,
          members.get_array("accounts", limits::kNeoWalletAccountsMax));
  for (const JsonValue& each : accounts) {
    NSL_TRY(Nep6Account account, parse_account(each));
    wallet.accounts.push_back(std::move(account));
  }
  NSL_TRY_VOID(check_accounts(wallet.accounts));
  wallet.extra = optional_value(members, "extra");
  return wallet;
}

JsonValue to_json(const Nep6Wallet& wallet) {
  JsonValue accounts = JsonValue::array();
  for (const Nep6Account& each : wallet.accounts) accounts.add(to_json(each));
  return JsonValue::object()
      .add("name", wallet.name.empty() ? JsonValue() : text(wallet.name))
      .add("version", text(wallet.version))
      .add("scrypt", JsonValue::object()
                         .add("n", JsonValue::unsigned_integer(wallet.scrypt.n))
                         .add("r", JsonValue::unsigned_integer(wallet.scrypt.r))
                         .add("p", JsonValue::unsigned_integer(wallet.scrypt.p)))
      .add("accounts", std::move(accounts))
      .add("extra", wallet.extra);
}

Result<PrivateKey> open_account(const Nep6Wallet& wallet, const Nep6Account& account,
                                ByteView passphrase) {
  if (account.key.empty()) return invalid("The account has no key: it is only watched");
  NSL_TRY(PrivateKey key, open_nep2(account.key, passphrase, wallet.scrypt));
  if (!is_key_of(key.public_key(), account)) {
    return invalid("The account's key is not that of its address");
  }
  return key;
}

Result<Nep6Account> make_nep6_account(const PrivateKey& key, ByteView passphrase,
                                      crypto::ScryptCost cost) {
  Nep6Account account;
  NSL_TRY(account.key, seal_nep2(key, passphrase, cost));
  account.account = account_of(key.public_key());
  account.contract = Nep6Contract{.script = make_signature_script(key.public_key()),
                                  .parameters = {{"signature", ParameterType::signature}},
                                  .is_deployed = false};
  return account;
}

}  // namespace nsl::neo
