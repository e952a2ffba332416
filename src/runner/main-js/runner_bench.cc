// How long a run takes, against what a process costs at all: medians of interleaved repetitions.
//
//   runner_main-js_bench [--json] [NAME...]     all measures, or those named
//
//   fork+wait     an empty child of this small process
//   cold run      StartRun sent until RunFinished received: fork, cage, compile, run, reap
//   cold run jit  the same with --jit
//   host call     a run that makes 1000 host calls one after the other, per call
//   node -e 0     a whole node process, where there is one
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "runner/posix/process.h"
#include "runner/testing/driver.h"

namespace nsl::runner {
namespace {

using testing::Driver;

constexpr int kRounds = 7;

struct Measure {
  std::string name;
  int repetitions;
  std::function<bool()> once;
  double divisor = 1;
  std::vector<double> p50_us = {};
  std::vector<double> p99_us = {};
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure_round(Measure& measure) {
  std::vector<double> times;
  for (int i = 0; i < measure.repetitions; ++i) {
    const std::int64_t start = posix::monotonic_us();
    if (!measure.once()) return;
    times.push_back(static_cast<double>(posix::monotonic_us() - start) / measure.divisor);
  }
  std::ranges::sort(times);
  measure.p50_us.push_back(times[times.size() / 2]);
  measure.p99_us.push_back(times[times.size() * 99 / 100]);
}

bool fork_and_wait() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  return child > 0 && posix::wait_for(child) == 0;
}

bool run_once(Driver& driver, const std::string& source) {
  return driver.run(source, "{\"a\":1}").finished.status() == v1::RunFinished::SUCCEEDED;
}

// The kernel's figure of a run's own CPU time, which a busy machine distorts less than wall time.
double cpu_us_of(Driver& driver, const std::string& source) {
  std::vector<double> times;
  for (int i = 0; i < 100; ++i) {
    times.push_back(static_cast<double>(driver.run(source, "{\"a\":1}").finished.stats().cpu_us()));
  }
  return median(std::move(times));
}

int run_benchmarks(bool is_json, const std::vector<std::string>& names) {
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
  measures.push_back({.name = "fork+wait", .repetitions = 200, .once = fork_and_wait});
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
  measures.push_back({.name = "loop of 3e6", .repetitions = 3, .once = [&interpreter, &loop] {
                        return run_once(interpreter, loop);
                      }});
  measures.push_back({.name = "loop of 3e6 jit", .repetitions = 3, .once = [&compiler, &loop] {
                        return run_once(compiler, loop);
                      }});
  if (std::system("node -e 0 >/dev/null 2>&1") == 0) {
    measures.push_back({.name = "node -e 0", .repetitions = 5, .once = [] {
                          return std::system("node -e 0 >/dev/null 2>&1") == 0;
                        }});
  }
  if (!names.empty()) {
    std::erase_if(measures, [&names](const Measure& measure) {
      return std::ranges::find(names, measure.name) == names.end();
    });
  }
  for (Measure& measure : measures) measure.once();
  for (int round = 0; round < kRounds; ++round) {
    for (Measure& measure : measures) measure_round(measure);
  }
  for (const Measure& measure : measures) {
    if (measure.p50_us.empty()) return 1;
    std::printf(is_json ? "{\"measure\":\"%s\",\"p50_us\":%.1f,\"p99_us\":%.1f}\n"
                        : "%-16s p50 %9.1f us   p99 %9.1f us\n",
                measure.name.c_str(), median(measure.p50_us), median(measure.p99_us));
  }
  std::printf(is_json ? "{\"measure\":\"%s\",\"p50_us\":%.1f}\n" : "%-16s p50 %9.1f us\n",
              "cold run cpu", cpu_us_of(interpreter, trivial));
  return 0;
}

}  // namespace
}  // namespace nsl::runner

int main(int count, char** arguments) {
  std::vector<std::string> names(arguments + 1, arguments + count);
  const bool is_json = std::erase(names, "--json") > 0;
  return nsl::runner::run_benchmarks(is_json, names);
}
