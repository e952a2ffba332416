// Whether a source is valid in its language, asked before it becomes a version.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/records/records.h"

namespace nsl::enclave::functions {

class SourceChecker {
 public:
  virtual ~SourceChecker() = default;
  // What runs are given beside the source: empty for a language that runs from its source.
  // `version`: content and files, as of parse_content().
  // Code::function_invalid, with file, line and column, for a source that is not valid;
  // Code::runtime_unsupported when this enclave has no runner for the language;
  // Code::overloaded while the account has too many sources in it already.
  virtual Result<std::string> check(const std::string& account,
                                    const stored::FunctionVersionRecord& version,
                                    const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::functions
