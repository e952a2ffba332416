// nsl-runner-fake: a runner around the engine without a language; with --hang, one whose zygotes
// never serve; with --few-runs, one whose zygotes are replaced after three runs.
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "runner/posix/process.h"
#include "runner/supervisor/supervisor.h"
#include "runner/testing/fake_engine.h"

int main(int count, char** arguments) {
  using namespace nsl::runner;
  if (count == 2 && std::string_view(arguments[1]) == "--zygote") {
    return zygote::serve(*testing::make_fake_engine(), {.control = 3});
  }
  if (count == 2 && std::string_view(arguments[1]) == "--hanging-zygote") return pause();
  if (count < 3) return 2;
  const int control = std::atoi(arguments[2]);
  posix::keep_only(control);
  if (count == 4 && std::string_view(arguments[3]) == "--few-runs") {
    return supervisor::supervise(posix::Descriptor(control),
                                 {.zygote_arguments = {"--zygote"}, .zygote_runs_max = 3});
  }
  if (count == 4 && std::string_view(arguments[3]) == "--hang") {
    return supervisor::supervise(posix::Descriptor(control),
                                 {.zygote_arguments = {"--hanging-zygote"}, .zygote_start_ms = 10});
  }
  return supervisor::supervise(posix::Descriptor(control), {.zygote_arguments = {"--zygote"}});
}
