// SourceCompiler has the runner of a language check and compile a source, in the cage, in a process
// that sees nothing but the source.
//
// TRUST: what comes back is the runner's word about hostile text. It decides what that function's
// own runs do, nothing else.
#pragma once

#include <string>

#include "core/base/limits.h"
#include "enclave/execution/runner_process.h"
#include "enclave/functions/source_checker.h"
#include "enclave/jobs/under_way.h"

namespace nsl::enclave::execution {

class SourceCompiler final : public functions::SourceChecker {
 public:
  explicit SourceCompiler(const Runners& runners) : runners_(runners) {}

  Result<std::string> check(const std::string& account,
                            const stored::FunctionVersionRecord& version,
                            const Deadline& deadline) override;

 private:
  const Runners& runners_;
  // A source may take its time: one account leaves room for the others' sources and runs.
  jobs::UnderWay under_way_{
      {.all = limits::kJobsParallelMax, .of_one_account = limits::kRunsOfAccountMax}};
};

}  // namespace nsl::enclave::execution
