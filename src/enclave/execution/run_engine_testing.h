// What the tests of the engine and of the replayer share: an engine over a runner that does what
// the test says instead of running a function.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "core/attestation/testing/software_module.h"
#include "enclave/execution/execution_testing.h"
#include "enclave/execution/run_engine.h"

namespace nsl::enclave::execution::testing {

using RunView = nsl::v1::Run;
using runner::v1::RunFinished;

class FakeModule final : public attest::SecurityModule {
 public:
  FakeModule(Random& random, const Clock& clock)
      : module_(random, clock.wall_time()), clock_(clock) {}
  attestation::Mode mode() const override { return attestation::Mode::development; }
  Result<Bytes> attest(const attest::AttestationRequest& request) override {
    return module_.sign(module_.fields({.timestamp = clock_.wall_time(),
                                        .registers = attestation::plausible_registers(),
                                        .public_key = request.public_key,
                                        .user_data = request.user_data,
                                        .nonce = request.nonce}));
  }
  Result<attest::ModuleDescription> describe() override {
    return attest::ModuleDescription{.module_id = "module",
                                     .registers = attestation::plausible_registers()};
  }
  Result<void> fill_random(std::span<std::uint8_t>) override { return {}; }
  attestation::TrustAnchor anchor() const { return module_.anchor(); }

 private:
  attestation::SoftwareModule module_;
  const Clock& clock_;
};

inline RunFinished succeeded(const char* output = "42") {
  RunFinished finished;
  finished.set_status(RunFinished::SUCCEEDED);
  finished.set_output(output);
  finished.mutable_stats()->set_wall_us(1500);
  finished.add_layers("seccomp");
  return finished;
}

inline RunFinished not_started() {
  RunFinished finished;
  finished.set_status(RunFinished::NOT_STARTED);
  return finished;
}

// Does what the test says instead of running a function.
class ScriptedRunner final : public Runner {
 public:
  using Script = std::function<Result<RunFinished>(RunHandler&)>;

  Result<RunFinished> run(runner::v1::StartRun start, RunHandler& handler,
                          const Deadline& /*deadline*/) override {
    ++runs;
    last_start = std::move(start);
    return script(handler);
  }

  Script script = [](RunHandler&) -> Result<RunFinished> { return succeeded(); };
  int runs = 0;
  runner::v1::StartRun last_start;
};

class RunEngineTest : public ExecutionTest {
 protected:
  RunEngineTest() { queue("run_1"); }

  void queue(const std::string& run_id, const std::string& account = "acc_alice") {
    ASSERT_TRUE(runs_
                    .queue({.account = account,
                            .run_id = run_id,
                            .function = function_,
                            .input = R"({"a":1})",
                            .trigger = {},
                            .event = {},
                            .now = clock_.wall_time()},
                           deadline_)
                    .has_value());
  }
  Result<JobOutcome> carry_out(const std::string& job = "execute/acc_alice/run_1") {
    return engine_.carry_out(job, deadline_);
  }
  RunView run() { return runs_.get("acc_alice", "run_1", deadline_)->value.run(); }
  // The function sends a transaction and then ends as told.
  ScriptedRunner::Script invoking(int number, Result<RunFinished> end) {
    return [number, end](RunHandler& handler) {
      static_cast<void>(handler.host_call(0, "wallet.invoke", invoke_arguments(number)));
      return end;
    };
  }

  FakeModule module_{random_, clock_};
  keys::LiveKeys live_keys_ = keys::make_live_keys(random_);
  attest::Attester attester_{{.module = module_,
                              .keys = live_keys_,
                              .clock = clock_,
                              .state = vault_->head(),
                              .version = "0.1.0"}};
  ReceiptMaker receipts_{attester_, live_keys_, *vault_};
  ScriptedRunner runner_;
  Runners runners_{{nsl::v1::PutFunctionRequest::javascript, &runner_}};
  bool is_abandoned_ = false;
  RunEngine engine_{{.book = runs_,
                     .runners = runners_,
                     .receipts = receipts_,
                     .host_calls = parts(),
                     .is_abandoned = [this] { return is_abandoned_; }}};
};

}  // namespace nsl::enclave::execution::testing
