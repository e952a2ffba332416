// A search of the history: conditions, a place to go on from, and a page that is bounded in events,
// bytes and steps of the filter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/expression/budget.h"
#include "core/neo/hash.h"
#include "enclave/events/event_book.h"
#include "enclave/triggers/event_filter.h"
#include "nsl/v1/event.pb.h"

namespace nsl::enclave::events {

// Where a search goes on: with older events of a subscription, then with the next one by name.
struct SearchPlace {
  std::string subscription;
  // Events with this number and newer ones have been looked at.
  std::uint64_t before = 0;
};

std::string to_text(const SearchPlace& place);
// Nothing for an empty text. Code::invalid_argument for what is no place.
Result<std::optional<SearchPlace>> parse_place(const std::string& cursor);

class EventSearch {
 public:
  static Result<EventSearch> parse(const nsl::v1::ListEventsRequest& request);

  // Whether the search has not passed the subscription yet.
  bool wants_subscription(const std::string& subscription) const {
    return !place_.has_value() || subscription >= place_->subscription;
  }
  // Looks at a subscription's events, newest first. False when the page ends there.
  bool look_at(const std::string& subscription, std::vector<SeenEvent> history);
  // With the place to go on from, if the page has ended before everything was looked at.
  nsl::v1::EventList take_page();

 private:
  EventSearch() = default;
  enum class Verdict : std::uint8_t { wanted, unwanted, page_is_full };
  Verdict judge(const nsl::v1::Event& event);

  std::optional<neo::UInt160> contract_;
  std::string event_;
  std::uint32_t from_block_ = 0;
  std::uint32_t to_block_ = 0;
  triggers::EventFilter filter_;
  std::size_t limit_ = 0;
  std::optional<SearchPlace> place_;

  nsl::v1::EventList page_;
  std::optional<SearchPlace> next_;
  expression::Budget budget_{limits::kEventSearchStepsMax};
  std::int64_t looked_at_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace nsl::enclave::events
