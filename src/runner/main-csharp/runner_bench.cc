// How long a C# run takes, against what a process costs at all: medians of interleaved repetitions.
//
//   runner_main-csharp_bench [--json] [--rounds N] [NAME...]     all measures, or those named
//
//   fork+wait         an empty child of this small process
//   cold run          StartRun sent until RunFinished received: load, compile to machine code, run
//   host call         a run that makes 1000 host calls one after the other, per call
//   pipe round trip   a message to another process and back
//   loop of 3e7       a loop of 30,000,000 steps
//   compile           a source to an artifact, the compiler warm
//   mono nothing.exe  a whole Mono process that does nothing
#include "runner/testing/measures.h"

namespace nsl::runner {
namespace {

using testing::Driver;

std::string main_of(const std::string& body) {
  return "public class Function { public object Main(JsonValue input) { " + body + " } }";
}

v1::StartRun compiled(Driver& driver, const std::string& body) {
  v1::StartRun request;
  request.set_source(main_of(body));
  request.set_kind(v1::COMPILE);
  v1::StartRun run;
  run.set_artifact(driver.run(std::move(request)).finished.artifact());
  run.set_input("{\"a\":1}");
  return run;
}

bool succeeds(Driver& driver, const v1::StartRun& request) {
  return driver.run(request).finished.status() == v1::RunFinished::SUCCEEDED;
}

int run_benchmarks(std::vector<std::string> words) {
  Driver driver("nsl-runner-csharp");
  driver.on("time.now", [](const v1::HostCall&) { return "1"; });
  const v1::StartRun trivial = compiled(driver, "return new { sum = (int)input[\"a\"] + 1 };");
  const v1::StartRun chatty =
      compiled(driver, "for (int i = 0; i < 1000; i++) NeoService.Time.Now(); return null;");
  const v1::StartRun loop = compiled(
      driver,
      "long s = 0; for (int i = 0; i < 30000000; i++) s = (s + i * 7L) % 1000003; return s;");
  v1::StartRun source;
  source.set_source(main_of("return new { sum = (int)input[\"a\"] + 1 };"));
  source.set_kind(v1::COMPILE);
  std::vector<testing::Measure> measures;
  measures.push_back({.name = "fork+wait", .repetitions = 200, .once = testing::fork_and_wait});
  const auto add = [&driver, &measures](const char* name, int repetitions, double divisor,
                                        const v1::StartRun& request) {
    measures.push_back({.name = name,
                        .repetitions = repetitions,
                        .once = [&driver, &request] { return succeeds(driver, request); },
                        .divisor = divisor});
  };
  add("cold run", 200, 1, trivial);
  add("host call", 3, 1000, chatty);
  measures.push_back({.name = "pipe round trip",
                      .repetitions = 3,
                      .once = testing::pipe_round_trips,
                      .divisor = testing::kPipeRoundTrips});
  add("loop of 3e7", 3, 1, loop);
  add("compile", 20, 1, source);
  constexpr const char* kMake =
      "cd /tmp && echo 'class N { static void Main() {} }' > nsl-nothing.cs && "
      "mcs -out:nsl-nothing.exe nsl-nothing.cs >/dev/null 2>&1";
  constexpr const char* kProcess = "exec mono /tmp/nsl-nothing.exe >/dev/null 2>&1";
  if (testing::shell(kMake) && testing::shell(kProcess)) {
    measures.push_back({.name = "mono nothing.exe", .repetitions = 20, .once = [] {
                          return testing::shell(kProcess);
                        }});
  }
  return testing::run_measures(std::move(measures), std::move(words), [&driver, &trivial] {
    return static_cast<double>(driver.run(trivial).finished.stats().cpu_us());
  });
}

}  // namespace
}  // namespace nsl::runner

int main(int count, char** arguments) {
  return nsl::runner::run_benchmarks({arguments + 1, arguments + count});
}
