// RunEngine carries out one job of the host's queue. The host says which run; whether it runs, with
// what code and with which rights is decided here from sealed records.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "enclave/execution/function_turns.h"
#include "enclave/execution/host_calls.h"
#include "enclave/execution/run_receipt.h"
#include "enclave/execution/runner_process.h"
#include "enclave/functions/function_book.h"
#include "enclave/jobs/job.h"
#include "enclave/jobs/under_way.h"
#include "enclave/runs/run_book.h"
#include "enclave/runs/run_feed.h"

namespace nsl::enclave::execution {

using jobs::JobOutcome;

class RunEngine final : public jobs::JobHandler {
 public:
  struct Parts {
    runs::RunBook& book;
    const Runners& runners;
    const ReceiptMaker& receipts;
    HostCalls::Parts host_calls;
    // Whether the host that asked for the job has gone away or no longer waits.
    std::function<bool()> is_abandoned = [] { return false; };
    // Gets what a run logs while it runs; nothing: nobody follows runs.
    runs::RunFeed* feed = nullptr;
  };
  explicit RunEngine(Parts parts) : parts_(std::move(parts)), functions_(parts_.host_calls.vault) {}

  // A job is runs::Job::to_text().
  Result<JobOutcome> carry_out(const std::string& job, const Deadline& deadline) override;

 private:
  Result<JobOutcome> execute(const runs::Job& job, const Deadline& deadline);
  // With a place among its function's runs.
  Result<JobOutcome> attempt(const runs::Job& job, runs::RunRecord& record,
                             const stored::FunctionVersionRecord& version, Runner& runner,
                             const Deadline& deadline);
  // What its function's policy says; none when the function was deleted meanwhile.
  Result<nsl::v1::ConcurrencyPolicy> concurrency_of(const runs::Job& job,
                                                    const runs::RunRecord& record,
                                                    const Deadline& deadline) const;
  // The outcome, when a run that was started before is not started over.
  Result<std::optional<JobOutcome>> give_up_repeating(const runs::Job& job, runs::RunRecord& record,
                                                      const Deadline& deadline);
  Result<JobOutcome> follow(const runs::Job& job, const Deadline& deadline);
  // Whether the run ended by something that was not its own doing, and starts over.
  bool is_lost(const Result<runner::v1::RunFinished>& finished,
               const HostCalls::Trace& trace) const;
  Result<void> begin(const runs::Job& job, runs::RunRecord& record, const Deadline& deadline);
  // The runner had no room for the run, so that no attempt was made: the run waits for as long as
  // that lasts instead of using up its attempts.
  Result<void> take_back(const runs::Job& job, runs::RunRecord& record, const Deadline& deadline);
  Result<void> add_earlier_effects(const runs::Job& job, HostCalls::Trace& trace,
                                   const Deadline& deadline);
  Result<JobOutcome> finish(const runs::Job& job, runs::RunRecord& record,
                            const stored::FunctionVersionRecord& version,
                            const runner::v1::RunFinished& finished, HostCalls::Trace trace,
                            const Deadline& deadline);
  // Ends a try that failed; the run waits for the next one.
  Result<JobOutcome> try_later(const runs::Job& job, runs::RunRecord& record,
                               const HostCalls::Trace& trace, const Deadline& deadline);
  // Names the transactions in the record and queues the job that follows them to their blocks.
  static void note_effects(const runs::Job& job, const HostCalls::Trace& trace,
                           runs::RunRecord& record, vault::Batch& batch);
  Result<JobOutcome> give_up(const runs::Job& job, runs::RunRecord& record, Code code,
                             std::string message, const Deadline& deadline);

  Parts parts_;
  functions::FunctionBook functions_;
  FunctionTurns turns_;
  // The same run never runs twice at a time, and one account leaves room for the others.
  jobs::UnderWay executions_{
      {.all = limits::kJobsParallelMax, .of_one_account = limits::kRunsOfAccountMax}};
  jobs::UnderWay follow_ups_{
      {.all = limits::kJobsParallelMax, .of_one_account = limits::kJobsParallelMax}};
};

}  // namespace nsl::enclave::execution
