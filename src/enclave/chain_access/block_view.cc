#include "enclave/chain_access/block_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/neo/address.h"

namespace nsl::enclave::chain_access {
namespace {

// 9999-12-31T23:59:59.999Z, the last time RFC 3339 can write.
constexpr std::uint64_t kLastTimeMs = 253402300799999;

std::string bytes_of(const neo::PublicKey& key) {
  const auto compressed = key.compressed();
  return to_string(ByteView(compressed));
}

void put_condition(const neo::WitnessCondition& condition,
                   nsl::v1::ChainWitnessCondition& message) {
  using enum neo::WitnessConditionType;
  message.set_type(std::string(neo::witness_condition_name(condition.type)));
  if (condition.type == boolean) message.set_value(condition.value);
  for (const neo::WitnessCondition& each : condition.expressions) {
    put_condition(each, *message.add_expressions());
  }
  if (condition.type == script_hash || condition.type == called_by_contract) {
    message.set_hash(condition.hash.to_text());
  }
  if (condition.key.has_value()) message.set_group(bytes_of(*condition.key));
}

void put_signer(const neo::Signer& signer, nsl::v1::ChainSigner& message) {
  message.set_account(neo::to_address(signer.account));
  message.set_scopes(neo::to_text(signer.scopes));
  for (const neo::UInt160& contract : signer.allowed_contracts) {
    message.add_allowed_contracts(contract.to_text());
  }
  for (const neo::PublicKey& group : signer.allowed_groups) {
    message.add_allowed_groups(bytes_of(group));
  }
  for (const neo::WitnessRule& rule : signer.rules) {
    nsl::v1::ChainWitnessRule& entry = *message.add_rules();
    entry.set_action(rule.action == neo::WitnessAction::allow ? "Allow" : "Deny");
    put_condition(rule.condition, *entry.mutable_condition());
  }
}

void put_attribute(const neo::Attribute& attribute, nsl::v1::ChainAttribute& message) {
  message.set_type(std::string(neo::attribute_name(neo::attribute_type(attribute))));
  if (const auto* oracle = std::get_if<neo::OracleResponse>(&attribute)) {
    message.set_oracle_id(oracle->id);
    message.set_oracle_code(static_cast<std::uint32_t>(oracle->code));
    message.set_oracle_result(to_string(oracle->result));
  } else if (const auto* later = std::get_if<neo::NotValidBefore>(&attribute)) {
    message.set_block(later->height.value());
  } else if (const auto* conflict = std::get_if<neo::Conflicts>(&attribute)) {
    message.set_transaction(conflict->transaction.to_text());
  } else if (const auto* notary = std::get_if<neo::NotaryAssisted>(&attribute)) {
    message.set_notary_keys(notary->key_count);
  }
}

}  // namespace

std::string block_time_text(std::uint64_t timestamp_ms) {
  return to_rfc3339(WallTime(static_cast<std::int64_t>(std::min(timestamp_ms, kLastTimeMs))));
}

nsl::v1::ChainBlock block_message(const FoundBlock& found) {
  const neo::Header& header = found.block.header;
  nsl::v1::ChainBlock message;
  message.set_hash(found.hash.to_text());
  message.set_index(header.index.value());
  message.set_previous_hash(header.previous_hash.to_text());
  message.set_merkle_root(header.merkle_root.to_text());
  message.set_time(block_time_text(header.timestamp_ms));
  message.set_nonce(fmt::format("{:016X}", header.nonce));
  message.set_primary(header.primary_index);
  message.set_next_consensus(neo::to_address(header.next_consensus));
  message.set_transaction_count(static_cast<std::uint32_t>(found.block.transactions.size()));
  for (const neo::Transaction& transaction : found.block.transactions) {
    if (message.transactions_size() >= limits::kChainBlockHashesMax) break;
    message.add_transactions(neo::hash_of(transaction).to_text());
  }
  put_proof(found.proof, *message.mutable_proof());
  return message;
}

nsl::v1::ChainTransaction transaction_message(const FoundTransaction& found) {
  const neo::Transaction& transaction = found.transaction;
  nsl::v1::ChainTransaction message;
  message.set_hash(found.hash.to_text());
  message.set_block(found.block.value());
  message.set_time(block_time_text(found.block_time_ms));
  message.set_sender(neo::to_address(transaction.signers.front().account));
  message.set_nonce(transaction.nonce);
  message.set_system_fee(transaction.system_fee.to_text());
  message.set_network_fee(transaction.network_fee.to_text());
  message.set_valid_until_block(transaction.valid_until_block.value());
  for (const neo::Signer& signer : transaction.signers) put_signer(signer, *message.add_signers());
  for (const neo::Attribute& attribute : transaction.attributes) {
    put_attribute(attribute, *message.add_attributes());
  }
  message.set_script(to_string(transaction.script));
  put_proof(found.proof, *message.mutable_proof());
  return message;
}

}  // namespace nsl::enclave::chain_access
