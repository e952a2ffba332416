#include "enclave/triggers/event_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/application_log.h"
#include "enclave/triggers/block_events.h"

namespace nsl::enclave::triggers {
namespace {

std::uint32_t last_block(std::uint32_t said) { return said == 0 ? kNoLastBlock : said; }

Result<EventSource> read(const std::string& contract, const std::string& event,
                         const std::string& sender) {
  EventSource source;
  NSL_TRY(source.name.contract, neo::UInt160::parse(contract));
  source.name.event = event;
  if (!sender.empty()) {
    NSL_TRY(source.sender, neo::UInt160::parse(sender));
  }
  return source;
}

}  // namespace

Result<EventSource> parse_source(const nsl::v1::ContractEventSource& source,
                                 std::string_view pointer, Code invalid) {
  const auto refuse = [pointer](Code code, std::string_view what) {
    return fail(code, fmt::format("{}/{}", pointer, what));
  };
  const Result<neo::UInt160> contract = neo::parse_account(source.contract());
  if (!contract.has_value()) return refuse(Code::invalid_hash, "contract: not a contract hash");
  if (source.event().empty() || source.event().size() > neo::kEventNameBytesMax) {
    return refuse(invalid, "event: 1 to 32 bytes");
  }
  EventSource parsed{.name = {.contract = *contract, .event = source.event()},
                     .from_block = source.from_block(),
                     .to_block = last_block(source.to_block())};
  if (!source.sender().empty()) {
    const Result<neo::UInt160> sender = neo::parse_account(source.sender());
    if (!sender.has_value()) return refuse(Code::invalid_hash, "sender: not an account");
    parsed.sender = *sender;
  }
  if (parsed.from_block > parsed.to_block) {
    return refuse(Code::block_range_invalid, "to_block: lies before from_block");
  }
  return parsed;
}

Result<BlockRange> parse_range(std::uint32_t from, std::uint32_t to, neo::BlockIndex height) {
  const BlockRange range{.from = from, .to = to == 0 ? height.value() : to};
  if (range.to > height.value()) {
    return fail(Code::block_range_invalid,
                fmt::format("/to_block: the newest block is {}", height.value()));
  }
  if (range.from > range.to) {
    return fail(Code::block_range_invalid, "/from_block: lies behind the last block");
  }
  if (std::int64_t{range.to} - range.from >= limits::kBackfillBlocksMax) {
    return fail(
        Code::block_range_invalid,
        fmt::format("/from_block: at most {} blocks are read at once", limits::kBackfillBlocksMax));
  }
  return range;
}

Result<Start> start_of(const EventSource& source, neo::BlockIndex height,
                       const std::optional<Before>& before) {
  const bool is_same = before.has_value() && before->source.is_same_event(source);
  const std::uint32_t next = is_same ? before->source.from_block : height.value() + 1;
  Start start{.live_from = std::max(next, source.from_block)};
  const bool is_asked_for = source.from_block != 0 && source.from_block <= height.value() &&
                            !(is_same && before->asked_from == source.from_block);
  if (!is_asked_for) return start;
  NSL_TRY(start.past,
          parse_range(source.from_block, std::min(height.value(), source.to_block), height));
  return start;
}

Result<EventSource> source_of(const nsl::v1::Trigger& trigger) {
  if (is_of_blocks(trigger.source())) {
    EventSource source = block_source_of(trigger.source());
    source.from_block = trigger.from_block();
    return source;
  }
  const nsl::v1::ContractEventSource& stored = trigger.source().contract_event();
  NSL_TRY(EventSource source, read(stored.contract(), stored.event(), stored.sender()));
  source.from_block = trigger.from_block();
  source.to_block = last_block(stored.to_block());
  return source;
}

Result<EventSource> source_of(const stored::EventSubscriptionRecord& record) {
  const nsl::v1::EventSubscription& subscription = record.subscription();
  NSL_TRY(EventSource source,
          read(subscription.contract(), subscription.event(), subscription.sender()));
  source.from_block = record.live_from_block();
  source.to_block = last_block(subscription.to_block());
  return source;
}

}  // namespace nsl::enclave::triggers
