// What the benchmarks of the runners share: interleaved repetitions, medians, one line a measure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runner/testing/driver.h"

namespace nsl::runner::testing {

struct Measure {
  std::string name;
  int repetitions;
  std::function<bool()> once;
  double divisor = 1;
  std::vector<double> p50_us = {};
  std::vector<double> p99_us = {};
};

// An empty child of this small process.
bool fork_and_wait();
// A message to another process and back through two pipes, kPipeRoundTrips times: one write and one
// read on each side, and nothing else. The peer of a host call.
bool pipe_round_trips();
inline constexpr int kPipeRoundTrips = 1000;
// A run with {"a":1} as input that must succeed.
bool run_once(Driver& driver, const std::string& source);
// The kernel's figure of a run's own CPU time, which a busy machine distorts less than wall time.
double cpu_us_of(Driver& driver, const std::string& source);
// Words of a shell, such as a whole engine process for comparison.
bool shell(const char* command);

// `words` are the program's: [--json] [--rounds N] [NAME...]. All measures, or those named; the
// exit code. One round is for who lets a peer take turns with this program.
int run_measures(std::vector<Measure> measures, std::vector<std::string> words,
                 const std::function<double()>& cold_run_cpu_us);

}  // namespace nsl::runner::testing
