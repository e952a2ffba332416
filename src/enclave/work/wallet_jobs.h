// The jobs that follow a wallet's transactions, among the others.
#pragma once

#include "enclave/jobs/job.h"
#include "enclave/transactions/submitter.h"

namespace nsl::enclave::work {

class WalletJobs final : public jobs::JobHandler {
 public:
  explicit WalletJobs(transactions::Submitter& submitter) : submitter_(submitter) {}

  // A job is transactions::WalletJob::to_text().
  Result<jobs::JobOutcome> carry_out(const std::string& text, const Deadline& deadline) override {
    const auto job = transactions::WalletJob::find(text);
    if (!job.has_value()) return fail(Code::invalid_argument, "Not a job");
    NSL_TRY(const transactions::WalletJobOutcome outcome, submitter_.carry_out(*job, deadline));
    return jobs::JobOutcome{.is_done = outcome.is_done, .retry_after_ms = outcome.retry_after_ms};
  }

 private:
  transactions::Submitter& submitter_;
};

}  // namespace nsl::enclave::work
