#include "enclave/transactions/intent.h"

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::transactions {

std::string run_intent_id(const std::string& run_id, std::uint32_t call_index) {
  return fmt::format("{}/{}", run_id, call_index);
}

vault::RecordKey record_key(const IntentKey& key) {
  return {records::kind::kIntent, key.account, key.id};
}

bool is_decided(stored::IntentRecord::State state) {
  return state == stored::IntentRecord::HALT || state == stored::IntentRecord::FAULT ||
         state == stored::IntentRecord::EXPIRED || state == stored::IntentRecord::FAILED;
}

Result<std::vector<neo::UInt256>> attempt_hashes(const stored::IntentRecord& intent) {
  std::vector<neo::UInt256> hashes;
  if (intent.hash().empty()) return hashes;
  NSL_TRY(const neo::UInt256 newest, neo::UInt256::parse(intent.hash()));
  hashes.push_back(newest);
  for (const stored::IntentAttempt& attempt : intent.replaced()) {
    NSL_TRY(const neo::UInt256 earlier, neo::UInt256::parse(attempt.hash()));
    hashes.push_back(earlier);
  }
  return hashes;
}

void set_attempt(stored::IntentRecord& intent, const neo::Transaction& transaction,
                 neo::BlockIndex signed_at) {
  NSL_ASSERT(!transaction.witnesses.empty());
  if (!intent.transaction().empty()) {
    stored::IntentAttempt& before = *intent.add_replaced();
    before.set_transaction(intent.transaction());
    before.set_hash(intent.hash());
    before.set_network_fee(intent.network_fee());
    before.set_valid_until_block(intent.valid_until_block());
  }
  const Bytes bytes = neo::encode(transaction);
  intent.set_transaction(bytes.data(), bytes.size());
  intent.set_hash(neo::hash_of(transaction).to_text());
  intent.set_valid_until_block(transaction.valid_until_block.value());
  intent.set_system_fee(transaction.system_fee.datoshi());
  intent.set_network_fee(transaction.network_fee.datoshi());
  intent.set_signed_at_block(signed_at.value());
  intent.set_state(stored::IntentRecord::SIGNED);
  intent.clear_draft();
}

stored::IntentRecord make_intent(const Draft& draft, WallTime now) {
  stored::IntentRecord intent;
  const crypto::Digest32 arguments_hash = crypto::sha256(as_bytes(draft.arguments_text));
  intent.set_arguments_hash(arguments_hash.data(), arguments_hash.size());
  intent.set_wallet(draft.wallet_id);
  intent.set_system_fee_max(draft.system_fee_max.datoshi());
  intent.set_network_fee_max(draft.network_fee_max.datoshi());
  intent.set_valid_blocks(draft.valid_blocks);
  intent.set_order_key(draft.order_key);
  intent.set_spends(draft.spends.datoshi());
  intent.set_contract(draft.contract);
  intent.set_created_at_ms(now.value());
  for (const std::string& wallet : draft.signer_wallets) intent.add_signer_wallets(wallet);
  const Bytes unsigned_bytes = neo::encode_unsigned(draft.transaction);
  intent.set_draft(unsigned_bytes.data(), unsigned_bytes.size());
  intent.set_state(stored::IntentRecord::QUEUED);
  return intent;
}

Result<Draft> draft_of(const IntentKey& key, const stored::IntentRecord& intent) {
  Draft draft;
  draft.key = key;
  draft.wallet_id = intent.wallet();
  draft.signer_wallets.assign(intent.signer_wallets().begin(), intent.signer_wallets().end());
  NSL_TRY(draft.transaction, neo::parse_unsigned_transaction(as_bytes(intent.draft())));
  NSL_TRY(draft.system_fee_max, neo::GasAmount::parse_datoshi(intent.system_fee_max()));
  NSL_TRY(draft.network_fee_max, neo::GasAmount::parse_datoshi(intent.network_fee_max()));
  NSL_TRY(draft.spends, neo::GasAmount::parse_datoshi(intent.spends()));
  draft.valid_blocks = intent.valid_blocks();
  draft.order_key = intent.order_key();
  draft.contract = intent.contract();
  return draft;
}

}  // namespace nsl::enclave::transactions
