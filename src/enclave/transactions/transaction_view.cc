#include "enclave/transactions/transaction_view.h"

#include <algorithm>

#include "core/neo/address.h"
#include "enclave/json/json_arguments.h"

namespace nsl::enclave::transactions {
namespace {

std::string gas_text(std::int64_t datoshi) {
  return neo::GasAmount::parse_datoshi(datoshi).value_or(neo::GasAmount()).to_text();
}

nsl::v1::Transaction::State to_state(stored::IntentRecord::State state) {
  switch (state) {
    case stored::IntentRecord::SENT:
      return nsl::v1::Transaction::SENT;
    case stored::IntentRecord::HALT:
      return nsl::v1::Transaction::HALT;
    case stored::IntentRecord::FAULT:
      return nsl::v1::Transaction::FAULT;
    case stored::IntentRecord::EXPIRED:
      return nsl::v1::Transaction::EXPIRED;
    case stored::IntentRecord::QUEUED:
      return nsl::v1::Transaction::QUEUED;
    case stored::IntentRecord::FAILED:
      return nsl::v1::Transaction::FAILED;
    default:
      return nsl::v1::Transaction::SIGNED;
  }
}

}  // namespace

std::string to_public_id(const std::string& id) {
  std::string text = id;
  std::replace(text.begin(), text.end(), '/', '.');
  return text;
}

std::string to_intent_id(const std::string& public_id) {
  std::string text = public_id;
  std::replace(text.begin(), text.end(), '.', '/');
  return text;
}

nsl::v1::Transaction describe(const std::string& id, const stored::IntentRecord& intent,
                              const std::optional<Error>& refusal) {
  nsl::v1::Transaction view;
  view.set_id(to_public_id(id));
  view.set_wallet(intent.wallet());
  view.set_state(to_state(intent.state()));
  view.set_hash(intent.hash());
  view.set_block(intent.block());
  if (!intent.hash().empty()) {
    view.set_system_fee(gas_text(intent.system_fee()));
    view.set_network_fee(gas_text(intent.network_fee()));
  }
  view.set_valid_until_block(intent.valid_until_block());
  for (const stored::IntentAttempt& attempt : intent.replaced()) {
    auto* shown = view.add_replaced();
    shown->set_hash(attempt.hash());
    shown->set_network_fee(gas_text(attempt.network_fee()));
    shown->set_valid_until_block(attempt.valid_until_block());
  }
  view.set_exception(intent.exception());
  if (intent.state() == stored::IntentRecord::FAILED) {
    view.mutable_failure()->set_code(intent.failure_code());
    view.mutable_failure()->set_message(intent.failure_message());
  } else if (refusal.has_value()) {
    view.mutable_failure()->set_code(std::string(code_text(refusal->code())));
    view.mutable_failure()->set_message(refusal->message());
  }
  view.set_order_key(intent.order_key());
  view.set_contract(intent.contract());
  if (intent.created_at_ms() != 0) {
    view.set_created_at(to_rfc3339(WallTime(intent.created_at_ms())));
  }
  if (intent.confirmed_at_ms() != 0) {
    view.set_confirmed_at(to_rfc3339(WallTime(intent.confirmed_at_ms())));
  }
  return view;
}

Result<neo::StackItem::List> parse_arguments(const std::string& text) {
  if (text.empty()) return neo::StackItem::List();
  if (!json::check_json(text).has_value()) {
    return fail(Code::malformed_json, "/args: is not JSON text");
  }
  NSL_TRY(const auto object, json::JsonArguments::parse("{\"args\":" + text + "}"));
  return object.get_contract_arguments("args");
}

Result<neo::StackItem> parse_argument(const std::string& text) {
  if (text.empty()) return neo::StackItem();
  if (!json::check_json(text).has_value()) {
    return fail(Code::malformed_json, "/data: is not JSON text");
  }
  NSL_TRY(neo::StackItem::List items, parse_arguments("[" + text + "]"));
  if (items.size() != 1) return fail(Code::invalid_argument, "/data: is not one argument");
  return std::move(items.front());
}

Result<neo::Signer> parse_signer(const nsl::v1::TransactionSigner& asked) {
  neo::Signer signer;
  signer.scopes = neo::WitnessScope::called_by_entry;
  if (!asked.scopes().empty()) {
    const Result<neo::WitnessScope> scopes = neo::parse_witness_scope(asked.scopes());
    if (!scopes.has_value()) return fail(Code::invalid_signer, "/signers: scopes are not known");
    signer.scopes = *scopes;
  }
  for (const std::string& contract : asked.allowed_contracts()) {
    const Result<neo::UInt160> hash = neo::parse_account(contract);
    if (!hash.has_value()) return fail(Code::invalid_hash, "/signers: a contract is no hash");
    signer.allowed_contracts.push_back(*hash);
  }
  return signer;
}

}  // namespace nsl::enclave::transactions
