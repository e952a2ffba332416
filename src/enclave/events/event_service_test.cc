#include "enclave/events/event_service.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "enclave/events/event_search.h"
#include "enclave/events/events_testing.h"

namespace nsl::enclave::events {
namespace {

class EventServiceTest : public EventTest {
 protected:
  static nsl::v1::GetSubscriptionRequest get_request() {
    nsl::v1::GetSubscriptionRequest asked;
    asked.set_name("all");
    return asked;
  }
  static nsl::v1::DeleteSubscriptionRequest delete_request() {
    nsl::v1::DeleteSubscriptionRequest asked;
    asked.set_name("all");
    return asked;
  }
  // Events as a subscription would have seen them, without the work of seeing them.
  void fill_history(const std::string& subscription_id, std::int64_t count,
                    const std::string& arguments = "[]") {
    vault::Batch batch;
    for (std::int64_t number = 0; number < count; ++number) {
      stored::SeenEventRecord seen;
      seen.set_number(static_cast<std::uint64_t>(number));
      seen.mutable_event()->set_block(static_cast<std::uint32_t>(number));
      seen.mutable_event()->set_arguments(arguments);
      records::put_record(
          batch, {seen_kind(subscription_id), "acc_alice", fmt::format("{:020}", number)}, seen, 0);
      if (number % 200 != 199 && number + 1 != count) continue;
      ASSERT_TRUE(vault_->commit(std::exchange(batch, {}), deadline_).has_value());
    }
  }
  // Every event of a search, page by page.
  std::vector<nsl::v1::Event> all_of(
      const std::function<void(nsl::v1::ListEventsRequest&)>& change) {
    std::vector<nsl::v1::Event> events;
    std::string cursor;
    pages_ = 0;
    do {
      const auto page = search([&](auto& asked) {
        change(asked);
        asked.set_cursor(cursor);
      });
      EXPECT_TRUE(page.has_value()) << page.error().message();
      if (!page.has_value()) break;
      for (const auto& event : page->items()) events.push_back(event);
      cursor = page->next_cursor();
      ++pages_;
    } while (!cursor.empty() && pages_ < 1000);
    return events;
  }
  int pages_ = 0;
};

TEST_F(EventServiceTest, WaitsFromTheNextBlockOn) {
  const auto subscription = put([](auto& asked) {
    asked.set_contract(neo::to_address(neo::UInt160::parse(kContract).value()));
  });
  EXPECT_TRUE(subscription.id().starts_with("sub_"));
  EXPECT_EQ(subscription.contract(), kContract);
  const auto waiting = index_.waiting_for({neo::UInt160::parse(kContract).value(), "Transfer"});
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].from_block, 101U);
  EXPECT_EQ(waiting[0].subscriber.name, "all");
}

TEST_F(EventServiceTest, FindsItsSubscriptionsAgainAfterARestart) {
  put([](auto& asked) {
    asked.set_sender(kContract);
    asked.set_to_block(500);
  });
  triggers::SubscriptionIndex next_life;
  ASSERT_TRUE(next_life.load(*vault_, deadline_).has_value());
  const auto waiting = next_life.waiting_for({neo::UInt160::parse(kContract).value(), "Transfer"});
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subscriber.kind, triggers::Subscriber::Kind::subscription);
  EXPECT_EQ(waiting[0].from_block, 101U);
  EXPECT_EQ(waiting[0].to_block, 500U);
  EXPECT_EQ(waiting[0].sender, neo::UInt160::parse(kContract).value());
  EXPECT_EQ(next_life.wanted()[0].to_block, 500U);
}

TEST_F(EventServiceTest, MissesNoEventByBeingSetAgain) {
  put();
  chain_.newest_block = neo::BlockIndex(200);
  put([](auto& asked) { asked.set_filter("args[0] > 0"); });
  ASSERT_TRUE(emit(1, 150).has_value());
  EXPECT_EQ(search()->items_size(), 1);
  EXPECT_EQ(index_.size(), 1U);
}

TEST_F(EventServiceTest, RefusesASubscriptionThatIsNone) {
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_event(""); }), Code::subscription_invalid);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_event(std::string(33, 'x')); }),
            Code::subscription_invalid);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_contract("0x12"); }), Code::invalid_hash);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_sender("somebody"); }), Code::invalid_hash);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_filter("amount > 5"); }),
            Code::expression_ill_typed);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_webhook("other"); }), Code::webhook_not_found);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_function("other"); }), Code::function_not_found);
  EXPECT_EQ(refusal_of([](auto& asked) {
              asked.set_from_block(9);
              asked.set_to_block(8);
            }),
            Code::block_range_invalid);
  EXPECT_EQ(refusal_of([](auto& asked) { asked.set_name("No Name"); }), Code::invalid_argument);
  EXPECT_EQ(index_.size(), 0U);
}

TEST_F(EventServiceTest, LeavesNothingOfADeletedSubscription) {
  const std::string id = put().id();
  ASSERT_TRUE(emit(1, 101).has_value());
  ASSERT_TRUE(service_.delete_subscription(alice(), delete_request()).has_value());
  EXPECT_EQ(index_.size(), 0U);
  EXPECT_EQ(search()->items_size(), 0);
  EXPECT_TRUE(vault_->list(seen_kind(id), "acc_alice", deadline_)->empty());
  EXPECT_EQ(service_.get_subscription(alice(), get_request()).error().code(),
            Code::subscription_not_found);
  put();
  EXPECT_EQ(search()->items_size(), 0);
}

TEST_F(EventServiceTest, HonoursIfMatch) {
  put();
  auto stale = alice();
  stale.if_match = "\"v9\"";
  EXPECT_EQ(service_.put_subscription(stale, request()).error().code(), Code::precondition_failed);
  EXPECT_EQ(service_.delete_subscription(stale, delete_request()).error().code(),
            Code::precondition_failed);
}

TEST_F(EventServiceTest, HidesOneAccountsSubscriptionsFromAnother) {
  put();
  ASSERT_TRUE(emit(1, 101).has_value());
  EXPECT_EQ(service_.get_subscription(bob(), get_request()).error().code(),
            Code::subscription_not_found);
  EXPECT_EQ(service_.delete_subscription(bob(), delete_request()).error().code(),
            Code::subscription_not_found);
  EXPECT_EQ(service_.list_subscriptions(bob(), {})->items_size(), 0);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
  nsl::v1::ListEventsRequest of_alice;
  of_alice.set_subscription("all");
  EXPECT_EQ(service_.list(bob(), of_alice).error().code(), Code::subscription_not_found);
  // Bob may neither deliver to what is Alice's.
  auto with_webhook = request();
  with_webhook.set_webhook("hook");
  EXPECT_EQ(service_.put_subscription(bob(), with_webhook).error().code(), Code::webhook_not_found);
}

TEST_F(EventServiceTest, BoundsTheSubscriptionsOfAnAccount) {
  fill(records::kind::kEventSubscription, limits::kSubscriptionsPerAccountMax - 1);
  put();
  auto one_more = request("one-more");
  EXPECT_EQ(service_.put_subscription(alice(), one_more).error().code(), Code::limit_exceeded);
  put();
}

TEST_F(EventServiceTest, SearchesByBlockEventContractAndFilter) {
  put();
  put([](auto& asked) { asked.set_event("Mint"); }, "mints");
  for (std::uint32_t number = 1; number <= 5; ++number) {
    ASSERT_TRUE(emit(number, 100 + number, number).has_value());
  }
  EXPECT_EQ(search([](auto& asked) { asked.set_from_block(104); })->items_size(), 2);
  EXPECT_EQ(search([](auto& asked) { asked.set_to_block(102); })->items_size(), 2);
  EXPECT_EQ(search([](auto& asked) { asked.set_event("Mint"); })->items_size(), 0);
  EXPECT_EQ(search([](auto& asked) { asked.set_subscription("mints"); })->items_size(), 0);
  EXPECT_EQ(search([](auto& asked) { asked.set_contract(kContract); })->items_size(), 5);
  EXPECT_EQ(search([](auto& asked) {
              asked.set_contract("0x00000000000000000000000000000000000000ff");
            })->items_size(),
            0);
  EXPECT_EQ(search([](auto& asked) { asked.set_filter("args[0] % 2 == 0"); })->items_size(), 2);
  // What the filter has no value for does not meet it.
  EXPECT_EQ(search([](auto& asked) { asked.set_filter("args[3] == 0"); })->items_size(), 0);
  EXPECT_EQ(search([](auto& asked) { asked.set_filter("args["); }).error().code(),
            Code::expression_malformed);
  EXPECT_EQ(search([](auto& asked) { asked.set_contract("x"); }).error().code(),
            Code::invalid_hash);
}

TEST_F(EventServiceTest, ShowsTheNewestFirstPageByPage) {
  put();
  put({}, "more");
  for (std::uint32_t number = 1; number <= 5; ++number) {
    ASSERT_TRUE(emit(number, 100 + number, number).has_value());
  }
  const auto events = all_of([](auto& asked) { asked.set_limit(2); });
  ASSERT_EQ(events.size(), 10U);
  std::set<std::string> ids;
  for (const auto& event : events) ids.insert(event.subscription() + event.id());
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(events.front().block(), 105U);
  EXPECT_EQ(events[4].block(), 101U);
  EXPECT_EQ(events[5].subscription(), "more");
  for (const char* none : {"x", "/", "all/", "all/x", "all/1/2", "all/-1"}) {
    EXPECT_EQ(search([none](auto& asked) { asked.set_cursor(none); }).error().code(),
              Code::invalid_argument)
        << none;
  }
}

TEST_F(EventServiceTest, ASearchLooksAtABoundedNumberOfEvents) {
  constexpr std::int64_t kEach = limits::kEventsKeptMax;
  constexpr std::int64_t kSubscriptions = limits::kEventSearchMax / kEach + 1;
  for (std::int64_t i = 0; i < kSubscriptions; ++i) {
    fill_history(put({}, fmt::format("s{}", i)).id(), kEach);
  }
  const auto first = search([](auto& asked) { asked.set_event("None"); });
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->items_size(), 0);
  EXPECT_EQ(first->next_cursor(), fmt::format("s{}/18446744073709551615", kSubscriptions - 1));
  EXPECT_TRUE(all_of([](auto& asked) { asked.set_event("None"); }).empty());
  EXPECT_EQ(pages_, 2);
}

TEST_F(EventServiceTest, TheFilterOfASearchHasABoundedCost) {
  fill_history(put().id(), 100);
  // Some fifty thousand steps an event.
  const std::string costly =
      "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, "
      "[1,2,3,4,5,6,7,8,9,10].all(d, a + b + c + d > 0))))";
  const auto first = search([&](auto& asked) { asked.set_filter(costly); });
  ASSERT_TRUE(first.has_value()) << first.error().message();
  EXPECT_LT(first->items_size(), 100);
  EXPECT_NE(first->next_cursor(), "");
  EXPECT_EQ(all_of([&](auto& asked) { asked.set_filter(costly); }).size(), 100U);
  // An event that takes more than the whole budget alone ends no search.
  const std::string endless =
      "[1,2,3,4,5,6,7,8,9,10].all(z, [1,2,3,4,5,6,7,8,9,10].all(y, " + costly + ")) || true";
  EXPECT_TRUE(all_of([&](auto& asked) {
                asked.set_filter(endless);
                asked.set_from_block(97);
              }).empty());
}

TEST_F(EventServiceTest, APageHasABoundedSize) {
  const std::string arguments(static_cast<std::size_t>(limits::kEventArgumentBytesMax), ' ');
  fill_history(put().id(), 20, arguments);
  const auto first = search();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->items_size(), limits::kEventPageBytesMax / limits::kEventArgumentBytesMax);
  EXPECT_EQ(all_of([](auto&) {}).size(), 20U);
}

}  // namespace
}  // namespace nsl::enclave::events
