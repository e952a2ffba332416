#include "enclave/transactions/wallet_lane.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::enclave::transactions {

Result<void> WalletLane::add(Pending pending, std::optional<neo::GasAmount> balance) {
  MutexLock lock(mutex_);
  if (pending_.contains(pending.id)) return fail(Code::already_exists);
  if (pending_.size() >= static_cast<std::size_t>(limits::kWalletIntentsMax)) {
    return fail(Code::overloaded, "The wallet has its maximum of undecided transactions");
  }
  if (balance.has_value()) NSL_TRY_VOID(check_balance(pending, *balance));
  put_locked(std::move(pending));
  return {};
}

Result<void> WalletLane::replace(Pending pending, std::optional<neo::GasAmount> balance) {
  MutexLock lock(mutex_);
  if (balance.has_value()) NSL_TRY_VOID(check_balance(pending, *balance));
  put_locked(std::move(pending));
  return {};
}

Result<void> WalletLane::check_balance(const Pending& pending, neo::GasAmount balance) const {
  const auto present = pending_.find(pending.id);
  const std::int64_t others =
      held_ - (present == pending_.end() ? 0 : present->second.holds.datoshi());
  NSL_ASSERT(others >= 0);
  if (others <= balance.datoshi() && pending.holds.datoshi() <= balance.datoshi() - others) {
    return {};
  }
  return fail(
      Code::insufficient_gas,
      fmt::format("The wallet has {} GAS, of which {} are needed by transactions under way; this "
                  "one needs {}",
                  balance.to_text(),
                  neo::GasAmount::parse_datoshi(others).value_or(neo::GasAmount()).to_text(),
                  pending.holds.to_text()));
}

void WalletLane::put_locked(Pending pending) {
  erase_locked(pending.id);
  held_ += pending.holds.datoshi();
  for (const neo::UInt256& hash : pending.hashes) by_hash_[hash] = pending.id;
  if (!pending.hashes.empty()) {
    by_last_block_.emplace(pending.valid_until_block, pending.id);
    if (!pending.is_last_attempt) by_signing_.emplace(pending.signed_at, pending.id);
    by_sending_.emplace(pending.signed_at, pending.id);
    sent_at_[pending.id] = pending.signed_at;
  }
  if (!pending.order_key.empty()) {
    queues_[pending.order_key].emplace(pending.order_index, pending.id);
  }
  std::string id = pending.id;
  pending_.emplace(std::move(id), std::move(pending));
}

void WalletLane::erase(const std::string& id) {
  MutexLock lock(mutex_);
  erase_locked(id);
}

void WalletLane::erase_locked(const std::string& id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;
  const Pending& pending = found->second;
  held_ -= pending.holds.datoshi();
  NSL_ASSERT(held_ >= 0);
  for (const neo::UInt256& hash : pending.hashes) by_hash_.erase(hash);
  by_last_block_.erase({pending.valid_until_block, id});
  by_signing_.erase({pending.signed_at, id});
  const auto sent = sent_at_.find(id);
  if (sent != sent_at_.end()) {
    by_sending_.erase({sent->second, id});
    sent_at_.erase(sent);
  }
  underpaid_.erase(id);
  const auto queue = queues_.find(pending.order_key);
  if (queue != queues_.end()) {
    queue->second.erase(pending.order_index);
    if (queue->second.empty()) queues_.erase(queue);
  }
  pending_.erase(found);
}

void WalletLane::note_stored(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = pending_.find(id);
  if (found != pending_.end()) found->second.is_storing = false;
}

void WalletLane::note_taken(const std::string& id, WallTime now) {
  MutexLock lock(mutex_);
  const auto found = pending_.find(id);
  if (found != pending_.end()) found->second.taken_at_ms = now.value();
}

void WalletLane::note_refused(const std::string& id) {
  MutexLock lock(mutex_);
  const auto sent = sent_at_.find(id);
  if (sent == sent_at_.end()) return;
  auto node = by_sending_.extract({sent->second, id});
  NSL_ASSERT(!node.empty());
  node.value().first = neo::BlockIndex();
  sent->second = neo::BlockIndex();
  by_sending_.insert(std::move(node));
}

std::optional<Pending> WalletLane::find(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = pending_.find(id);
  if (found == pending_.end()) return std::nullopt;
  return found->second;
}

bool WalletLane::is_empty() const {
  MutexLock lock(mutex_);
  return pending_.empty();
}

std::size_t WalletLane::size() const {
  MutexLock lock(mutex_);
  return pending_.size();
}

std::int64_t WalletLane::held() const {
  MutexLock lock(mutex_);
  return held_;
}

std::uint64_t WalletLane::take_order_index() {
  MutexLock lock(mutex_);
  return next_order_index_++;
}

void WalletLane::note_order_index(std::uint64_t index) {
  MutexLock lock(mutex_);
  next_order_index_ = std::max(next_order_index_, index + 1);
}

std::vector<std::string> WalletLane::found_in(std::span<const neo::UInt256> transactions) const {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  if (by_hash_.empty()) return ids;
  for (const neo::UInt256& hash : transactions) {
    const auto found = by_hash_.find(hash);
    if (found != by_hash_.end()) ids.push_back(found->second);
  }
  return ids;
}

std::vector<std::string> WalletLane::all_signed() const {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  ids.reserve(by_last_block_.size());
  for (const auto& [block, id] : by_last_block_) ids.push_back(id);
  return ids;
}

std::vector<std::string> WalletLane::past(neo::BlockIndex height) const {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [last_block, id] : by_last_block_) {
    if (last_block >= height) break;
    ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> WalletLane::next_in_order() const {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [key, queue] : queues_) {
    const auto found = pending_.find(queue.begin()->second);
    NSL_ASSERT(found != pending_.end());
    if (found->second.hashes.empty()) ids.push_back(found->first);
  }
  return ids;
}

std::vector<std::string> WalletLane::take_unsent_since(neo::BlockIndex height, neo::BlockIndex now,
                                                       std::size_t count) {
  NSL_ASSERT(height < now);
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  while (ids.size() < count && !by_sending_.empty() && by_sending_.begin()->first <= height) {
    auto node = by_sending_.extract(by_sending_.begin());
    ids.push_back(node.value().second);
    node.value().first = now;
    sent_at_[ids.back()] = now;
    by_sending_.insert(std::move(node));
  }
  return ids;
}

void WalletLane::note_underpaid(const std::string& id) {
  MutexLock lock(mutex_);
  if (pending_.contains(id)) underpaid_.insert(id);
}

std::vector<std::string> WalletLane::worth_replacing(neo::BlockIndex height,
                                                     std::size_t count) const {
  MutexLock lock(mutex_);
  std::vector<std::string> ids;
  for (const std::string& id : underpaid_) {
    if (ids.size() == count) return ids;
    const auto found = pending_.find(id);
    NSL_ASSERT(found != pending_.end());
    if (!found->second.is_last_attempt) ids.push_back(id);
  }
  for (const auto& [signed_at, id] : by_signing_) {
    if (signed_at > height || ids.size() == count) break;
    if (!underpaid_.contains(id)) ids.push_back(id);
  }
  return ids;
}

bool WalletLane::begin_look() {
  MutexLock lock(mutex_);
  if (is_looking_) {
    is_wanted_again_ = true;
    return false;
  }
  is_looking_ = true;
  is_wanted_again_ = false;
  return true;
}

bool WalletLane::end_look() {
  MutexLock lock(mutex_);
  NSL_ASSERT(is_looking_);
  if (std::exchange(is_wanted_again_, false)) return false;
  is_looking_ = false;
  looked_.notify_all();
  return true;
}

void WalletLane::wait_for_look(const Deadline& deadline) {
  MutexLock lock(mutex_);
  while (is_looking_) {
    if (looked_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) return;
  }
}

}  // namespace nsl::enclave::transactions
