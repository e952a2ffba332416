// Suite: the tests of one function, declared in a file beside it, run in the real runner.
//
//   {"source": "function.js",                     or "folder": ".", and "entry_file" when it is
//   none
//                                                 of those that are found by their names
//    "doubles": {...},                             doubles.h says what
//    "tests": [{"name": "doubles a number",
//               "input": {"n": 21},
//               "output": {"twice": 42},           or "error": text of the error
//               "kind": "event",                   invoke (the default), event, scheduled, fetch
//               "context": {"environment": {}},
//               "doubles": {...},                  instead of the file's
//               "calls": [{"method": "wallet.invoke", "arguments": {"method": "fulfil"}}]}]}
//
// `calls` are host calls the run must make, in this order; others may stand between them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "client/function_test/runner_link.h"
#include "core/archive/archive.h"
#include "core/base/result.h"
#include "core/neo/json.h"

namespace nsl::client::function_test {

struct Outcome {
  std::string name;
  // Empty: it passed. Else what was wanted and what came.
  std::string failure = {};
  // "function.js:3:9", where the function threw.
  std::string place = {};
  // What the function logged.
  std::vector<std::string> log = {};
  std::uint32_t wall_ms = 0;
};

class Suite {
 public:
  // Nothing a suite reads is larger.
  static constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

  // Code::cli_usage, with the file's name, when it is no suite or its source cannot be read.
  static Result<Suite> load(const std::filesystem::path& file);

  // The one with the handlers.
  const std::filesystem::path& source_file() const { return source_file_; }
  // One outcome for each test, in order. Fails when the runner goes away.
  Result<std::vector<Outcome>> run(RunnerLink& runner) const;

 private:
  struct Test {
    std::string name;
    runner::v1::RunKind kind = runner::v1::INVOKE;
    std::string input;
    std::string context;
    neo::JsonValue declared;
  };

  Result<void> take(const neo::JsonValue& declared);
  Result<void> take_sources(const neo::JsonValue& declared, const std::filesystem::path& folder);
  Result<void> take_files(const neo::JsonValue& declared, const std::filesystem::path& folder);
  void set_sources(runner::v1::StartRun& start) const;
  Result<Outcome> run_one(RunnerLink& runner, const Test& test, const std::string& artifact) const;
  // Where in the source it failed; empty when that is not known.
  std::string place_of(const runner::v1::RunFinished& finished) const;

  std::filesystem::path source_file_;
  std::string source_;
  // Of a function of several files, with the folder they were read from.
  std::filesystem::path folder_;
  std::vector<archive::File> files_;
  neo::JsonValue doubles_;
  std::vector<Test> tests_;
};

}  // namespace nsl::client::function_test
