// Reads one block's contract events from a node. Every byte of the node's JSON is untrusted and
// bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "host/watcher/node_connection.h"

namespace nsl::host::watcher {

struct SeenEvent {
  std::uint32_t block = 0;
  // 0x + big-endian hex, as the node writes it.
  std::string transaction;
  std::uint32_t index = 0;
  std::string contract;
  std::string event;

  // The chain's own name of the event: unique for ever on one network.
  std::string id() const;
};

// Index of the newest block.
Result<std::uint32_t> read_height(Node& node);
// Events of every transaction of the block that HALTed, in chain order. Code::node_unavailable when
// a log is not there yet: the caller tries the block again.
Result<std::vector<SeenEvent>> read_block(Node& node, std::uint32_t block);

// The parts, for tests and fuzzing.
Result<std::vector<std::string>> parse_transaction_hashes(std::string_view reply);
Result<std::vector<SeenEvent>> parse_events(std::string_view reply, std::uint32_t block,
                                            const std::string& transaction);

}  // namespace nsl::host::watcher
