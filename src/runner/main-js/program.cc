#include "runner/main-js/program.h"

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/log.h"
#include "runner/posix/huge_text.h"
#include "runner/posix/process.h"
#include "runner/supervisor/supervisor.h"
#include "runner/zygote/zygote.h"

namespace nsl::runner {
namespace {

constexpr std::string_view kUsage =
    "usage: nsl-runner-js --control-fd N [--jit]\n"
    "\n"
    "Runs JavaScript functions for nsl-enclave, each in a fresh locked-down process. N is an\n"
    "AF_UNIX stream socket that speaks nsl.runner.v1; when it closes, everything ends.\n"
    "\n"
    "  --jit   let V8 compile to machine code: faster loops, a weaker cage\n";

struct Settings {
  std::optional<int> control;
  bool is_zygote = false;
  bool is_jit = false;
};

std::optional<Settings> parse_settings(const std::vector<std::string_view>& words) {
  Settings settings;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--jit") {
      settings.is_jit = true;
    } else if (words[i] == "--zygote") {
      settings.is_zygote = true;
    } else if (words[i] == "--control-fd" && i + 1 < words.size()) {
      const std::string_view text = words[++i];
      int number = -1;
      const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
      if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < 3)
        return {};
      settings.control = number;
    } else {
      return {};
    }
  }
  if (settings.is_zygote == settings.control.has_value()) return {};
  return settings;
}

int run_zygote(const Settings& settings, js::InstallExtras install_extras) {
  set_log_process("runner-zygote");
  posix::move_code_to_huge_pages();
  const auto engine =
      js::make_engine({.compilation = settings.is_jit ? js::Compilation::machine_code
                                                      : js::Compilation::interpreter,
                       .install_extras = install_extras});
  return zygote::serve(*engine, 3);
}

int run_supervisor(const Settings& settings) {
  set_log_process("runner");
  posix::keep_only(*settings.control);
  // Belt only: the end of the control socket is what tells that the enclave is gone.
  posix::die_with_parent(posix::parent_process());
  supervisor::Options options{.zygote_arguments = {"--zygote"}};
  if (settings.is_jit) options.zygote_arguments.emplace_back("--jit");
  return supervisor::supervise(posix::Descriptor(*settings.control), options);
}

}  // namespace

int run_program(int count, char** arguments, js::InstallExtras install_extras) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  const auto settings = parse_settings(words);
  if (!settings.has_value()) {
    std::fwrite(kUsage.data(), 1, kUsage.size(), stderr);
    return 2;
  }
  return settings->is_zygote ? run_zygote(*settings, install_extras) : run_supervisor(*settings);
}

}  // namespace nsl::runner
