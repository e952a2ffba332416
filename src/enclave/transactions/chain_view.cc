#include "enclave/transactions/chain_view.h"

#include <algorithm>

#include "core/base/limits.h"

namespace nsl::enclave::transactions {
namespace {

constexpr std::int64_t kHeightAgeMsMax = 1000;
constexpr std::int64_t kBlockMsMin = 100;

}  // namespace

std::int64_t ChainView::block_ms() const {
  return std::max<std::int64_t>(chain_.network().milliseconds_per_block, kBlockMsMin);
}

Result<neo::BlockIndex> ChainView::height(const Deadline& deadline) {
  const MonotonicTime now = clock_.monotonic_time();
  {
    MutexLock lock(mutex_);
    const std::int64_t age_ms = now.value() - height_read_at_.value();
    if (height_.has_value() && age_ms < std::min(block_ms() / 4, kHeightAgeMsMax)) return *height_;
  }
  NSL_TRY(const neo::BlockIndex height, chain_.height(deadline));
  MutexLock lock(mutex_);
  // Another node may be behind the one asked before.
  if (!height_.has_value() || *height_ < height) height_ = height;
  height_read_at_ = now;
  return *height_;
}

Result<std::vector<neo::UInt256>> ChainView::block_transactions(neo::BlockIndex block,
                                                                const Deadline& deadline) {
  {
    MutexLock lock(mutex_);
    const auto found = blocks_.find(block);
    if (found != blocks_.end()) return found->second;
  }
  NSL_TRY(std::vector<neo::UInt256> transactions, chain_.block_transactions(block, deadline));
  MutexLock lock(mutex_);
  blocks_[block] = transactions;
  if (blocks_.size() > static_cast<std::size_t>(limits::kTransactionLookBlocksMax)) {
    blocks_.erase(blocks_.begin());
  }
  return transactions;
}

}  // namespace nsl::enclave::transactions
