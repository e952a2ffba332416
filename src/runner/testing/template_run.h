// Runs that begin in a template, for the suites of all languages.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "runner/testing/driver.h"

namespace nsl::runner::testing {

// Beside what serves its first run a template that is ready has a process waiting.
inline bool has_template(const Driver& driver) {
  const std::vector<pid_t> all = driver.descendants();
  return std::ranges::any_of(all, [](pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
    std::string name;
    return std::getline(file, name) && name == "nsl-template" && !children_of(pid).empty();
  });
}

// Runs the request until there is a template for it, which is made beside the second run. The
// driver must have no other.
inline void make_template(Driver& driver, const v1::StartRun& request) {
  for (int i = 0; i < 2000; ++i) {
    driver.run(request);
    if (has_template(driver)) return;
  }
  FAIL() << "no template was made";
}

inline v1::StartRun with_input(const std::string& source) {
  v1::StartRun request;
  request.set_source(source);
  request.set_input(R"({"a":1})");
  return request;
}

// With a time and a seed, so that every run of it is the same.
inline v1::StartRun repeatable(v1::StartRun request) {
  request.set_time_ms(1'700'000'000'125);
  request.set_seed(std::string(32, 'a'));
  return request;
}

// What is left of a run when its costs are taken out: all that its owner can tell runs apart by.
inline std::string to_visible(const RunRecord& record) {
  v1::RunFinished finished = record.finished;
  finished.clear_stats();
  finished.clear_run_key();
  std::string text = finished.ShortDebugString();
  for (const v1::LogLine& line : record.logs) text += "\n" + line.text();
  for (const v1::HostCall& call : record.calls) text += "\n" + call.method() + call.arguments();
  return text;
}

// EXPECTs that the request, which must have a seed and a time, comes to the same in a fresh process
// of the zygote and in one of a template.
inline void expect_same_in_template(const std::string& program, const v1::StartRun& request) {
  Driver driver(program);
  driver.on("storage.get", [](const v1::HostCall& call) { return call.arguments(); });
  // The first run of a code never has a template.
  const RunRecord cold = driver.run(request);
  make_template(driver, request);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(to_visible(driver.run(request)), to_visible(cold));
}

// The outputs of `count` runs of the request that all begin in the same template.
inline std::vector<std::string> outputs_in_template(Driver& driver, const v1::StartRun& request,
                                                    int count) {
  make_template(driver, request);
  std::vector<std::string> outputs;
  for (int i = 0; i < count; ++i) {
    const v1::RunFinished finished = driver.run(request).finished;
    EXPECT_EQ(finished.status(), v1::RunFinished::SUCCEEDED) << finished.ShortDebugString();
    outputs.push_back(finished.output());
  }
  return outputs;
}

}  // namespace nsl::runner::testing
