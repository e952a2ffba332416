// Events of blocks that were there before anyone waited for them, read from the chain itself: the
// host is not asked, so that it can leave none out.
//
// TRUST: which transactions a block has, and what they notified, is the word of as many nodes as
// chain::Chain::proof() says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/triggers/event_source.h"

namespace nsl::enclave::triggers {

struct PastEvent {
  neo::BlockIndex block;
  neo::UInt256 transaction;
  // Of the notification in its transaction.
  std::uint32_t index = 0;
  std::string arguments_json;
};

// Transaction hash + "/" + execution trigger + "/" + notification index.
std::string event_id(const neo::UInt256& transaction, std::uint32_t index);

// The events of one block the source names, whatever its block range, in the order they were made.
// Code::event_not_confirmed while the chain does not show the whole block.
Result<std::vector<PastEvent>> events_in_block(chain::Chain& chain, const EventSource& source,
                                               neo::BlockIndex block, const Deadline& deadline);

}  // namespace nsl::enclave::triggers
