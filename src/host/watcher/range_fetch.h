// Fetches a long stretch of blocks: several threads read ranges of it from several nodes, and one
// consumer gets the ranges in chain order. At most limits::kWatcherRangesAheadMax ranges are in
// memory at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/result.h"
#include "host/nodes/node_pool.h"
#include "host/watcher/block_reader.h"

namespace nsl::host::watcher {

struct ReadRange {
  std::vector<SeenBlock> blocks;
  // Which node of the pool told it.
  std::size_t node = 0;
};

// Gets each range once, in order, on the caller's thread; together with those behind it that are
// ready too. Whether to go on.
using ConsumeRanges = std::function<Result<bool>(const std::vector<ReadRange>& ranges)>;

// From the first node that can tell; in halves where a node's reply would be too large.
Result<ReadRange> read_range(nodes::NodePool& pool, const BlockRange& range,
                             const WatchState& wanted);

// Ends with the last block, when `consume` says so, or with the first failure: of `consume`, or of
// reading a range from every node that has it. All its threads have ended when it returns.
Result<void> fetch_ranges(nodes::NodePool& pool, const BlockRange& all, const WatchState& wanted,
                          const ConsumeRanges& consume);

}  // namespace nsl::host::watcher
