// EventSource: which events of a contract someone waits for, as a trigger and a subscription say
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/v1/event.pb.h"
#include "nsl/v1/trigger.pb.h"

namespace nsl::enclave::triggers {

struct EventSource {
  EventName name;
  std::optional<neo::UInt160> sender = std::nullopt;
  // 0: from the next block on.
  std::uint32_t from_block = 0;
  std::uint32_t to_block = kNoLastBlock;

  // Whether both wait for the same events, whatever the blocks.
  bool is_same_event(const EventSource& other) const {
    return name == other.name && sender == other.sender;
  }
  Subscription subscription(Subscriber subscriber) const {
    return {.subscriber = std::move(subscriber),
            .from_block = from_block,
            .to_block = to_block,
            .sender = sender};
  }
};

struct BlockRange {
  std::uint32_t from = 0;
  // Included.
  std::uint32_t to = 0;
};

// The range as people write it, where 0 as its end is the newest block. Code::block_range_invalid
// when it is empty, not there yet, or longer than limits::kBackfillBlocksMax.
Result<BlockRange> parse_range(std::uint32_t from, std::uint32_t to, neo::BlockIndex height);

// From which block on events come live, and which past ones are read before.
struct Start {
  std::uint32_t live_from = 0;
  std::optional<BlockRange> past = std::nullopt;
};
// What was there under the same name; `asked_from` is the first block its owner asked for.
struct Before {
  EventSource source;
  std::uint32_t asked_from = 0;
};
// Who is set anew for the same events misses none.
Result<Start> start_of(const EventSource& source, neo::BlockIndex height,
                       const std::optional<Before>& before);

// As people write it. Messages start with the pointer of the field; `invalid` is the code of what
// is no source.
Result<EventSource> parse_source(const nsl::v1::ContractEventSource& source,
                                 std::string_view pointer, Code invalid);

// What is stored, where live events begin with the record's from_block.
Result<EventSource> source_of(const nsl::v1::Trigger& trigger);
Result<EventSource> source_of(const stored::EventSubscriptionRecord& record);

}  // namespace nsl::enclave::triggers
