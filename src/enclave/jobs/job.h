// Jobs of the host's queue. A job's text is stored together with what it is about (vault::Batch),
// and the host hands it back until it is done.
//
// TRUST: the host may hand back any text at any time, any number of times and in any order. Whoever
// carries a job out looks at sealed records for whether there is something to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace nsl::enclave::jobs {

// What the host's queue should do with the job.
struct JobOutcome {
  bool is_done = true;
  // Not done: try again after this time.
  std::int64_t retry_after_ms = 0;
};

class JobHandler {
 public:
  virtual ~JobHandler() = default;
  // Code::invalid_argument when the text is none of this handler's jobs.
  virtual Result<JobOutcome> carry_out(const std::string& job, const Deadline& deadline) = 0;
};

// For jobs of many steps: what will not pass by itself is logged and tried again later all the
// same, because the host buries a job that has been refused after many attempts, also after many
// good ones. Code::invalid_argument stays: that is no job.
Result<JobOutcome> keep_in_queue(Result<JobOutcome> outcome);

// The first word of a job's text, up to the first '/', and who carries such jobs out.
struct JobRoute {
  std::string_view word;
  JobHandler& handler;
};

// Asks the handler the job belongs to. Code::invalid_argument when there is none.
Result<JobOutcome> carry_out(const std::vector<JobRoute>& routes, const std::string& job,
                             const Deadline& deadline);

}  // namespace nsl::enclave::jobs
