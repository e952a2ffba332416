// WatchState: which block comes next, for which events, and of which chain. Kept in the store as
// one small text, so that a restart goes on where the last stored block ended, and notices when the
// nodes serve another chain than before.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "host/nodes/chain_identity.h"

namespace nsl::host::watcher {

// Contract and event name; without an event name, the blocks themselves.
using Wanted = std::pair<std::string, std::string>;

// Blocks something is wanted of.
struct WantedBlocks {
  std::uint32_t from = 0;
  // Included.
  std::uint32_t to = std::numeric_limits<std::uint32_t>::max();
  friend bool operator==(const WantedBlocks&, const WantedBlocks&) = default;
};

class WatchState {
 public:
  // The text of to_text(), or what earlier releases wrote; Code::store_failed when it is neither.
  static Result<WatchState> parse(std::string_view text);
  std::string to_text() const;

  // Takes the enclave's list. An event not wanted before moves the cursor back to the first block
  // it is wanted from, because those blocks may have been read without it.
  void set_wanted(const std::map<Wanted, WantedBlocks>& wanted);
  bool wants(const std::string& contract, const std::string& event, std::uint32_t block) const;
  bool wants_block(std::uint32_t block) const;
  // Whether some event of a contract is wanted of the block.
  bool wants_events_of(std::uint32_t block) const;
  // Of next_block() and all later ones.
  bool wants_nothing() const;

  // Nothing until something was wanted.
  std::optional<std::uint32_t> next_block() const { return next_block_; }
  // The block before next_block(), when it was read.
  const std::optional<nodes::KnownBlock>& last_block() const { return last_block_; }
  // `block` was read, and all before it.
  void advance_past(const nodes::KnownBlock& block);

  // The highest block read is its top.
  const nodes::ChainIdentity& chain() const { return chain_; }
  void set_origin(const nodes::ChainIdentity& chain);
  // The operator accepts another chain of the same network: all of it is read anew.
  void forget_chain();

  friend bool operator==(const WatchState&, const WatchState&) = default;

 private:
  std::map<Wanted, WantedBlocks> wanted_;
  std::optional<std::uint32_t> next_block_;
  std::optional<nodes::KnownBlock> last_block_;
  nodes::ChainIdentity chain_;
};

}  // namespace nsl::host::watcher
