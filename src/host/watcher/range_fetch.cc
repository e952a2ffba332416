#include "host/watcher/range_fetch.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <thread>

#include "core/base/limits.h"
#include "core/base/mutex.h"

namespace nsl::host::watcher {
namespace {

constexpr auto kRangeBlocks = static_cast<std::uint32_t>(limits::kWatcherRangeBlocksMax);
constexpr auto kRangesAhead = static_cast<std::uint32_t>(limits::kWatcherRangesAheadMax);
// While so many are stored, the others can be read.
constexpr std::uint32_t kRangesAtOnce = kRangesAhead / 2;
constexpr auto kFetchers = static_cast<std::uint32_t>(limits::kWatcherFetchersMax);

// The shared state of one fetch: which range is next to read, which to consume, and those between.
class Stretch {
 public:
  explicit Stretch(const BlockRange& all)
      : all_(all), count_((all.count + kRangeBlocks - 1) / kRangeBlocks) {}

  std::uint32_t count() const { return count_; }
  BlockRange range(std::uint32_t number) const {
    const std::uint32_t offset = number * kRangeBlocks;
    return {.first = all_.first + offset, .count = std::min(kRangeBlocks, all_.count - offset)};
  }

  // The number of a range to read; nothing when there is none left. Waits while too many are ahead.
  std::optional<std::uint32_t> take_work() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (!is_over_ && next_to_read_ < count_ && next_to_read_ >= consumed_ + kRangesAhead) {
      changed_.wait(lock);
    }
    if (is_over_ || next_to_read_ == count_) return std::nullopt;
    return next_to_read_++;
  }
  void bring(std::uint32_t number, Result<ReadRange> range) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    ready_.emplace(number, std::move(range));
    changed_.notify_all();
  }
  // The next ranges that are ready, at least one; those given before are consumed. A failure comes
  // after everything before it.
  Result<std::vector<ReadRange>> wait_for_more() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    consumed_ = next_to_give_;
    changed_.notify_all();
    while (!ready_.contains(next_to_give_)) changed_.wait(lock);
    std::vector<ReadRange> ranges;
    while (ranges.size() < kRangesAtOnce) {
      const auto found = ready_.find(next_to_give_);
      if (found == ready_.end()) break;
      if (!found->second.has_value()) {
        if (ranges.empty()) return fail(found->second.error());
        break;
      }
      ranges.push_back(*std::move(found->second));
      ready_.erase(found);
      ++next_to_give_;
    }
    return ranges;
  }
  bool is_given() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return next_to_give_ == count_;
  }
  void end() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }

 private:
  const BlockRange all_;
  const std::uint32_t count_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool is_over_ NSL_GUARDED_BY(mutex_) = false;
  std::uint32_t next_to_read_ NSL_GUARDED_BY(mutex_) = 0;
  std::uint32_t next_to_give_ NSL_GUARDED_BY(mutex_) = 0;
  std::uint32_t consumed_ NSL_GUARDED_BY(mutex_) = 0;
  std::map<std::uint32_t, Result<ReadRange>> ready_ NSL_GUARDED_BY(mutex_);
};

// The threads that read. They end with the stretch.
class Fetchers {
 public:
  Fetchers(nodes::NodePool& pool, const WatchState& wanted, Stretch& stretch) : stretch_(stretch) {
    const std::uint32_t count = std::min(kFetchers, stretch.count());
    for (std::uint32_t i = 0; i < count; ++i) {
      threads_.emplace_back([&pool, &wanted, &stretch] {
        while (const auto number = stretch.take_work()) {
          stretch.bring(*number, read_range(pool, stretch.range(*number), wanted));
        }
      });
    }
  }
  ~Fetchers() {
    stretch_.end();
    for (std::thread& thread : threads_) thread.join();
  }
  Fetchers(const Fetchers&) = delete;
  Fetchers& operator=(const Fetchers&) = delete;

 private:
  Stretch& stretch_;
  std::vector<std::thread> threads_;
};

Result<ReadRange> read_in_halves(nodes::NodePool& pool, const BlockRange& range,
                                 const WatchState& wanted) {
  const std::uint32_t half = range.count / 2;
  NSL_TRY(ReadRange first, read_range(pool, {.first = range.first, .count = half}, wanted));
  NSL_TRY(ReadRange second,
          read_range(pool, {.first = range.first + half, .count = range.count - half}, wanted));
  if (first.blocks.back().block.hash != second.blocks.front().previous_hash) {
    return nodes::malformed_reply("the halves make no chain");
  }
  first.blocks.insert(first.blocks.end(), std::make_move_iterator(second.blocks.begin()),
                      std::make_move_iterator(second.blocks.end()));
  return first;
}

// Whether another node may be asked for what this one failed to give.
bool is_worth_asking_another(Code code, std::size_t nodes) {
  // A lone node that is only late with a log is asked again later, not called a failure.
  return code != Code::not_found || nodes > 1;
}

}  // namespace

Result<ReadRange> read_range(nodes::NodePool& pool, const BlockRange& range,
                             const WatchState& wanted) {
  const neo::BlockIndex last(range.first + range.count - 1);
  std::unexpected<Error> failure = fail(Code::node_unavailable);
  for (std::size_t attempt = 0; attempt < pool.size(); ++attempt) {
    NSL_TRY(nodes::NodePool::Lease node, pool.take(last));
    Result<std::vector<SeenBlock>> blocks = read_blocks(node, range, wanted);
    if (blocks.has_value()) return ReadRange{.blocks = *std::move(blocks), .node = node.node()};
    const Code code = blocks.error().code();
    if (code == Code::limit_exceeded && range.count > 1) return read_in_halves(pool, range, wanted);
    if (!is_worth_asking_another(code, pool.size())) return fail(blocks.error());
    // What the node did not answer at all is counted already.
    if (code != Code::node_unavailable) node.note_failure(blocks.error());
    failure = fail(blocks.error());
  }
  return failure;
}

Result<void> fetch_ranges(nodes::NodePool& pool, const BlockRange& all, const WatchState& wanted,
                          const ConsumeRanges& consume) {
  if (all.count == 0) return {};
  Stretch stretch(all);
  // A single range is read here: handing it to a thread would only cost time.
  if (stretch.count() == 1) {
    std::vector<ReadRange> ranges(1);
    NSL_TRY(ranges.front(), read_range(pool, all, wanted));
    const Result<bool> consumed = consume(ranges);
    return consumed.has_value() ? Result<void>() : fail(consumed.error());
  }
  const Fetchers fetchers(pool, wanted, stretch);
  while (!stretch.is_given()) {
    NSL_TRY(const std::vector<ReadRange> ranges, stretch.wait_for_more());
    NSL_TRY(const bool goes_on, consume(ranges));
    if (!goes_on) break;
  }
  return {};
}

}  // namespace nsl::host::watcher
