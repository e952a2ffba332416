// What a node's websocket sends: news of a block, or that news were dropped. Everything in it is a
// hint; the block itself is read over HTTP.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/neo/network.h"

namespace nsl::host::nodes {

struct SignalFrame {
  enum class Kind : std::uint8_t {
    // The node has the block `index`.
    block,
    // The node dropped news for us ("event_missed"): there may be blocks nobody told of.
    missed,
    // The node took the subscription.
    subscribed,
    // The node has no such subscription: there will be no news.
    refused,
  };
  Kind kind = Kind::block;
  neo::BlockIndex index;
};

// Code::node_malformed_reply when it is none of these.
Result<SignalFrame> parse_signal_frame(std::string_view text);

}  // namespace nsl::host::nodes
