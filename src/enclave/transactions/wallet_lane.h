// WalletLane: what of one wallet is undecided, in memory. The records in the vault are the truth;
// a lane is loaded from them and only saves looking through them again after every block. Each
// question it answers costs the number of its answers, not the number of intents.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"

namespace nsl::enclave::transactions {

struct Pending {
  std::string id;
  // Of every attempt; empty while nothing is signed.
  std::vector<neo::UInt256> hashes;
  neo::BlockIndex valid_until_block;
  neo::BlockIndex signed_at;
  // Fees of the newest attempt and what the script moves away.
  neo::GasAmount holds;
  std::string order_key;
  std::uint64_t order_index = 0;
  // No further attempt may be made.
  bool is_last_attempt = false;
  // Its record is on its way to the vault.
  bool is_storing = false;
  // A node took the newest attempt then; 0: none has yet.
  std::int64_t taken_at_ms = 0;
};

class WalletLane {
 public:
  // Code::already_exists when the id is there, Code::overloaded for one more than
  // limits::kWalletIntentsMax, and Code::insufficient_gas when `balance` is given and does not
  // cover it beside everything that is held already.
  Result<void> add(Pending pending, std::optional<neo::GasAmount> balance) NSL_EXCLUDES(mutex_);
  // Puts a later state of an entry, which may be gone, in its place; the same rule for `balance`.
  Result<void> replace(Pending pending, std::optional<neo::GasAmount> balance) NSL_EXCLUDES(mutex_);
  void note_stored(const std::string& id) NSL_EXCLUDES(mutex_);
  void note_taken(const std::string& id, WallTime now) NSL_EXCLUDES(mutex_);
  // No node has it: take_unsent_since() gives it next.
  void note_refused(const std::string& id) NSL_EXCLUDES(mutex_);
  void erase(const std::string& id) NSL_EXCLUDES(mutex_);
  std::optional<Pending> find(const std::string& id) const NSL_EXCLUDES(mutex_);
  bool is_empty() const NSL_EXCLUDES(mutex_);
  std::size_t size() const NSL_EXCLUDES(mutex_);
  // Datoshi.
  std::int64_t held() const NSL_EXCLUDES(mutex_);

  // Index for the next intent in order.
  std::uint64_t take_order_index() NSL_EXCLUDES(mutex_);
  // Indices above `index` are given from now on.
  void note_order_index(std::uint64_t index) NSL_EXCLUDES(mutex_);

  // Ids with an attempt among these transactions.
  std::vector<std::string> found_in(std::span<const neo::UInt256> transactions) const
      NSL_EXCLUDES(mutex_);
  // Every id with an attempt.
  std::vector<std::string> all_signed() const NSL_EXCLUDES(mutex_);
  // Ids whose last block is below `height`.
  std::vector<std::string> past(neo::BlockIndex height) const NSL_EXCLUDES(mutex_);
  // Ids whose turn it is: nothing is signed, and nothing of the same key is before them.
  std::vector<std::string> next_in_order() const NSL_EXCLUDES(mutex_);
  // Ids last given to a node at `height` or before, the longest waiting first; they count as given
  // at `now` from here on.
  std::vector<std::string> take_unsent_since(neo::BlockIndex height, neo::BlockIndex now,
                                             std::size_t count) NSL_EXCLUDES(mutex_);
  // The node asks for more than the attempt pays.
  void note_underpaid(const std::string& id) NSL_EXCLUDES(mutex_);
  // Ids signed at `height` or before, and underpaid ones, that may have another attempt.
  std::vector<std::string> worth_replacing(neo::BlockIndex height, std::size_t count) const
      NSL_EXCLUDES(mutex_);

  // One thread at a time looks at the chain. False: another does, and will look once more.
  bool begin_look() NSL_EXCLUDES(mutex_);
  // False: somebody wanted to look meanwhile; look again.
  bool end_look() NSL_EXCLUDES(mutex_);
  // Until nobody looks, or the deadline.
  void wait_for_look(const Deadline& deadline) NSL_EXCLUDES(mutex_);

 private:
  using Queue = std::map<std::uint64_t, std::string>;

  Result<void> check_balance(const Pending& pending, neo::GasAmount balance) const
      NSL_REQUIRES(mutex_);
  void put_locked(Pending pending) NSL_REQUIRES(mutex_);
  void erase_locked(const std::string& id) NSL_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Pending> pending_ NSL_GUARDED_BY(mutex_);
  std::map<neo::UInt256, std::string> by_hash_ NSL_GUARDED_BY(mutex_);
  std::set<std::pair<neo::BlockIndex, std::string>> by_last_block_ NSL_GUARDED_BY(mutex_);
  // Those that may have another attempt.
  std::set<std::pair<neo::BlockIndex, std::string>> by_signing_ NSL_GUARDED_BY(mutex_);
  // When each was last given to a node.
  std::set<std::pair<neo::BlockIndex, std::string>> by_sending_ NSL_GUARDED_BY(mutex_);
  std::map<std::string, neo::BlockIndex> sent_at_ NSL_GUARDED_BY(mutex_);
  std::set<std::string> underpaid_ NSL_GUARDED_BY(mutex_);
  std::map<std::string, Queue> queues_ NSL_GUARDED_BY(mutex_);
  std::int64_t held_ NSL_GUARDED_BY(mutex_) = 0;
  std::uint64_t next_order_index_ NSL_GUARDED_BY(mutex_) = 1;
  bool is_looking_ NSL_GUARDED_BY(mutex_) = false;
  CondVar looked_;
  bool is_wanted_again_ NSL_GUARDED_BY(mutex_) = false;
};

}  // namespace nsl::enclave::transactions
