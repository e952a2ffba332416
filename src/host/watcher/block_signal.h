// BlockSignal listens on a node's websocket for new blocks and calls back at each. It is a hint
// only: while it is away, polling finds the blocks.
#pragma once

#include <functional>
#include <memory>

#include "host/watcher/node_connection.h"

namespace nsl::host::watcher {

class BlockSignal {
 public:
  // `came` is called on the signal's own thread and must not block.
  BlockSignal(NodeAddress address, std::function<void()> came);
  // Closes the websocket and joins the thread.
  ~BlockSignal();
  BlockSignal(const BlockSignal&) = delete;
  BlockSignal& operator=(const BlockSignal&) = delete;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace nsl::host::watcher
