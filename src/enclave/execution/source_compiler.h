// SourceCompiler has the runner of a language check and compile a source, in the cage, in a process
// that sees nothing but the source.
//
// TRUST: what comes back is the runner's word about hostile text. It decides what that function's
// own runs do, nothing else.
#pragma once

#include "enclave/execution/runner_process.h"
#include "enclave/functions/source_checker.h"

namespace nsl::enclave::execution {

class SourceCompiler final : public functions::SourceChecker {
 public:
  explicit SourceCompiler(const Runners& runners) : runners_(runners) {}

  Result<std::string> check(const nsl::v1::PutFunctionRequest& content,
                            const Deadline& deadline) override;

 private:
  const Runners& runners_;
};

}  // namespace nsl::enclave::execution
