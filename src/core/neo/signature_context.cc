#include "core/neo/signature_context.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/contract.h"
#include "core/neo/parameter_type.h"

namespace nsl::neo {
namespace {

constexpr std::string_view kType = "Neo.Network.P2P.Payloads.Transaction";

std::unexpected<Error> malformed(std::string message) {
  return fail(Code::invalid_transaction, std::move(message));
}

JsonValue text(std::string_view value) { return JsonValue::string(value); }
JsonValue base64(ByteView bytes) { return text(codec::encode_base64(bytes)); }

Result<Signature> parse_signature(const JsonValue& json) {
  const std::string* value = json.find_string();
  if (value == nullptr) return malformed("A signature is a string");
  NSL_TRY(const Bytes bytes, codec::decode_base64(*value));
  Signature signature{};
  if (bytes.size() != signature.size()) return malformed("A signature has 64 bytes");
  std::copy(bytes.begin(), bytes.end(), signature.begin());
  return signature;
}

// The values of the verification script's parameters: what is pushed for a complete witness, the
// last key's signature first, as neo-project/neo ContractParametersContext has them.
JsonValue parameters_json(const WitnessBuilder& builder) {
  const auto signatures = pushed_signatures(builder.witness().invocation);
  NSL_ASSERT(signatures.has_value());
  JsonValue parameters = JsonValue::array();
  for (std::size_t i = 0; i < builder.threshold(); ++i) {
    JsonValue parameter = JsonValue::object();
    parameter.add("type", text(parameter_type_name(ParameterType::signature)));
    if (builder.is_complete()) {
      parameter.add("value", base64((*signatures)[builder.threshold() - 1 - i]));
    }
    parameters.add(std::move(parameter));
  }
  return parameters;
}

JsonValue signatures_json(const WitnessBuilder& builder) {
  JsonValue signatures = JsonValue::object();
  for (const auto& [key, signature] : builder.signatures()) {
    signatures.add(to_text(key), base64(signature));
  }
  return signatures;
}

// Wallets of one key put the signature into the parameter alone.
Result<void> read_parameters(SignatureContext& context, const JsonMembers& item,
                             const WitnessBuilder& empty, const UInt160& account) {
  if (item.find("parameters") == nullptr) return {};
  NSL_TRY(const JsonValue::Array& parameters, item.get_array("parameters", kMultisigKeysMax));
  for (const JsonValue& each : parameters) {
    const JsonValue* value = JsonMembers(each, Code::invalid_transaction).find("value");
    if (value == nullptr) continue;
    NSL_TRY(const Signature signature, parse_signature(*value));
    WitnessBuilder single = empty;
    NSL_TRY_VOID(single.add(Witness{make_invocation_script(std::span(&signature, 1)), {}}));
    NSL_TRY_VOID(context.add_signature(account, single.signatures().begin()->first, signature));
  }
  return {};
}

Result<void> read_signatures(SignatureContext& context, const JsonMembers& item,
                             const UInt160& account) {
  const JsonValue* signatures = item.find("signatures");
  if (signatures == nullptr) return {};
  const JsonValue::Object* members = signatures->find_object();
  if (members == nullptr) return malformed("The signatures are not an object");
  for (const auto& [key_text, value] : *members) {
    NSL_TRY(const PublicKey key, parse_public_key_text(key_text));
    NSL_TRY(const Signature signature, parse_signature(value));
    NSL_TRY_VOID(context.add_signature(account, key, signature));
  }
  return {};
}

Result<void> read_item(SignatureContext& context, const UInt160& account, const JsonMembers& item) {
  NSL_TRY(const std::string script_text, item.get_string("script"));
  NSL_TRY(const Bytes script, codec::decode_base64(script_text));
  if (hash160_of(script) != account) return malformed("A script is that of another account");
  NSL_TRY_VOID(context.add_script(script));
  const Bytes message = signing_message(context.network(), hash_of(context.transaction()));
  NSL_TRY(const WitnessBuilder empty, WitnessBuilder::make(script, message));
  NSL_TRY_VOID(read_parameters(context, item, empty, account));
  return read_signatures(context, item, account);
}

Result<Transaction> read_transaction_of(const JsonMembers& members) {
  NSL_TRY(const std::string type, members.get_string("type"));
  if (type != kType) return malformed("What is to be signed is no transaction");
  NSL_TRY(const std::string data, members.get_string("data"));
  NSL_TRY(const Bytes bytes, codec::decode_base64(data));
  NSL_TRY(Transaction transaction, parse_unsigned_transaction(bytes));
  if (members.find("hash") != nullptr) {
    NSL_TRY(const std::string hash_text, members.get_string("hash"));
    NSL_TRY(const UInt256 hash, UInt256::parse(hash_text));
    if (hash != hash_of(transaction)) return malformed("The hash is of another transaction");
  }
  return transaction;
}

}  // namespace

SignatureContext::SignatureContext(NetworkMagic network, Transaction transaction)
    : network_(network), transaction_(std::move(transaction)) {
  NSL_ASSERT(check_unsigned_transaction(transaction_).has_value());
  transaction_.witnesses.clear();
}

Result<void> SignatureContext::add_script(ByteView verification_script) {
  const UInt160 account = hash160_of(verification_script);
  const bool is_signer =
      std::any_of(transaction_.signers.begin(), transaction_.signers.end(),
                  [&account](const Signer& each) { return each.account == account; });
  if (!is_signer) return fail(Code::invalid_argument, "The script is of no signer");
  NSL_TRY(WitnessBuilder builder,
          WitnessBuilder::make(to_bytes(verification_script),
                               signing_message(network_, hash_of(transaction_))));
  builders_.emplace(account, std::move(builder));
  return {};
}

Result<void> SignatureContext::add_signature(const UInt160& account, const PublicKey& key,
                                             const Signature& signature) {
  const auto found = builders_.find(account);
  if (found == builders_.end()) {
    return fail(Code::invalid_argument, "The script of this account is not known");
  }
  return found->second.add(key, signature);
}

const WitnessBuilder* SignatureContext::find(const UInt160& account) const {
  const auto found = builders_.find(account);
  return found == builders_.end() ? nullptr : &found->second;
}

std::vector<UInt160> SignatureContext::missing() const {
  std::vector<UInt160> accounts;
  for (const Signer& signer : transaction_.signers) {
    const auto found = builders_.find(signer.account);
    if (found == builders_.end() || !found->second.is_complete()) {
      accounts.push_back(signer.account);
    }
  }
  return accounts;
}

Result<Transaction> SignatureContext::signed_transaction() const {
  if (!is_complete()) return fail(Code::invalid_signature, "Signatures are missing");
  Transaction transaction = transaction_;
  for (const Signer& signer : transaction_.signers) {
    transaction.witnesses.push_back(builders_.at(signer.account).witness());
  }
  NSL_TRY_VOID(check_transaction(transaction));
  return transaction;
}

JsonValue to_json(const SignatureContext& context) {
  JsonValue items = JsonValue::object();
  for (const auto& [account, builder] : context.builders_) {
    items.add(account.to_text(), JsonValue::object()
                                     .add("script", base64(builder.witness().verification))
                                     .add("parameters", parameters_json(builder))
                                     .add("signatures", signatures_json(builder)));
  }
  return JsonValue::object()
      .add("type", text(kType))
      .add("network", JsonValue::integer(context.network_.value()))
      .add("hash", text(hash_of(context.transaction_).to_text()))
      .add("data", base64(encode_unsigned(context.transaction_)))
      .add("items", std::move(items));
}

Result<SignatureContext> parse_signature_context(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_transaction);
  NSL_TRY(Transaction transaction, read_transaction_of(members));
  NSL_TRY(const std::uint64_t network, members.get_unsigned("network", UINT32_MAX));
  SignatureContext context(NetworkMagic(static_cast<std::uint32_t>(network)),
                           std::move(transaction));
  NSL_TRY(const JsonValue& items, members.get("items"));
  const JsonValue::Object* entries = items.find_object();
  if (entries == nullptr || entries->size() > limits::kNeoSignersMax) {
    return malformed("The items are not an object of at most 16");
  }
  for (const auto& [account_text, value] : *entries) {
    NSL_TRY(const UInt160 account, UInt160::parse(account_text));
    NSL_TRY_VOID(read_item(context, account, JsonMembers(value, Code::invalid_transaction)));
  }
  return context;
}

}  // namespace nsl::neo
