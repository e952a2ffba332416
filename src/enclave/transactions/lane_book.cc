#include "enclave/transactions/lane_book.h"

#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::transactions {

Result<Pending> pending_of(const std::string& id, const stored::IntentRecord& intent) {
  Pending pending;
  pending.id = id;
  NSL_TRY(pending.hashes, attempt_hashes(intent));
  pending.valid_until_block = neo::BlockIndex(intent.valid_until_block());
  pending.signed_at = neo::BlockIndex(intent.signed_at_block());
  NSL_TRY(const neo::GasAmount system_fee, neo::GasAmount::parse_datoshi(intent.system_fee()));
  NSL_TRY(const neo::GasAmount network_fee, neo::GasAmount::parse_datoshi(intent.network_fee()));
  NSL_TRY(const neo::GasAmount spends, neo::GasAmount::parse_datoshi(intent.spends()));
  NSL_TRY(const neo::GasAmount fees, system_fee.plus(network_fee));
  NSL_TRY(const neo::GasAmount holds, fees.plus(spends));
  // A queued intent holds nothing: it is checked against the balance when its turn comes.
  if (!pending.hashes.empty()) pending.holds = holds;
  pending.order_key = intent.order_key();
  pending.order_index = intent.order_index();
  pending.is_last_attempt = intent.network_fee_max() == 0 ||
                            intent.replaced_size() + 1 >= limits::kTransactionAttemptsMax;
  return pending;
}

Result<WalletState*> LaneBook::get(const std::string& account, const std::string& wallet_id,
                                   const Deadline& deadline) {
  WalletState* wallet = nullptr;
  {
    MutexLock lock(mutex_);
    auto& entry = wallets_[{account, wallet_id}];
    if (entry == nullptr) entry = std::make_unique<WalletState>(account, wallet_id);
    wallet = entry.get();
  }
  {
    MutexLock lock(wallet->mutex);
    if (wallet->is_loaded) return wallet;
  }
  // No lock is held while a node is asked.
  NSL_TRY(const neo::BlockIndex height, view_.height(deadline));
  MutexLock lock(wallet->mutex);
  if (!wallet->is_loaded) NSL_TRY_VOID(load(*wallet, height, deadline));
  return wallet;
}

Result<void> LaneBook::load(WalletState& wallet, neo::BlockIndex height,
                            const Deadline& deadline) const {
  NSL_TRY(const auto all, vault_.list(records::kind::kIntent, wallet.account, deadline));
  for (const auto& [id, record] : all) {
    NSL_TRY(const IntentRecord intent, records::parse_record<stored::IntentRecord>(record));
    if (intent.value.wallet() != wallet.wallet_id) continue;
    wallet.lane.note_order_index(intent.value.order_index());
    if (is_decided(intent.value.state())) continue;
    NSL_TRY(Pending pending, pending_of(id, intent.value));
    NSL_TRY_VOID(wallet.lane.replace(std::move(pending), std::nullopt));
  }
  // What is in no record yet is in no block yet.
  if (wallet.lane.is_empty()) wallet.seen = height;
  wallet.is_loaded = true;
  return {};
}

Result<neo::GasAmount> LaneBook::balance_of(WalletState& wallet, const neo::UInt160& account,
                                            const Deadline& deadline) {
  NSL_TRY(const neo::BlockIndex height, view_.height(deadline));
  {
    MutexLock lock(wallet.mutex);
    if (wallet.balance.has_value() && wallet.balance->height == height) {
      return wallet.balance->amount;
    }
  }
  NSL_TRY(const Bytes script,
          neo::make_call_script(neo::native_contract_hash("GasToken"), "balanceOf",
                                {neo::to_argument(account)}, neo::CallFlags::read_only));
  NSL_TRY(const chain::Invocation answer, chain_.invoke_script(script, {}, deadline));
  if (!answer.is_halt || answer.stack.empty()) return fail(Code::node_malformed_reply);
  NSL_TRY(const neo::Integer balance, answer.stack.front().to_integer());
  const std::optional<std::int64_t> datoshi = balance.to_int64();
  if (!datoshi.has_value()) return fail(Code::node_malformed_reply);
  NSL_TRY(const neo::GasAmount amount, neo::GasAmount::parse_datoshi(*datoshi));
  MutexLock lock(wallet.mutex);
  wallet.balance = WalletState::Balance{.height = height, .amount = amount};
  return amount;
}

}  // namespace nsl::enclave::transactions
