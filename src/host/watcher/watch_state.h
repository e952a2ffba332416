// WatchState: which block comes next, and for which events. Kept in the store as one small text, so
// that a restart goes on where the last stored block ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace nsl::host::watcher {

// Contract and event name.
using Wanted = std::pair<std::string, std::string>;

class WatchState {
 public:
  // The text of to_text(); Code::store_failed when it is not.
  static Result<WatchState> parse(std::string_view text);
  std::string to_text() const;

  // Takes the enclave's list. An event not wanted before moves the cursor back to the first block
  // it is wanted from, because those blocks may have been read without it.
  void set_wanted(const std::map<Wanted, std::uint32_t>& wanted);
  bool wants(const std::string& contract, const std::string& event, std::uint32_t block) const;
  bool wants_nothing() const { return wanted_.empty(); }

  // Nothing until something was wanted.
  std::optional<std::uint32_t> next_block() const { return next_block_; }
  void advance_to(std::uint32_t next_block) { next_block_ = next_block; }

  friend bool operator==(const WatchState&, const WatchState&) = default;

 private:
  // With the first block it is wanted from.
  std::map<Wanted, std::uint32_t> wanted_;
  std::optional<std::uint32_t> next_block_;
};

}  // namespace nsl::host::watcher
