#include "enclave/jobs/job.h"

#include <algorithm>

#include "core/base/log.h"

namespace nsl::enclave::jobs {

namespace {

constexpr std::int64_t kRefusedAgainMs = 30000;

}  // namespace

Result<JobOutcome> keep_in_queue(Result<JobOutcome> outcome) {
  if (outcome.has_value() || code_is_retryable(outcome.error().code()) ||
      outcome.error().code() == Code::invalid_argument) {
    return outcome;
  }
  log_failure("jobs", "A job could not be carried out", outcome.error());
  return JobOutcome{.is_done = false, .retry_after_ms = kRefusedAgainMs};
}

Result<JobOutcome> carry_out(const std::vector<JobRoute>& routes, const std::string& job,
                             const Deadline& deadline) {
  const std::string_view word = std::string_view(job).substr(0, job.find('/'));
  const auto route = std::ranges::find(routes, word, &JobRoute::word);
  if (route == routes.end()) return fail(Code::invalid_argument, "Not a job");
  return route->handler.carry_out(job, deadline);
}

}  // namespace nsl::enclave::jobs
