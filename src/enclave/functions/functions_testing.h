// For tests that deploy functions without a runner.
#pragma once

#include "enclave/functions/source_checker.h"

namespace nsl::enclave::functions::testing {

// Takes every source, unless it is told what is wrong with the next ones.
class FakeChecker final : public SourceChecker {
 public:
  Result<std::string> check(const std::string& /*account*/,
                            const stored::FunctionVersionRecord& /*version*/,
                            const Deadline& /*deadline*/) override {
    ++count;
    if (!mistake.empty()) return fail(Code::function_invalid, mistake);
    return artifact;
  }

  int count = 0;
  std::string artifact;
  std::string mistake;
};

}  // namespace nsl::enclave::functions::testing
