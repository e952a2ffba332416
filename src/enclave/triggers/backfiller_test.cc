#include "enclave/triggers/backfiller.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "core/base/limits.h"
#include "enclave/triggers/intake_testing.h"

namespace nsl::enclave::triggers {
namespace {

class BackfillTest : public IntakeTest {
 protected:
  static neo::UInt256 transaction_in(std::uint32_t block) {
    return neo::UInt256::parse(fmt::format("0x{:064x}", block)).value();
  }
  // A transaction in that block that made the event so many times.
  void emit(std::uint32_t block, std::size_t count = 1) {
    chain_.halt_in_block(transaction_in(block), neo::BlockIndex(block),
                         std::vector(count, notification(kContract, "Requested")));
  }
  Result<nsl::v1::Trigger> ask(std::uint32_t from, std::uint32_t to) {
    nsl::v1::BackfillTriggerRequest request;
    request.set_name("on-request");
    request.set_from_block(from);
    request.set_to_block(to);
    return triggers_.backfill(alice(), request);
  }
  Result<nsl::v1::TriggerPreview> preview(std::uint32_t from, std::uint32_t to,
                                          const std::string& cursor = "", const char* filter = "") {
    nsl::v1::PreviewTriggerRequest request;
    request.set_name("on-request");
    request.set_from_block(from);
    request.set_to_block(to);
    request.set_limit(2);
    request.set_filter(filter);
    request.set_cursor(cursor);
    return triggers_.preview(alice(), request);
  }
  Result<jobs::JobOutcome> step() {
    return backfiller_.carry_out("backfill/acc_alice/trigger/on-request", deadline_);
  }
  nsl::v1::Backfill state() {
    nsl::v1::GetTriggerRequest request;
    request.set_name("on-request");
    return triggers_.get(alice(), request)->backfill();
  }
  std::size_t runs() { return runs_.list("acc_alice", deadline_)->size(); }

  Backfiller backfiller_{{.vault = *vault_,
                          .chain = chain_,
                          .intake = intake_,
                          .blocks = blocks_,
                          .clock = system_clock_}};
};

TEST_F(BackfillTest, StartsTheFunctionForEachEventOfPastBlocks) {
  for (const std::uint32_t block : {10U, 20U, 30U}) emit(block);
  const auto asked = ask(10, 20);
  ASSERT_TRUE(asked.has_value()) << asked.error().message();
  EXPECT_EQ(asked->backfill().state(), nsl::v1::Backfill::RUNNING);
  EXPECT_EQ(host_.jobs().back(), "backfill/acc_alice/trigger/on-request");
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(state().state(), nsl::v1::Backfill::DONE);
  EXPECT_EQ(state().events_found(), 2U);
  EXPECT_EQ(state().next_block(), 21U);
}

TEST_F(BackfillTest, StartsEachEventOnceHoweverOftenItIsAskedFor) {
  emit(10, 3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ask(1, 50).has_value());
    EXPECT_TRUE(step()->is_done);
    EXPECT_TRUE(step()->is_done);
  }
  EXPECT_EQ(runs(), 3U);
}

TEST_F(BackfillTest, AnEventThatCameLiveIsNotStartedAgain) {
  confirm_at(101);
  ASSERT_EQ(intake_.report(event(), deadline_)->size(), 1U);
  chain_.newest_block = neo::BlockIndex(101);
  ASSERT_TRUE(ask(101, 101).has_value());
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(state().events_found(), 1U);
  EXPECT_EQ(runs(), 1U);
}

TEST_F(BackfillTest, GoesOnWhereTheStepBeforeEnded) {
  chain_.newest_block = neo::BlockIndex(1000);
  emit(1);
  emit(static_cast<std::uint32_t>(limits::kBackfillStepBlocksMax));
  ASSERT_TRUE(ask(0, 300).has_value());
  EXPECT_FALSE(step()->is_done);
  EXPECT_EQ(state().next_block(), limits::kBackfillStepBlocksMax);
  EXPECT_EQ(runs(), 1U);
  // Another life of the enclave.
  Backfiller next{{.vault = *vault_,
                   .chain = chain_,
                   .intake = intake_,
                   .blocks = blocks_,
                   .clock = system_clock_}};
  EXPECT_TRUE(next.carry_out("backfill/acc_alice/trigger/on-request", deadline_)->is_done);
  EXPECT_EQ(runs(), 2U);
  EXPECT_EQ(chain_.block_reads, 301);
}

TEST_F(BackfillTest, EndsAStepInTime) {
  chain_.newest_block = neo::BlockIndex(1000);
  ASSERT_TRUE(ask(0, 100).has_value());
  Backfiller slow{
      {.vault = *vault_, .chain = chain_, .intake = intake_, .blocks = blocks_, .clock = clock_}};
  chain_.on_block = [this] { clock_.advance_ms(limits::kBackfillStepMsMax / 4); };
  const Deadline late = Deadline::after_ms(clock_, INT64_C(1) << 40);
  EXPECT_FALSE(slow.carry_out("backfill/acc_alice/trigger/on-request", late)->is_done);
  EXPECT_EQ(state().next_block(), 4U);
}

TEST_F(BackfillTest, WaitsForANodeThatIsAwayAndSaysSo) {
  emit(10);
  ASSERT_TRUE(ask(1, 50).has_value());
  chain_.read_failure = Code::node_unavailable;
  EXPECT_FALSE(step()->is_done);
  EXPECT_EQ(state().next_block(), 1U);
  EXPECT_TRUE(state().last_error().starts_with("NSL-CHAIN-0001")) << state().last_error();
  chain_.read_failure.reset();
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(state().last_error(), "");
  EXPECT_EQ(runs(), 1U);
}

TEST_F(BackfillTest, WaitsForALogThatIsNotThereYet) {
  emit(10);
  const auto log = chain_.logs.extract(transaction_in(10));
  ASSERT_TRUE(ask(1, 50).has_value());
  EXPECT_FALSE(step()->is_done);
  EXPECT_EQ(state().next_block(), 10U);
  EXPECT_EQ(runs(), 0U);
}

TEST_F(BackfillTest, StopsForNoEventThatCanNeverBeTaken) {
  auto large = notification(kContract, "Requested");
  large.arguments_json.assign(static_cast<std::size_t>(limits::kEventArgumentBytesMax) + 1, ' ');
  chain_.halt_in_block(transaction_in(10), neo::BlockIndex(10), {large});
  emit(11);
  ASSERT_TRUE(ask(1, 50).has_value());
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 1U);
}

TEST_F(BackfillTest, RespectsFilterAndSender) {
  emit(10);
  emit(11);
  chain_.senders[transaction_in(11)] = neo::UInt160::parse(kOtherContract).value();
  auto request = trigger_request("on-request");
  request.mutable_source()->mutable_contract_event()->set_sender(kOtherContract);
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  ASSERT_TRUE(ask(1, 50).has_value());
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 1U);
  request.set_filter("args[0] == 8");
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  emit(12);
  chain_.senders[transaction_in(12)] = neo::UInt160::parse(kOtherContract).value();
  ASSERT_TRUE(ask(1, 50).has_value());
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 1U);
}

TEST_F(BackfillTest, RefusesASecondOneWhileOneIsUnderWay) {
  ASSERT_TRUE(ask(1, 50).has_value());
  EXPECT_EQ(ask(2, 3).error().code(), Code::backfill_under_way);
  EXPECT_TRUE(step()->is_done);
  EXPECT_TRUE(ask(2, 3).has_value());
}

TEST_F(BackfillTest, RefusesRangesThatAreNone) {
  EXPECT_EQ(ask(5, 4).error().code(), Code::block_range_invalid);
  EXPECT_EQ(ask(5, 101).error().code(), Code::block_range_invalid);
  EXPECT_EQ(preview(101, 0).error().code(), Code::block_range_invalid);
  EXPECT_TRUE(ask(5, 0).has_value());
  EXPECT_EQ(state().to_block(), 100U);
}

TEST_F(BackfillTest, RefusesALongerRange) {
  chain_.newest_block = neo::BlockIndex(1'000'000);
  const auto longest = static_cast<std::uint32_t>(limits::kBackfillBlocksMax);
  EXPECT_EQ(ask(0, longest).error().code(), Code::block_range_invalid);
  EXPECT_TRUE(ask(1, longest).has_value());
}

TEST_F(BackfillTest, WaitsWhileItsTriggerIsPaused) {
  emit(10);
  ASSERT_TRUE(ask(1, 50).has_value());
  nsl::v1::PauseTriggerRequest pause;
  pause.set_name("on-request");
  ASSERT_TRUE(triggers_.pause(alice(), pause).has_value());
  EXPECT_FALSE(step()->is_done);
  EXPECT_EQ(runs(), 0U);
  nsl::v1::ResumeTriggerRequest resume;
  resume.set_name("on-request");
  ASSERT_TRUE(triggers_.resume(alice(), resume).has_value());
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 1U);
}

TEST_F(BackfillTest, EndsWithItsTrigger) {
  emit(10);
  ASSERT_TRUE(ask(1, 50).has_value());
  nsl::v1::DeleteTriggerRequest remove;
  remove.set_name("on-request");
  ASSERT_TRUE(triggers_.remove(alice(), remove).has_value());
  EXPECT_TRUE(step()->is_done);
  bind("on-request");
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(state().state(), nsl::v1::Backfill::UNKNOWN);
  EXPECT_EQ(runs(), 0U);
}

TEST_F(BackfillTest, JobsTheHostInventsDoNothing) {
  emit(10);
  EXPECT_TRUE(step()->is_done);
  for (const char* job : {"backfill", "backfill/acc_alice", "backfill/acc_alice/function/x"}) {
    EXPECT_FALSE(backfiller_.carry_out(job, deadline_).has_value()) << job;
  }
  EXPECT_TRUE(backfiller_.carry_out("backfill/acc_bob/trigger/on-request", deadline_)->is_done);
  EXPECT_EQ(runs(), 0U);
}

TEST_F(BackfillTest, TheSameOneIsReadOnceAtATime) {
  ASSERT_TRUE(ask(1, 1).has_value());
  std::optional<bool> is_second_done;
  chain_.on_block = [&] { is_second_done = step()->is_done; };
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(is_second_done, false);
}

TEST_F(BackfillTest, LeavesRoomForOtherJobs) {
  static_assert(limits::kBackfillsAtOnceMax < limits::kJobsParallelMax);
  std::vector<std::string> jobs;
  for (std::int64_t i = 0; i < limits::kBackfillsAtOnceMax; ++i) {
    const std::string name = fmt::format("t{}", i);
    bind(name.c_str());
    nsl::v1::BackfillTriggerRequest request;
    request.set_name(name);
    request.set_from_block(1);
    request.set_to_block(1);
    ASSERT_TRUE(triggers_.backfill(alice(), request).has_value());
    jobs.push_back("backfill/acc_alice/trigger/" + name);
  }
  // Each begins while the one before reads its block; one account leaves room for another.
  std::vector<bool> are_done;
  std::size_t next = 0;
  const std::function<void()> begin = [&] {
    if (next == jobs.size()) return;
    const std::string& job = jobs[next++];
    chain_.on_block = begin;
    are_done.push_back(backfiller_.carry_out(job, deadline_)->is_done);
  };
  begin();
  EXPECT_EQ(are_done, (std::vector<bool>{false, true, true, true}));
}

TEST_F(BackfillTest, ATriggerFromAPastBlockReadsTheBlocksBetween) {
  emit(10);
  auto request = trigger_request("on-request");
  request.mutable_source()->mutable_contract_event()->set_from_block(5);
  const auto trigger = triggers_.put(alice(), request);
  ASSERT_TRUE(trigger.has_value()) << trigger.error().message();
  EXPECT_EQ(trigger->from_block(), 101U);
  EXPECT_EQ(state().from_block(), 5U);
  EXPECT_EQ(state().to_block(), 100U);
  EXPECT_TRUE(step()->is_done);
  EXPECT_EQ(runs(), 1U);
  // The same again asks for nothing new.
  ASSERT_TRUE(triggers_.put(alice(), request).has_value());
  EXPECT_EQ(state().state(), nsl::v1::Backfill::DONE);
}

TEST_F(BackfillTest, APreviewShowsWhatWouldStartTheFunctionAndStartsNothing) {
  emit(10);
  emit(11);
  const auto all = preview(1, 50);
  ASSERT_TRUE(all.has_value()) << all.error().message();
  ASSERT_EQ(all->items_size(), 2);
  EXPECT_EQ(all->items(0).block(), 10U);
  EXPECT_EQ(all->items(0).id(), transaction_in(10).to_text() + "/Application/0");
  EXPECT_EQ(all->items(0).arguments(), R"([{"type":"Integer","value":"7"}])");
  EXPECT_EQ(all->items(0).proof(), "quorum(1/1)");
  EXPECT_EQ(all->next_cursor(), "");
  const auto none = preview(1, 50, "", "args[0] > 7");
  EXPECT_EQ(none->items_size(), 0);
  EXPECT_EQ(none->events_seen(), 2U);
  EXPECT_TRUE(preview(1, 50, "", "args[3] > 7")->items(0).error().starts_with("NSL-EXPR-0003"));
  EXPECT_EQ(runs(), 0U);
  EXPECT_TRUE(host_.jobs().empty());
}

TEST_F(BackfillTest, APreviewGoesOnWhereTheOneBeforeEnded) {
  emit(10, 3);
  emit(20, 2);
  std::string cursor;
  std::vector<std::string> ids;
  do {
    const auto page = preview(1, 50, cursor);
    ASSERT_TRUE(page.has_value()) << page.error().message();
    for (const auto& item : page->items()) ids.push_back(item.id());
    cursor = page->next_cursor();
  } while (!cursor.empty());
  EXPECT_EQ(ids.size(), 5U);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 5U);
  for (const char* none : {"x", "10", "10/", "/1", "60/0", "10/0/0", "-1/0"}) {
    EXPECT_EQ(preview(1, 50, none).error().code(), Code::invalid_argument) << none;
  }
}

TEST_F(BackfillTest, APreviewReadsABoundedNumberOfBlocks) {
  chain_.newest_block = neo::BlockIndex(2000);
  const auto first = preview(1, 2000);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(chain_.block_reads, limits::kPreviewBlocksMax);
  EXPECT_EQ(first->next_cursor(), std::to_string(limits::kPreviewBlocksMax + 1) + "/0");
}

TEST_F(BackfillTest, IsNobodyElsesBusiness) {
  nsl::v1::BackfillTriggerRequest backfill;
  backfill.set_name("on-request");
  EXPECT_EQ(triggers_.backfill(bob(), backfill).error().code(), Code::trigger_not_found);
  nsl::v1::PreviewTriggerRequest look;
  look.set_name("on-request");
  EXPECT_EQ(triggers_.preview(bob(), look).error().code(), Code::trigger_not_found);
}

}  // namespace
}  // namespace nsl::enclave::triggers
