// Reads blocks and their contract events from one node, many blocks with each request. Every byte
// of the node's replies is untrusted and bounded.
//
// A block's hash and its transactions' hashes are computed from the block's own bytes; what its
// transactions told the world (the events) is the node's word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "host/nodes/chain_identity.h"
#include "host/nodes/node_pool.h"
#include "host/watcher/watch_state.h"

namespace nsl::host::watcher {

// An event of a contract; or, without a contract and an event, the block itself.
struct SeenEvent {
  std::uint32_t block = 0;
  // 0x + big-endian hex, as the node writes it; of the block itself its own hash.
  std::string transaction;
  std::uint32_t index = 0;
  std::string contract;
  std::string event;

  // The chain's own name of the event: unique for ever on one network.
  std::string id() const;
};

struct SeenBlock {
  nodes::KnownBlock block;
  neo::UInt256 previous_hash;
  std::vector<std::string> transactions;
  // Those that are wanted, of every transaction that HALTed, in chain order; then the block itself.
  std::vector<SeenEvent> events;
};

struct BlockRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  friend bool operator==(const BlockRange&, const BlockRange&) = default;
};

// The blocks of the range, in order, each the successor of the one before. Code::not_found when the
// node does not have a block or a log yet; Code::limit_exceeded when the range is too much for one
// reply.
Result<std::vector<SeenBlock>> read_blocks(nodes::NodePool::Lease& node, const BlockRange& range,
                                           const WatchState& wanted);

// The parts, for tests and fuzzing. A block in base64, as nodes give it.
Result<SeenBlock> parse_seen_block(std::string_view base64, std::uint32_t index);
// Adds the wanted events of the application log of `transaction`.
Result<void> parse_events(const simdjson::dom::element& log, const std::string& transaction,
                          const WatchState& wanted, SeenBlock& block);

}  // namespace nsl::host::watcher
