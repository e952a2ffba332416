#include "enclave/events/event_book.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/events/events_testing.h"

namespace nsl::enclave::events {
namespace {

class EventBookTest : public EventTest {
 protected:
  std::size_t kept(const std::string& id) {
    return book_.history("acc_alice", id, deadline_)->size();
  }
};

TEST_F(EventBookTest, RemembersWhatASubscriptionSaw) {
  put();
  EXPECT_TRUE(emit(1, 101)->empty());
  const auto found = search();
  ASSERT_EQ(found->items_size(), 1);
  const nsl::v1::Event& event = found->items(0);
  EXPECT_EQ(event.id(), transaction(1).to_text() + "/Application/0");
  EXPECT_EQ(event.block(), 101U);
  EXPECT_EQ(event.transaction(), transaction(1).to_text());
  EXPECT_EQ(event.contract(), kContract);
  EXPECT_EQ(event.event(), "Transfer");
  EXPECT_EQ(event.arguments(), R"([{"type":"Integer","value":"7"}])");
  EXPECT_EQ(event.proof(), "quorum(1/1)");
  EXPECT_EQ(event.subscription(), "all");
  EXPECT_EQ(event.delivery() + event.run() + event.error(), "");
}

TEST_F(EventBookTest, RemembersAnEventOnceHoweverOftenItIsReported) {
  put([](auto& asked) { asked.set_webhook("hook"); });
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(emit(1, 101).has_value());
  EXPECT_EQ(search()->items_size(), 1);
  EXPECT_EQ(webhooks_
                .get(alice(),
                     [] {
                       nsl::v1::GetWebhookRequest get;
                       get.set_name("hook");
                       return get;
                     }())
                ->pending(),
            1U);
}

TEST_F(EventBookTest, AnEventItsFilterRefusesIsNotRemembered) {
  put([](auto& asked) { asked.set_filter("args[0] > 7"); });
  ASSERT_TRUE(emit(1, 101, 7).has_value());
  ASSERT_TRUE(emit(2, 101, 8).has_value());
  ASSERT_EQ(search()->items_size(), 1);
  EXPECT_EQ(search()->items(0).transaction(), transaction(2).to_text());
}

TEST_F(EventBookTest, AnEventItsFilterCannotJudgeIsRememberedAndSaysSo) {
  put([](auto& asked) {
    asked.set_filter("args[5] > 7");
    asked.set_webhook("hook");
    asked.set_function("answer");
  });
  EXPECT_TRUE(emit(1, 101)->empty());
  EXPECT_TRUE(search()->items(0).error().starts_with("NSL-EXPR-0003"));
  EXPECT_EQ(search()->items(0).delivery(), "");
}

TEST_F(EventBookTest, StartsTheFunctionOnce) {
  put([](auto& asked) { asked.set_function("answer"); });
  const auto first = emit(1, 101);
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ(emit(1, 101).value(), first.value());
  const auto run = runs_.get("acc_alice", first->front(), deadline_)->value.run();
  EXPECT_EQ(run.trigger(), "subscription/all");
  EXPECT_EQ(run.event().id(), search()->items(0).id());
  EXPECT_EQ(search()->items(0).run(), first->front());
  EXPECT_EQ(runs_.list("acc_alice", deadline_)->size(), 1U);
}

TEST_F(EventBookTest, QueuesADeliveryThatSaysWhatHappened) {
  put([](auto& asked) { asked.set_webhook("hook"); });
  ASSERT_TRUE(emit(1, 101).has_value());
  nsl::v1::GetWebhookRequest get;
  get.set_name("hook");
  const auto record = deliveries_.get_delivery("acc_alice", webhooks_.get(alice(), get)->id(),
                                               search()->items(0).delivery(), deadline_);
  ASSERT_TRUE(record.has_value()) << record.error().message();
  EXPECT_EQ(record->value.delivery().subscription(), "all");
  EXPECT_EQ(record->value.delivery().event(), search()->items(0).id());
  const std::string event = fmt::format(
      R"({{"id":"{}","block":101,"transaction":"{}","index":0,"contract":"{}","event":"Transfer",)"
      R"("arguments":[{{"type":"Integer","value":"7"}}]}})",
      search()->items(0).id(), transaction(1).to_text(), kContract);
  const std::string expected = fmt::format(
      R"({{"type":"neo.contract.event","timestamp":"2023-11-14T22:13:20.000Z","data":)"
      R"json({{"network":56753,"subscription":"all","proof":"quorum(1/1)","event":{}}}}})json",
      event);
  EXPECT_EQ(record->value.body(), expected);
}

TEST_F(EventBookTest, AWebhookThatIsGoneIsSaid) {
  put([](auto& asked) { asked.set_webhook("hook"); });
  nsl::v1::DeleteWebhookRequest remove;
  remove.set_name("hook");
  ASSERT_TRUE(webhooks_.remove(alice(), remove).has_value());
  ASSERT_TRUE(emit(1, 101).has_value());
  EXPECT_TRUE(search()->items(0).error().starts_with("NSL-WEBHOOK-0001"));
}

TEST_F(EventBookTest, ForgetsTheOldestEventsAboveTheBound) {
  const std::string id = put().id();
  const auto bound = static_cast<std::uint32_t>(limits::kEventsKeptMax);
  for (std::uint32_t number = 1; number <= bound + 5; ++number) {
    ASSERT_TRUE(emit(number, 101, number).has_value());
  }
  const auto history = book_.history("acc_alice", id, deadline_);
  ASSERT_EQ(history->size(), bound);
  EXPECT_EQ(history->front().value.event().transaction(), transaction(bound + 5).to_text());
  EXPECT_EQ(history->back().value.event().transaction(), transaction(6).to_text());
  // A host that reports again what was forgotten changes nothing.
  ASSERT_TRUE(emit(1, 101, 1).has_value());
  EXPECT_EQ(kept(id), bound);
  EXPECT_EQ(book_.history("acc_alice", id, deadline_)->front().value.event().transaction(),
            transaction(bound + 5).to_text());
}

TEST_F(EventBookTest, IgnoresAnEventOutsideOfItsBlocks) {
  put([](auto& asked) { asked.set_to_block(103); });
  ASSERT_TRUE(emit(1, 100).has_value());
  ASSERT_TRUE(emit(2, 104).has_value());
  EXPECT_EQ(search()->items_size(), 0);
  ASSERT_TRUE(emit(3, 103).has_value());
  EXPECT_EQ(search()->items_size(), 1);
}

TEST_F(EventBookTest, APastBlockIsReadByABackfill) {
  show(1, 50);
  show(2, 60);
  const auto subscription = put([](auto& asked) { asked.set_from_block(55); });
  EXPECT_EQ(subscription.backfill().from_block(), 55U);
  EXPECT_EQ(host_.jobs().back(), "backfill/acc_alice/subscription/all");
  chain_access::ChainAccess access(chain_, proofs_);
  triggers::BlockIntake blocks(
      {.vault = *vault_, .access = access, .index = index_, .intake = intake_});
  triggers::Backfiller backfiller({.vault = *vault_,
                                   .chain = chain_,
                                   .intake = intake_,
                                   .blocks = blocks,
                                   .clock = system_clock_});
  EXPECT_TRUE(backfiller.carry_out(host_.jobs().back(), deadline_)->is_done);
  ASSERT_EQ(search()->items_size(), 1);
  EXPECT_EQ(search()->items(0).block(), 60U);
}

TEST_F(EventBookTest, ShowsTheHostNothingOfWhatWasSeen) {
  put();
  ASSERT_TRUE(emit(1, 101).has_value());
  EXPECT_EQ(host_.everything().find("Transfer"), std::string::npos);
  EXPECT_EQ(host_.everything().find(transaction(1).to_text()), std::string::npos);
}

}  // namespace
}  // namespace nsl::enclave::events
