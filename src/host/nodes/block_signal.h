// BlockSignal listens on a node's websocket for new blocks and passes on what it hears. It is a
// hint only: while it is away, polling finds the blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "host/nodes/node_url.h"
#include "host/nodes/signal_frame.h"

namespace nsl::host::nodes {

class BlockSignal {
 public:
  using Hear = std::function<void(const SignalFrame&)>;

  // `hear` is called on the signal's own thread and must not block. A lost websocket is opened
  // again after `retry_ms`.
  BlockSignal(NodeAddress address, std::int64_t retry_ms, Hear hear);
  // Closes the websocket and joins the thread.
  ~BlockSignal();
  BlockSignal(const BlockSignal&) = delete;
  BlockSignal& operator=(const BlockSignal&) = delete;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace nsl::host::nodes
