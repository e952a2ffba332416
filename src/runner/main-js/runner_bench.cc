// How long a run takes, against what a process costs at all: medians of interleaved repetitions.
//
//   runner_main-js_bench [--json] [--rounds N] [NAME...]     all measures, or those named
//
//   fork+wait     an empty child of this small process
//   cold run      StartRun sent until RunFinished received: fork, cage, compile, run, reap
//   cold run jit  the same with --jit
//   host call     a run that makes 1000 host calls one after the other, per call
//   pipe round trip  a message to another process and back
//   node -e 0     a whole node process, where there is one
#include "runner/testing/measures.h"

namespace nsl::runner {
namespace {

using testing::Driver;
using testing::Measure;
using testing::run_once;

int run_benchmarks(std::vector<std::string> words) {
  const std::string trivial = "async function main(params) { return {sum: params.a + 1}; }";
  const std::string chatty =
      "async function main() { for (let i = 0; i < 1000; ++i) await neoService.time.now(); }";
  const std::string loop =
      "function main() { let s = 0; for (let i = 0; i < 3e6; ++i) s = (s + i * 7) % 1000003; "
      "return s; }";
  Driver interpreter("nsl-runner-js");
  Driver compiler("nsl-runner-js", {"--jit"});
  for (Driver* driver : {&interpreter, &compiler}) {
    driver->on("time.now", [](const v1::HostCall&) { return "1"; });
    driver->wait_ready();
  }
  std::vector<Measure> measures;
  measures.push_back({.name = "fork+wait", .repetitions = 200, .once = testing::fork_and_wait});
  measures.push_back({.name = "cold run", .repetitions = 200, .once = [&interpreter, &trivial] {
                        return run_once(interpreter, trivial);
                      }});
  measures.push_back({.name = "cold run jit", .repetitions = 200, .once = [&compiler, &trivial] {
                        return run_once(compiler, trivial);
                      }});
  measures.push_back({.name = "host call",
                      .repetitions = 3,
                      .once = [&interpreter, &chatty] { return run_once(interpreter, chatty); },
                      .divisor = 1000});
  measures.push_back({.name = "pipe round trip",
                      .repetitions = 3,
                      .once = testing::pipe_round_trips,
                      .divisor = testing::kPipeRoundTrips});
  measures.push_back({.name = "loop of 3e6", .repetitions = 3, .once = [&interpreter, &loop] {
                        return run_once(interpreter, loop);
                      }});
  measures.push_back({.name = "loop of 3e6 jit", .repetitions = 3, .once = [&compiler, &loop] {
                        return run_once(compiler, loop);
                      }});
  if (testing::shell("node -e 0 >/dev/null 2>&1")) {
    measures.push_back({.name = "node -e 0", .repetitions = 5, .once = [] {
                          return testing::shell("node -e 0 >/dev/null 2>&1");
                        }});
  }
  return testing::run_measures(std::move(measures), std::move(words), [&interpreter, &trivial] {
    return testing::cpu_us_of(interpreter, trivial);
  });
}

}  // namespace
}  // namespace nsl::runner

int main(int count, char** arguments) {
  return nsl::runner::run_benchmarks({arguments + 1, arguments + count});
}
