// How long a Python run takes, against what a process costs at all: medians of interleaved
// repetitions.
//
//   runner_main-python_bench [--json] [--rounds N] [NAME...]     all measures, or those named
//
//   fork+wait         an empty child of this small process
//   cold run          StartRun sent until RunFinished received: fork, cage, compile, run, reap
//   host call         a run that makes 1000 host calls one after the other, per call
//   pipe round trip   a message to another process and back
//   loop of 3e5       a loop of 300,000 steps
//   python3 -I -S -c 0  Debian's interpreter, a whole interpreter process that does nothing
#include "runner/testing/measures.h"

namespace nsl::runner {
namespace {

using testing::Driver;

int run_benchmarks(std::vector<std::string> words) {
  const std::string trivial = "async def main(params):\n  return {'sum': params['a'] + 1}\n";
  const std::string chatty = "def main():\n  for i in range(1000): neo_service.time.now()\n";
  const std::string loop =
      "def main():\n  s = 0\n  for i in range(300000): s = (s + i * 7) % 1000003\n  return s\n";
  Driver driver("nsl-runner-python");
  driver.on("time.now", [](const v1::HostCall&) { return "1"; });
  driver.wait_ready();
  std::vector<testing::Measure> measures;
  measures.push_back({.name = "fork+wait", .repetitions = 200, .once = testing::fork_and_wait});
  measures.push_back({.name = "cold run", .repetitions = 200, .once = [&driver, &trivial] {
                        return testing::run_once(driver, trivial);
                      }});
  measures.push_back({.name = "host call",
                      .repetitions = 3,
                      .once = [&driver, &chatty] { return testing::run_once(driver, chatty); },
                      .divisor = 1000});
  measures.push_back({.name = "pipe round trip",
                      .repetitions = 3,
                      .once = testing::pipe_round_trips,
                      .divisor = testing::kPipeRoundTrips});
  measures.push_back({.name = "loop of 3e5", .repetitions = 3, .once = [&driver, &loop] {
                        return testing::run_once(driver, loop);
                      }});
  constexpr const char* kProcess = "exec /usr/bin/python3 -I -S -c 0 >/dev/null 2>&1";
  if (testing::shell(kProcess)) {
    measures.push_back({.name = "python3 -I -S -c 0", .repetitions = 20, .once = [] {
                          return testing::shell(kProcess);
                        }});
  }
  return testing::run_measures(std::move(measures), std::move(words),
                               [&driver, &trivial] { return testing::cpu_us_of(driver, trivial); });
}

}  // namespace
}  // namespace nsl::runner

int main(int count, char** arguments) {
  return nsl::runner::run_benchmarks({arguments + 1, arguments + count});
}
