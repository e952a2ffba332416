#include "runner/program/program.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "core/base/log.h"
#include "runner/posix/huge_text.h"
#include "runner/posix/process.h"
#include "runner/supervisor/supervisor.h"

namespace nsl::runner::program {
namespace {

struct Settings {
  std::optional<int> control;
  bool is_zygote = false;
  bool shows_layers = false;
  std::vector<std::string> flags;
  sandbox::Layers waived = sandbox::kNoLayers;
};

std::string usage(const Language& language) {
  const std::string program(language.program);
  std::string flags;
  for (const std::string_view flag : language.flags) flags += " [" + std::string(flag) + "]";
  return "usage: " + program + " --control-fd N" + flags + " [--without-layer NAME]...\n" +
         "       " + program + " --show-layers [--without-layer NAME]...\n\n" + "Runs " +
         std::string(language.name) +
         " functions for nsl-enclave, each in a fresh locked-down process. N is an\n"
         "AF_UNIX stream socket that speaks nsl.runner.v1; when it closes, everything ends.\n\n" +
         std::string(language.flags_help) +
         "  --without-layer NAME   go on where this machine lacks that layer of the cage\n"
         "  --show-layers          a line for each layer: in force, waived, or why it is missing\n";
}

std::optional<int> parse_descriptor(std::string_view text) {
  int number = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < 3) return {};
  return number;
}

std::optional<Settings> parse_settings(const std::vector<std::string_view>& words,
                                       const Language& language) {
  Settings settings;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--zygote") {
      settings.is_zygote = true;
    } else if (words[i] == "--show-layers") {
      settings.shows_layers = true;
    } else if (words[i] == "--control-fd" && has_value) {
      settings.control = parse_descriptor(words[++i]);
      if (!settings.control.has_value()) return {};
    } else if (words[i] == "--without-layer" && has_value) {
      const auto layer = sandbox::find_layer(words[++i]);
      if (!layer.has_value() || (*layer & language.waivable) == 0) return {};
      settings.waived |= *layer;
    } else if (std::ranges::find(language.flags, words[i]) != language.flags.end() ||
               words[i] == language.compiler_flag) {
      settings.flags.emplace_back(words[i]);
    } else {
      return {};
    }
  }
  const int modes =
      int{settings.is_zygote} + int{settings.shows_layers} + int{settings.control.has_value()};
  if (modes != 1) return {};
  return settings;
}

int run_zygote(const Settings& settings, const Language& language) {
  set_log_process("runner-zygote");
  posix::move_code_to_huge_pages();
  const auto engine = language.make_engine(settings.flags);
  return zygote::serve(*engine, {.control = 3, .waived = settings.waived});
}

int run_supervisor(const Settings& settings, const Language& language) {
  set_log_process("runner");
  posix::keep_only(*settings.control);
  // Belt only: the end of the control socket is what tells that the enclave is gone.
  posix::die_with_parent(posix::parent_process());
  supervisor::Options options{.zygote_arguments = {"--zygote"}};
  std::vector<std::string>& arguments = options.zygote_arguments;
  arguments.insert(arguments.end(), settings.flags.begin(), settings.flags.end());
  for (const std::string& name : sandbox::layer_names(settings.waived)) {
    arguments.insert(arguments.end(), {"--without-layer", name});
  }
  if (!language.compiler_flag.empty()) {
    options.compiler_arguments = arguments;
    options.compiler_arguments.emplace_back(language.compiler_flag);
  }
  return supervisor::supervise(posix::Descriptor(*settings.control), options);
}

std::string describe_layers(const Settings& settings) {
  sandbox::OuterCage cage(settings.waived);
  cage.enter();
  cage.close();
  std::string text;
  for (const auto& name : sandbox::layer_names(cage.layers())) text += name + ": in force\n";
  for (const auto& name : sandbox::layer_names(settings.waived)) text += name + ": waived\n";
  for (const auto& [layer, reason] : cage.missing()) {
    text += sandbox::layer_names(layer).front() + ": missing, " + reason + "\n";
  }
  return text;
}

// A process of its own enters the cage and says over a socket what holds: from inside it could
// write to no file. 1 when a layer is missing.
int show_layers(const Settings& settings) {
  const auto text = posix::ask_child([&settings] { return describe_layers(settings); });
  if (!text.has_value()) return 1;
  std::fwrite(text->data(), 1, text->size(), stdout);
  return text->empty() || text->find(": missing, ") != std::string::npos ? 1 : 0;
}

}  // namespace

int run(int count, char** arguments, const Language& language) {
  const std::vector<std::string_view> words(arguments + 1, arguments + count);
  const auto settings = parse_settings(words, language);
  if (!settings.has_value()) {
    const std::string text = usage(language);
    std::fwrite(text.data(), 1, text.size(), stderr);
    return 2;
  }
  if (settings->shows_layers) return show_layers(*settings);
  return settings->is_zygote ? run_zygote(*settings, language)
                             : run_supervisor(*settings, language);
}

}  // namespace nsl::runner::program
