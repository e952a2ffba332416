#include "enclave/transactions/follower.h"

#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::enclave::transactions {
namespace {

constexpr std::size_t kSettledAtOnceMax = 64;

neo::BlockIndex blocks_before(neo::BlockIndex height, std::int64_t blocks) {
  const auto count = static_cast<std::uint32_t>(blocks);
  return neo::BlockIndex(height.value() > count ? height.value() - count : 0);
}

// The reason lies in the world, not in the intent: it may be signed later.
bool may_pass(Code code) { return code_is_retryable(code) || code == Code::node_refused; }

}  // namespace

Result<void> Follower::look(WalletState& wallet, const Deadline& deadline) {
  if (!wallet.lane.begin_look()) return {};
  Result<void> outcome;
  do {
    outcome = look_once(wallet, deadline);
  } while (!wallet.lane.end_look());
  return outcome;
}

Result<void> Follower::look_to_end(WalletState& wallet, const Deadline& deadline) {
  NSL_TRY_VOID(look(wallet, deadline));
  wallet.lane.wait_for_look(deadline);
  return {};
}

Result<void> Follower::look_once(WalletState& wallet, const Deadline& deadline) {
  if (wallet.lane.is_empty()) return {};
  // The height is read first: a transaction in no block after its last one will never be in one.
  NSL_TRY(const neo::BlockIndex height, parts_.view.height(deadline));
  NSL_TRY(const neo::BlockIndex seen, read_blocks(wallet, height, deadline));
  // Not past `height`: a block that holds one of them may still wait for its log.
  NSL_TRY_VOID(settle(wallet, wallet.lane.past(seen), Missing::is_expired, deadline));
  NSL_TRY_VOID(start_next(wallet, deadline));
  NSL_TRY_VOID(resend(wallet, height, deadline));
  return replace(wallet, height, deadline);
}

Result<neo::BlockIndex> Follower::read_blocks(WalletState& wallet, neo::BlockIndex height,
                                              const Deadline& deadline) {
  neo::BlockIndex seen;
  {
    MutexLock lock(wallet.mutex);
    seen = wallet.seen;
  }
  const bool is_far_behind =
      seen == neo::BlockIndex() ||
      height.value() - seen.value() > static_cast<std::uint32_t>(limits::kTransactionLookBlocksMax);
  if (height <= seen && !is_far_behind) return seen;
  bool is_complete = true;
  if (is_far_behind) {
    NSL_TRY_VOID(settle(wallet, wallet.lane.all_signed(), Missing::is_open, deadline));
    seen = height;
  }
  while (is_complete && seen < height) {
    const neo::BlockIndex next(seen.value() + 1);
    NSL_TRY(const auto transactions, parts_.view.block_transactions(next, deadline));
    // A node may show the block before it has the log of its transactions.
    NSL_TRY(is_complete,
            settle(wallet, wallet.lane.found_in(transactions), Missing::is_open, deadline));
    if (is_complete) seen = next;
  }
  MutexLock lock(wallet.mutex);
  wallet.seen = seen;
  return seen;
}

Result<bool> Follower::settle(WalletState& wallet, const std::vector<std::string>& ids,
                              Missing missing, const Deadline& deadline) {
  bool are_all_settled = true;
  for (std::size_t first = 0; first < ids.size(); first += kSettledAtOnceMax) {
    const std::size_t last = std::min(first + kSettledAtOnceMax, ids.size());
    vault::Batch batch;
    std::vector<std::string> settled;
    for (std::size_t index = first; index < last; ++index) {
      const std::string& id = ids[index];
      NSL_TRY(auto record, undecided(wallet, id, deadline));
      if (!record.has_value()) continue;
      NSL_TRY(const bool has_ended, find_end(record->value, missing, deadline));
      are_all_settled &= has_ended;
      if (!has_ended) continue;
      records::put_record(batch, record_key({wallet.account, id}), record->value, record->version);
      settled.push_back(id);
    }
    if (settled.empty()) continue;
    NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
    for (const std::string& id : settled) wallet.lane.erase(id);
  }
  return are_all_settled;
}

Result<std::optional<IntentRecord>> Follower::undecided(WalletState& wallet, const std::string& id,
                                                        const Deadline& deadline) {
  const std::optional<Pending> pending = wallet.lane.find(id);
  NSL_TRY(auto record, records::find_record<stored::IntentRecord>(
                           parts_.vault, record_key({wallet.account, id}), deadline));
  const bool is_known = record.has_value() && !is_decided(record->value.state());
  if (is_known) return record;
  // Its storing failed, or it was decided meanwhile. One that is being stored now is kept.
  if (pending.has_value() && !pending->is_storing) wallet.lane.erase(id);
  return std::optional<IntentRecord>();
}

Result<bool> Follower::find_end(stored::IntentRecord& intent, Missing missing,
                                const Deadline& deadline) {
  NSL_TRY(const std::vector<neo::UInt256> hashes, attempt_hashes(intent));
  for (const neo::UInt256& hash : hashes) {
    NSL_TRY(const auto log, parts_.chain.application_log(hash, deadline));
    if (!log.has_value() && missing == Missing::is_open) continue;
    NSL_TRY(const auto block, parts_.chain.block_of(hash, deadline));
    // A block holds it; its log says how it ended, later.
    if (!log.has_value() && block.has_value()) return false;
    if (!log.has_value()) continue;
    for (const stored::IntentAttempt& attempt : intent.replaced()) {
      if (attempt.hash() != hash.to_text()) continue;
      // The earlier attempt won; what conflicts with it is void.
      intent.set_transaction(attempt.transaction());
      intent.set_network_fee(attempt.network_fee());
      intent.set_hash(attempt.hash());
      break;
    }
    intent.set_state(log->is_halt ? stored::IntentRecord::HALT : stored::IntentRecord::FAULT);
    intent.set_exception(log->exception);
    if (block.has_value()) intent.set_block(block->value());
    intent.set_confirmed_at_ms(parts_.clock.wall_time().value());
    return true;
  }
  if (missing == Missing::is_open) return false;
  intent.set_state(stored::IntentRecord::EXPIRED);
  return true;
}

Result<void> Follower::start_next(WalletState& wallet, const Deadline& deadline) {
  // Each round ends at least one intent or is the last.
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    for (const std::string& id : wallet.lane.next_in_order()) {
      NSL_TRY(const bool has_failed, start(wallet, id, deadline));
      has_moved |= has_failed;
    }
  }
  return {};
}

Result<bool> Follower::start(WalletState& wallet, const std::string& id, const Deadline& deadline) {
  NSL_TRY(auto record, undecided(wallet, id, deadline));
  if (!record.has_value()) return false;
  const IntentKey key{wallet.account, id};
  if (record->value.state() != stored::IntentRecord::QUEUED) {
    // It was signed, but the answer of the vault was lost.
    NSL_TRY(Pending pending, pending_of(id, record->value));
    NSL_TRY_VOID(wallet.lane.replace(std::move(pending), std::nullopt));
    return false;
  }
  NSL_TRY(const Draft draft, draft_of(key, record->value));
  Result<SignedTransaction> made = parts_.builder.build(draft, deadline);
  Result<void> admitted = made.has_value() ? Result<void>() : fail(made.error());
  if (made.has_value()) {
    IntentRecord next = *record;
    set_attempt(next.value, made->transaction, made->signed_at);
    NSL_TRY(const neo::GasAmount balance,
            parts_.lanes.balance_of(wallet, draft.transaction.signers.front().account, deadline));
    NSL_TRY(Pending pending, pending_of(id, next.value));
    const bool others_hold = wallet.lane.held() > 0;
    admitted = wallet.lane.replace(std::move(pending), balance);
    if (admitted.has_value()) {
      const Result<void> stored = store_start(wallet, id, next, deadline);
      if (stored.has_value()) return false;
      NSL_TRY(Pending queued, pending_of(id, record->value));
      NSL_TRY_VOID(wallet.lane.replace(std::move(queued), std::nullopt));
      return fail(stored.error());
    }
    // What others hold comes free when they are decided.
    if (others_hold && admitted.error().code() == Code::insufficient_gas) return false;
  }
  if (may_pass(admitted.error().code())) {
    log_failure("transactions", "A transaction waits for its turn", admitted.error());
    return false;
  }
  record->value.set_state(stored::IntentRecord::FAILED);
  record->value.set_failure_code(std::string(code_text(admitted.error().code())));
  record->value.set_failure_message(admitted.error().message());
  vault::Batch batch;
  records::put_record(batch, record_key(key), record->value, record->version);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
  wallet.lane.erase(id);
  return true;
}

Result<void> Follower::store_start(WalletState& wallet, const std::string& id,
                                   const IntentRecord& record, const Deadline& deadline) {
  NSL_ASSERT(record.value.state() == stored::IntentRecord::SIGNED);
  vault::Batch batch;
  records::put_record(batch, record_key({wallet.account, id}), record.value, record.version);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
  const Result<void> sent = send(wallet, id, record.value, deadline);
  if (!sent.has_value()) log_failure("transactions", "A node refused", sent.error());
  return {};
}

Result<void> Follower::resend(WalletState& wallet, neo::BlockIndex height,
                              const Deadline& deadline) {
  const neo::BlockIndex before = blocks_before(height, limits::kTransactionResendBlocks);
  if (before >= height) return {};
  const auto count = static_cast<std::size_t>(limits::kTransactionResendsPerLookMax);
  for (const std::string& id : wallet.lane.take_unsent_since(before, height, count)) {
    NSL_TRY(const auto record, undecided(wallet, id, deadline));
    if (!record.has_value()) continue;
    // A refusal is not the end: another node, or the same one later, may take it until it expires.
    const Result<void> sent = send(wallet, id, record->value, deadline);
    if (!sent.has_value()) log_failure("transactions", "A node refused", sent.error());
  }
  return {};
}

Result<void> Follower::replace(WalletState& wallet, neo::BlockIndex height,
                               const Deadline& deadline) {
  const neo::BlockIndex before = blocks_before(height, limits::kTransactionReplaceBlocks);
  const auto count = static_cast<std::size_t>(limits::kTransactionReplacementsPerLookMax);
  for (const std::string& id : wallet.lane.worth_replacing(before, count)) {
    NSL_TRY(auto record, undecided(wallet, id, deadline));
    if (!record.has_value()) continue;
    const auto made = parts_.builder.rebuild({wallet.account, id}, record->value, deadline);
    NSL_TRY(Pending pending, pending_of(id, record->value));
    if (!made.has_value()) {
      log_failure("transactions", "A transaction is not replaced", made.error());
      if (may_pass(made.error().code())) return {};
      // Nothing dearer may be made of it: it stays what it is.
      pending.is_last_attempt = true;
      NSL_TRY_VOID(wallet.lane.replace(std::move(pending), std::nullopt));
      continue;
    }
    set_attempt(record->value, made->transaction, made->signed_at);
    vault::Batch batch;
    records::put_record(batch, record_key({wallet.account, id}), record->value, record->version);
    NSL_TRY(pending, pending_of(id, record->value));
    // Known to the lane before any node hears of it, so that no block is missed.
    NSL_TRY_VOID(wallet.lane.replace(std::move(pending), std::nullopt));
    NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
    const Result<void> sent = send(wallet, id, record->value, deadline);
    if (!sent.has_value()) log_failure("transactions", "A node refused", sent.error());
  }
  return {};
}

Result<void> Follower::send(WalletState& wallet, const std::string& id,
                            const stored::IntentRecord& intent, const Deadline& deadline) {
  NSL_ASSERT(!intent.transaction().empty());
  const Result<chain::SendOutcome> outcome =
      parts_.chain.send_transaction(as_bytes(intent.transaction()), deadline);
  if (outcome.has_value()) {
    // Known already is as good as accepted.
    wallet.lane.note_taken(id, parts_.clock.wall_time());
    return {};
  }
  wallet.lane.note_refused(id);
  if (outcome.error().code() == Code::network_fee_too_low) wallet.lane.note_underpaid(id);
  return fail(outcome.error());
}

}  // namespace nsl::enclave::transactions
