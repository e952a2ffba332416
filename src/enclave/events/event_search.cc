#include "enclave/events/event_search.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/neo/address.h"
#include "enclave/records/names.h"

namespace nsl::enclave::events {

std::string to_text(const SearchPlace& place) {
  return fmt::format("{}/{}", place.subscription, place.before);
}

Result<std::optional<SearchPlace>> parse_place(const std::string& cursor) {
  if (cursor.empty()) return std::optional<SearchPlace>();
  const std::size_t slash = cursor.find('/');
  const auto invalid = fail(Code::invalid_argument, "/cursor: is none");
  if (slash == std::string::npos) return invalid;
  SearchPlace place{.subscription = cursor.substr(0, slash)};
  const char* const end = cursor.data() + cursor.size();
  const auto [read, error] = std::from_chars(cursor.data() + slash + 1, end, place.before);
  if (error != std::errc() || read != end) return invalid;
  return std::optional(std::move(place));
}

Result<EventSearch> EventSearch::parse(const nsl::v1::ListEventsRequest& request) {
  EventSearch search;
  if (!request.contract().empty()) {
    const Result<neo::UInt160> contract = neo::parse_account(request.contract());
    if (!contract.has_value()) return fail(Code::invalid_hash, "/contract: not a contract hash");
    search.contract_ = *contract;
  }
  search.event_ = request.event();
  search.from_block_ = request.from_block();
  search.to_block_ =
      request.to_block() == 0 ? std::numeric_limits<std::uint32_t>::max() : request.to_block();
  NSL_TRY_VOID(triggers::check_filter(request.filter()));
  NSL_TRY(search.filter_, triggers::EventFilter::parse(request.filter()));
  search.limit_ = records::page_size(request.limit());
  NSL_TRY(search.place_, parse_place(request.cursor()));
  return search;
}

EventSearch::Verdict EventSearch::judge(const nsl::v1::Event& event) {
  const bool is_other = event.block() < from_block_ || event.block() > to_block_ ||
                        (!event_.empty() && event.event() != event_) ||
                        (contract_.has_value() && event.contract() != contract_->to_text());
  if (is_other) return Verdict::unwanted;
  nsl::v1::RunEvent judged;
  judged.set_block(event.block());
  judged.set_transaction(event.transaction());
  judged.set_contract(event.contract());
  judged.set_event(event.event());
  const std::int64_t spent_before = budget_.spent();
  const Result<bool> is_met = filter_.is_met(judged, event.arguments(), budget_);
  // An event the filter has no value for does not meet it. One that takes the whole budget alone is
  // such an event; otherwise the next page judges it with a budget of its own.
  if (!is_met.has_value() && is_met.error().code() == Code::expression_cost_exceeded) {
    return spent_before == 0 ? Verdict::unwanted : Verdict::page_is_full;
  }
  if (!is_met.has_value() || !*is_met) return Verdict::unwanted;
  const auto size = static_cast<std::int64_t>(event.arguments().size());
  if (!page_.items().empty() && bytes_ + size > limits::kEventPageBytesMax) {
    return Verdict::page_is_full;
  }
  bytes_ += size;
  return Verdict::wanted;
}

bool EventSearch::look_at(const std::string& subscription, std::vector<SeenEvent> history) {
  NSL_ASSERT(wants_subscription(subscription));
  const bool is_begun = place_.has_value() && subscription == place_->subscription;
  std::uint64_t before = is_begun ? place_->before : std::numeric_limits<std::uint64_t>::max();
  for (SeenEvent& seen : history) {
    if (seen.value.number() >= before) continue;
    const bool is_full =
        std::cmp_greater_equal(page_.items_size(), limit_) || looked_at_ >= limits::kEventSearchMax;
    const Verdict verdict = is_full ? Verdict::page_is_full : judge(seen.value.event());
    if (verdict == Verdict::page_is_full) {
      next_ = SearchPlace{.subscription = subscription, .before = before};
      return false;
    }
    ++looked_at_;
    before = seen.value.number();
    if (verdict == Verdict::wanted) {
      *page_.add_items() = std::move(*seen.value.mutable_event());
    }
  }
  return true;
}

nsl::v1::EventList EventSearch::take_page() {
  if (next_.has_value()) page_.set_next_cursor(to_text(*next_));
  return std::move(page_);
}

}  // namespace nsl::enclave::events
