#include "enclave/triggers/preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/base/limits.h"
#include "enclave/triggers/event_filter.h"
#include "enclave/triggers/past_events.h"

namespace nsl::enclave::triggers {
namespace {

// The next event to look at: so many of its block's have been.
struct Place {
  std::uint32_t block = 0;
  std::uint32_t events = 0;
};

std::string to_text(const Place& place) { return fmt::format("{}/{}", place.block, place.events); }

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<Place> parse_place(const std::string& cursor, const BlockRange& range) {
  if (cursor.empty()) return Place{.block = range.from};
  const std::size_t slash = cursor.find('/');
  const auto block = parse_number(std::string_view(cursor).substr(0, slash));
  const auto events = slash == std::string::npos
                          ? std::nullopt
                          : parse_number(std::string_view(cursor).substr(slash + 1));
  if (!block.has_value() || !events.has_value() || *block < range.from || *block > range.to) {
    return fail(Code::invalid_argument, "/cursor: is none of this range");
  }
  return Place{.block = *block, .events = *events};
}

class Preview {
 public:
  Preview(const PreviewRequest& request, EventFilter filter)
      : request_(request), filter_(std::move(filter)) {}

  // False when there is no room for one more.
  bool look_at(const ConfirmedEvent& event) {
    if (std::cmp_greater_equal(reply_.items_size(), request_.limit)) return false;
    bytes_ += static_cast<std::int64_t>(event.arguments_json.size());
    if (bytes_ > limits::kEventPageBytesMax && reply_.items_size() > 0) return false;
    reply_.set_events_seen(reply_.events_seen() + 1);
    expression::Budget budget;
    const Result<bool> is_met = filter_.is_met(event, budget);
    if (is_met.has_value() && !*is_met) return true;
    nsl::v1::Event& item = *reply_.add_items();
    item.set_id(event.event.id());
    item.set_block(event.event.block());
    item.set_transaction(event.event.transaction());
    item.set_index(event.index);
    item.set_contract(event.event.contract());
    item.set_event(event.event.event());
    item.set_arguments(event.arguments_json);
    item.set_proof(event.event.proof());
    item.set_seen_at(to_rfc3339(request_.clock.wall_time()));
    if (!is_met.has_value()) {
      item.set_error(
          fmt::format("{} {}", code_text(is_met.error().code()), is_met.error().message()));
    }
    return true;
  }
  nsl::v1::TriggerPreview end(const std::optional<Place>& next) {
    if (next.has_value()) reply_.set_next_cursor(to_text(*next));
    return std::move(reply_);
  }

 private:
  const PreviewRequest& request_;
  const EventFilter filter_;
  nsl::v1::TriggerPreview reply_;
  std::int64_t bytes_ = 0;
};

}  // namespace

FindEvents finder_of(chain::Chain& chain, const EventSource& source) {
  return [&chain, source](neo::BlockIndex block,
                          const Deadline& deadline) -> Result<std::vector<ConfirmedEvent>> {
    NSL_TRY(std::vector<PastEvent> past, events_in_block(chain, source, block, deadline));
    std::vector<ConfirmedEvent> events;
    for (PastEvent& each : past) {
      ConfirmedEvent& event = events.emplace_back();
      event.event.set_id(event_id(each.transaction, each.index));
      event.event.set_block(block.value());
      event.event.set_transaction(each.transaction.to_text());
      event.event.set_contract(source.name.contract.to_text());
      event.event.set_event(source.name.event);
      event.event.set_proof(chain.proof());
      event.index = each.index;
      event.arguments_json = std::move(each.arguments_json);
    }
    return events;
  };
}

Result<nsl::v1::TriggerPreview> preview_events(const PreviewRequest& request,
                                               const Deadline& deadline) {
  NSL_TRY(Place place, parse_place(request.cursor, request.range));
  NSL_TRY(EventFilter filter, EventFilter::parse(request.filter));
  Preview preview(request, std::move(filter));
  const Deadline until = Deadline::after_ms(
      request.clock, std::min(deadline.ms_left(request.clock) - limits::kAnswerMarginMs,
                              limits::kBackfillStepMsMax));
  for (std::int64_t blocks = 0; place.block <= request.range.to; ++blocks) {
    const bool is_late = blocks > 0 && until.has_passed(request.clock);
    if (is_late || blocks >= limits::kPreviewBlocksMax) return preview.end(place);
    NSL_TRY(const auto events, request.find(neo::BlockIndex(place.block), deadline));
    for (; place.events < events.size(); ++place.events) {
      const ConfirmedEvent& event = events[place.events];
      const bool is_too_large =
          std::cmp_greater(event.arguments_json.size(), limits::kEventArgumentBytesMax);
      if (!is_too_large && !preview.look_at(event)) return preview.end(place);
    }
    place = {.block = place.block + 1};
  }
  return preview.end(std::nullopt);
}

}  // namespace nsl::enclave::triggers
