// ChainView: the height and the newest blocks' transactions, read once for all wallets. What it
// says is as old as a part of a block's time; nothing that decides money depends on it being newer.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"

namespace nsl::enclave::transactions {

class ChainView {
 public:
  ChainView(chain::Chain& chain, const Clock& clock) : chain_(chain), clock_(clock) {}

  Result<neo::BlockIndex> height(const Deadline& deadline) NSL_EXCLUDES(mutex_);
  Result<std::vector<neo::UInt256>> block_transactions(neo::BlockIndex block,
                                                       const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  // About when the next block comes.
  std::int64_t block_ms() const;

 private:
  chain::Chain& chain_;
  const Clock& clock_;
  Mutex mutex_;
  std::optional<neo::BlockIndex> height_ NSL_GUARDED_BY(mutex_);
  MonotonicTime height_read_at_ NSL_GUARDED_BY(mutex_);
  // At most limits::kTransactionLookBlocksMax, the newest.
  std::map<neo::BlockIndex, std::vector<neo::UInt256>> blocks_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::transactions
