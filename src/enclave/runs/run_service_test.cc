#include "enclave/runs/run_service.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::runs {
namespace {

class NoReplayer final : public RunReplayer {
 public:
  Result<nsl::v1::RunReplay> replay(const std::string& /*account*/, const std::string& run_id,
                                    const Deadline& /*deadline*/) override {
    return fail(Code::conflict, run_id);
  }
};

class RunServiceTest : public testing::ServiceTest {
 protected:
  RunServiceTest() {
    for (const char* id : {"run_1", "run_2", "run_3"}) queue(id, "answer");
    queue("run_4", "other");
  }

  void queue(const char* run_id, const char* function) {
    NewRun run{.account = "acc_alice",
               .run_id = run_id,
               .function = {},
               .input = "null",
               .trigger = {},
               .event = {},
               .now = clock_.wall_time()};
    run.function.set_name(function);
    ASSERT_TRUE(book_.queue(run, deadline_).has_value());
  }
  void finish_first_run() {
    RunRecord record = book_.get("acc_alice", "run_1", deadline_).value();
    record.value.mutable_run()->set_status(nsl::v1::Run::SUCCEEDED);
    stored::RunEvidenceRecord evidence;
    evidence.set_receipt("receipt");
    evidence.mutable_logs()->add_lines()->set_text("hello");
    vault::Batch batch;
    records::put_record(batch, evidence_key("acc_alice", "run_1"), evidence, 0);
    ASSERT_TRUE(book_.save("acc_alice", record, std::move(batch), deadline_).has_value());
  }
  static std::vector<std::string> ids(const nsl::v1::RunList& list) {
    std::vector<std::string> result;
    for (const nsl::v1::Run& run : list.items()) result.push_back(run.id());
    return result;
  }
  template <class Request>
  static Request of_run(const char* run_id) {
    Request request;
    request.set_run(run_id);
    return request;
  }

  RunBook book_{*vault_};
  NoReplayer replayer_;
  RunFeed feed_;
  RunService service_{
      {.book = book_, .feed = feed_, .replayer = replayer_, .clock = system_clock_}};
};

TEST_F(RunServiceTest, ListsTheNewestFirst) {
  EXPECT_EQ(ids(service_.list(alice(), {}).value()),
            (std::vector<std::string>{"run_4", "run_3", "run_2", "run_1"}));
}

TEST_F(RunServiceTest, ListsTheRunsOfOneFunction) {
  nsl::v1::ListRunsRequest request;
  request.set_function("other");
  EXPECT_EQ(ids(service_.list(alice(), request).value()), std::vector<std::string>{"run_4"});
}

TEST_F(RunServiceTest, GoesOnFromTheCursor) {
  nsl::v1::ListRunsRequest request;
  request.set_limit(3);
  const auto first = service_.list(alice(), request).value();
  EXPECT_EQ(ids(first), (std::vector<std::string>{"run_4", "run_3", "run_2"}));
  request.set_cursor(first.next_cursor());
  const auto second = service_.list(alice(), request).value();
  EXPECT_EQ(ids(second), std::vector<std::string>{"run_1"});
  EXPECT_EQ(second.next_cursor(), "");
}

TEST_F(RunServiceTest, ShowsARunToItsOwnerOnly) {
  const auto request = of_run<nsl::v1::GetRunRequest>("run_1");
  EXPECT_EQ(service_.get(alice(), request)->id(), "run_1");
  EXPECT_EQ(service_.get(bob(), request).error().code(), Code::run_not_found);
  EXPECT_EQ(service_.list(bob(), {})->items_size(), 0);
}

TEST_F(RunServiceTest, EndsARunForItsOwnerOnly) {
  const auto request = of_run<nsl::v1::CancelRunRequest>("run_1");
  EXPECT_EQ(service_.cancel(bob(), request).error().code(), Code::run_not_found);
  EXPECT_EQ(service_.cancel(alice(), request)->status(), nsl::v1::Run::CANCELLED);
  EXPECT_EQ(service_.cancel(alice(), request)->status(), nsl::v1::Run::CANCELLED);
}

TEST_F(RunServiceTest, HasNoReceiptBeforeTheEnd) {
  const auto request = of_run<nsl::v1::GetRunReceiptRequest>("run_1");
  EXPECT_EQ(service_.get_receipt(alice(), request).error().code(), Code::receipt_not_ready);
  EXPECT_EQ(service_.get_logs(alice(), of_run<nsl::v1::GetRunLogsRequest>("run_1"))->lines_size(),
            0);
}

TEST_F(RunServiceTest, GivesLogsAndReceiptOfAFinishedRunToItsOwnerOnly) {
  finish_first_run();
  const auto receipt_request = of_run<nsl::v1::GetRunReceiptRequest>("run_1");
  EXPECT_EQ(service_.get_receipt(alice(), receipt_request)->receipt(), "receipt");
  EXPECT_EQ(service_.get_receipt(bob(), receipt_request).error().code(), Code::run_not_found);
  const auto logs_request = of_run<nsl::v1::GetRunLogsRequest>("run_1");
  EXPECT_EQ(service_.get_logs(alice(), logs_request)->lines(0).text(), "hello");
  EXPECT_EQ(service_.get_logs(bob(), logs_request).error().code(), Code::run_not_found);
}

TEST_F(RunServiceTest, WaitsForTheNextLineABoundedTime) {
  nsl::v1::GetRunLogsRequest request = of_run<nsl::v1::GetRunLogsRequest>("run_2");
  request.set_wait_ms(50);
  const std::int64_t before = system_clock_.monotonic_time().value();
  const auto logs = service_.get_logs(alice(), request);
  ASSERT_TRUE(logs.has_value());
  EXPECT_GE(system_clock_.monotonic_time().value() - before, 50);
  EXPECT_FALSE(logs->next_cursor().empty());
  // However long somebody asks to wait, the answer still arrives.
  request.set_wait_ms(UINT32_MAX);
  const Deadline soon = Deadline::after_ms(system_clock_, limits::kAnswerMarginMs + 50);
  const router::Call call{soon, alice().caller, "req_test", {}, clock_.wall_time(), random_};
  EXPECT_TRUE(service_.get_logs(call, request).has_value());
  EXPECT_FALSE(soon.has_passed(system_clock_));
}

TEST_F(RunServiceTest, TheLogOfARunThatEndedGoesOnBehindTheCursor) {
  finish_first_run();
  nsl::v1::GetRunLogsRequest request = of_run<nsl::v1::GetRunLogsRequest>("run_1");
  EXPECT_EQ(service_.get_logs(alice(), request)->lines_size(), 1);
  EXPECT_EQ(service_.get_logs(alice(), request)->next_cursor(), "");
  request.set_cursor("0.1");
  EXPECT_EQ(service_.get_logs(alice(), request)->lines_size(), 0);
  request.set_cursor("nonsense");
  EXPECT_EQ(service_.get_logs(alice(), request).error().code(), Code::invalid_argument);
}

TEST_F(RunServiceTest, NobodyFollowsAnothersRun) {
  EXPECT_EQ(service_.get_logs(bob(), of_run<nsl::v1::GetRunLogsRequest>("run_2")).error().code(),
            Code::run_not_found);
}

}  // namespace
}  // namespace nsl::enclave::runs
