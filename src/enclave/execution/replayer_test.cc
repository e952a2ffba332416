#include "enclave/execution/replayer.h"

#include <gtest/gtest.h>

#include "enclave/execution/run_engine_testing.h"

namespace nsl::enclave::execution {
namespace {

using testing::invoke_arguments;
using testing::RunEngineTest;
using testing::RunFinished;
using testing::ScriptedRunner;
using testing::succeeded;

class ReplayerTest : public RunEngineTest {
 protected:
  ReplayerTest() { clock_.advance_ms(1000); }

  // The function calls its host like this, logs a line and returns its last reply.
  static ScriptedRunner::Script calling(
      const std::vector<std::pair<std::string, std::string>>& calls) {
    return [calls](RunHandler& handler) -> Result<RunFinished> {
      std::string last = "null";
      std::uint32_t index = 0;
      for (const auto& [method, arguments] : calls) {
        const auto reply = handler.host_call(index++, method, arguments);
        last =
            reply.has_value() ? *reply : '"' + std::string(code_text(reply.error().code())) + '"';
      }
      handler.log_line(runner::v1::LogLine::INFO, "time " + std::to_string(handler.time().value()));
      return succeeded(last.c_str());
    };
  }
  void run_with(const ScriptedRunner::Script& script) {
    runner_.script = script;
    ASSERT_TRUE(carry_out()->is_done);
  }
  Result<nsl::v1::RunReplay> replay() { return replayer_.replay("acc_alice", "run_1", deadline_); }
  // The first difference when the function does something else the second time.
  std::string difference_of(const ScriptedRunner::Script& script) {
    runner_.script = script;
    const auto replayed = replay();
    if (!replayed.has_value()) return replayed.error().message();
    EXPECT_EQ(replayed->same(), replayed->difference().empty());
    return replayed->difference();
  }

  Replayer replayer_{
      {.book = runs_, .vault = *vault_, .runners = runners_, .secrets = secret_reader_}};
};

const std::vector<std::pair<std::string, std::string>> kManyCalls = {
    {"time.now", "{}"},
    {"random.bytes", R"({"count":32})"},
    {"http.fetch", R"({"url":"https://api.example.com/price"})"},
    {"http.fetch", R"({"url":"https://elsewhere.example.com/"})"},
    {"secrets.get", R"({"name":"api-key"})"},
    {"storage.set", R"({"key":"k","value":1})"},
    {"wallet.invoke", invoke_arguments(1)},
    {"random.bytes", R"({"count":8})"}};

TEST_F(ReplayerTest, DoesTheSameAgainAndTouchesNothing) {
  run_with(calling(kManyCalls));
  const auto start = runner_.last_start;
  const std::size_t requests = http_.requests.size();
  const std::size_t sent = chain_.sent.size();
  clock_.advance_ms(3'600'000);
  const auto replayed = replay();
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message();
  EXPECT_TRUE(replayed->same()) << replayed->difference();
  EXPECT_EQ(replayed->output(), run().output());
  EXPECT_EQ(replayed->host_calls(), kManyCalls.size());
  EXPECT_EQ(runner_.last_start.SerializeAsString(), start.SerializeAsString());
  EXPECT_EQ(http_.requests.size(), requests);
  EXPECT_EQ(chain_.sent.size(), sent);
}

TEST_F(ReplayerTest, TellsTheFirstCallThatDiffers) {
  run_with(calling(kManyCalls));
  auto calls = kManyCalls;
  calls[5].second = R"({"key":"k","value":2})";
  EXPECT_EQ(difference_of(calling(calls)), "call 5, storage.set, has other arguments");
  calls = kManyCalls;
  std::swap(calls[0], calls[1]);
  EXPECT_EQ(difference_of(calling(calls)), "call 0 is random.bytes, was time.now");
  calls = kManyCalls;
  calls.emplace_back("time.now", "{}");
  EXPECT_EQ(difference_of(calling(calls)), "call 8, time.now, was not made then");
  calls = kManyCalls;
  calls.pop_back();
  EXPECT_EQ(difference_of(calling(calls)), "7 host calls, were 8");
}

TEST_F(ReplayerTest, TellsAnEndThatDiffers) {
  run_with(calling({}));
  EXPECT_EQ(difference_of([](RunHandler& handler) -> Result<RunFinished> {
              static_cast<void>(handler);
              return succeeded("7");
            }),
            "another output");
  EXPECT_EQ(difference_of([](RunHandler&) -> Result<RunFinished> { return succeeded("null"); }),
            "other log lines");
  EXPECT_EQ(difference_of([](RunHandler&) -> Result<RunFinished> {
              RunFinished finished = succeeded("null");
              finished.set_engine("another engine");
              return finished;
            }),
            "the engine was ");
  EXPECT_EQ(difference_of([](RunHandler&) -> Result<RunFinished> {
              RunFinished finished;
              finished.set_status(RunFinished::FAILED);
              finished.mutable_error()->set_message("boom");
              return finished;
            }),
            "it ended as FAILED, was SUCCEEDED");
}

TEST_F(ReplayerTest, AJournalHoldsNoSecretAndAChangedOneIsTold) {
  run_with(calling({{"secrets.get", R"({"name":"api-key"})"}}));
  const auto journal = runs_.get_journal("acc_alice", "run_1", deadline_);
  EXPECT_EQ((*journal)->SerializeAsString().find(testing::kSecretValue), std::string::npos);
  nsl::v1::PutSecretRequest secret;
  secret.set_name("api-key");
  secret.set_value("another");
  secret.add_allowed_functions("answer");
  ASSERT_TRUE(secret_service_.put(alice(), secret).has_value());
  EXPECT_EQ(difference_of(calling({{"secrets.get", R"({"name":"api-key"})"}})),
            "the secret api-key is not what it was: version 1 was read");
}

TEST_F(ReplayerTest, SaysWhyARunCannotBeRunAgain) {
  EXPECT_EQ(replay().error().code(), Code::conflict);
  EXPECT_EQ(replayer_.replay("acc_bob", "run_1", deadline_).error().code(), Code::run_not_found);
  http_.reply.body = std::string(200'000, 'x');
  const std::pair<std::string, std::string> large = {"http.fetch",
                                                     R"({"url":"https://api.example.com/price"})"};
  run_with(calling({large, large, large}));
  EXPECT_EQ(replay().error().message(), "The run cannot be run again: it heard more than is kept");
}

TEST_F(ReplayerTest, ARunWhoseProcessIsReusedIsNotRunAgain) {
  run_with([](RunHandler&) -> Result<RunFinished> {
    RunFinished finished = succeeded();
    finished.add_layers("reused_process");
    return finished;
  });
  EXPECT_TRUE(run().reused());
  EXPECT_EQ(replay().error().message(),
            "The run cannot be run again: its process had served other runs, or could have");
}

TEST_F(ReplayerTest, EveryAttemptOfARunHasTheSameRandomness) {
  is_abandoned_ = true;
  runner_.script = [](RunHandler&) -> Result<RunFinished> {
    return fail(Code::runner_unavailable);
  };
  EXPECT_FALSE(carry_out()->is_done);
  const std::string seed = runner_.last_start.seed();
  EXPECT_EQ(seed.size(), 32U);
  is_abandoned_ = false;
  run_with(calling({}));
  EXPECT_EQ(runner_.last_start.seed(), seed);
  queue("run_2");
  ASSERT_TRUE(carry_out("execute/acc_alice/run_2").has_value());
  EXPECT_NE(runner_.last_start.seed(), seed);
}

}  // namespace
}  // namespace nsl::enclave::execution
