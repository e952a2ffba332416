// nsl-runner-fake: a runner around the engine without a language. `--control-fd N
// [SETTING=VALUE]...` with a bound of the supervisor's by its name, or `hang`, whose zygotes never
// serve, or `compiler-hang`, whose compilers never do.
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "runner/posix/process.h"
#include "runner/supervisor/supervisor.h"
#include "runner/testing/fake_engine.h"

namespace {

using nsl::runner::supervisor::Options;

bool take_setting(std::string_view name, std::int64_t value, Options& options) {
  if (name == "hang") {
    options.zygote_arguments = {"--hanging-zygote"};
    options.zygote_start_ms = value;
    return true;
  }
  if (name == "compiler-hang") {
    options.compiler_arguments = {"--hanging-zygote"};
    options.compiler_start_ms = value;
    return true;
  }
  std::int64_t* const field = name == "zygote-runs"      ? &options.zygote_runs_max
                              : name == "templates"      ? &options.templates.count_max
                              : name == "template-bytes" ? &options.templates.bytes_max
                              : name == "template-again" ? &options.templates.again_ms
                              : name == "template-load"  ? &options.templates.load_ms
                              : name == "template-runs"  ? &options.templates.runs_max
                              : name == "reuse"          ? &options.reuse.count_max
                              : name == "reuse-runs"     ? &options.reuse.runs_max
                              : name == "reuse-age"      ? &options.reuse.age_ms
                              : name == "reuse-idle"     ? &options.reuse.idle_ms
                              : name == "reuse-bytes"    ? &options.reuse.bytes_max
                                                         : nullptr;
  if (field != nullptr) *field = value;
  return field != nullptr;
}

}  // namespace

int main(int count, char** arguments) {
  using namespace nsl::runner;
  if (count == 2 && std::string_view(arguments[1]) == "--zygote") {
    return zygote::serve(*testing::make_fake_engine(), {.control = 3});
  }
  if (count == 2 && std::string_view(arguments[1]) == "--hanging-zygote") return pause();
  if (count < 3) return 2;
  Options options{.zygote_arguments = {"--zygote"}};
  for (int i = 3; i < count; ++i) {
    const std::string_view word(arguments[i]);
    const std::size_t end = word.find('=');
    if (end == std::string_view::npos) return 2;
    if (!take_setting(word.substr(0, end), std::atoll(arguments[i] + end + 1), options)) return 2;
  }
  const int control = std::atoi(arguments[2]);
  posix::keep_only(control);
  return supervisor::supervise(posix::Descriptor(control), options);
}
