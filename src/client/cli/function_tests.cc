// init and test: a function and its tests, on this machine, without a service.
#include <algorithm>
#include <map>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/folder_watch.h"
#include "client/cli/function_templates.h"
#include "client/cli/probes.h"
#include "client/function_test/suite.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;
using function_test::Outcome;
using function_test::RunnerLink;
using function_test::Suite;

constexpr std::string_view kSuiteEnding = ".test.json";

Result<ExitCode> init(Context& context, const Arguments& arguments) {
  const std::string runtime =
      arguments.has("--runtime") ? arguments.value("--runtime") : "javascript";
  const fs::path folder = arguments.value("DIR");
  const std::vector<TemplateFile> files = template_files(
      runtime, arguments.has("--several") ? Layout::several_files : Layout::one_file);
  std::error_code error;
  for (const TemplateFile& file : files) {
    if (!fs::exists(folder / file.path, error)) continue;
    return fail(Code::cli_usage,
                (folder / file.path).string() + " is there already; choose another folder");
  }
  for (const TemplateFile& file : files) {
    fs::create_directories((folder / file.path).parent_path(), error);
    NSL_TRY_VOID(write_file(folder / file.path, as_bytes(file.content)));
  }
  context.printer.answer(Object{{"source", (folder / files.front().path).string()},
                                {"tests", (folder / files.back().path).string()}});
  context.printer.say("Try it: nsl test " + folder.string());
  return ExitCode::success;
}

Result<std::vector<fs::path>> find_suites(const fs::path& place) {
  std::error_code error;
  if (fs::is_regular_file(place, error)) return std::vector<fs::path>{place};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(place, error)) {
    if (entry.path().string().ends_with(kSuiteEnding)) files.push_back(entry.path());
  }
  if (error) return fail(Code::cli_usage, "Cannot read the folder " + place.string());
  if (files.empty()) {
    return fail(Code::cli_usage, "No tests (*.test.json) in " + place.string() + "; nsl init DIR");
  }
  std::ranges::sort(files);
  return files;
}

Result<std::string> runner_for(const fs::path& source) {
  const std::string extension = source.extension().string();
  if (extension == ".js" || extension == ".mjs" || extension == ".cjs") {
    return std::string("nsl-runner-js");
  }
  if (extension == ".py") return std::string("nsl-runner-python");
  if (extension == ".cs") return std::string("nsl-runner-csharp");
  return fail(Code::cli_usage, "The name of " + source.string() + " does not tell its language");
}

// Runners by program, started when the first suite needs them.
class Runners {
 public:
  Result<RunnerLink*> get(const fs::path& source) {
    NSL_TRY(const std::string program, runner_for(source));
    const auto found = links_.find(program);
    if (found != links_.end()) return &found->second;
    // Only root can give a function a user of its own; a test of one's own code goes without.
    std::vector<std::string> arguments;
    if (!is_root()) arguments = {"--without-layer", "user"};
    NSL_TRY(RunnerLink link, RunnerLink::start(program_folder() / program, arguments));
    return &links_.emplace(program, std::move(link)).first->second;
  }

 private:
  std::map<std::string, RunnerLink> links_;
};

void show(Printer& printer, const Outcome& outcome) {
  const std::string time = " (" + std::to_string(outcome.wall_ms) + " ms)";
  if (outcome.failure.empty()) {
    printer.say("ok      " + outcome.name + time);
    return;
  }
  printer.warn("FAILED  " + outcome.name + time + "\n        " + outcome.failure);
  if (!outcome.place.empty()) printer.warn("        at " + outcome.place);
  for (const std::string& line : outcome.log) printer.warn("        log: " + line);
}

Object describe(const Outcome& outcome) {
  List log;
  for (const std::string& line : outcome.log) log.emplace_back(line);
  return {{"name", outcome.name},       {"passed", outcome.failure.empty()},
          {"failure", outcome.failure}, {"place", outcome.place},
          {"log", std::move(log)},      {"wall_ms", std::int64_t{outcome.wall_ms}}};
}

// Whether all passed.
Result<bool> run_suites(Context& context, Runners& runners, const fs::path& place) {
  NSL_TRY(const std::vector<fs::path> files, find_suites(place));
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  List described;
  for (const fs::path& file : files) {
    NSL_TRY(const Suite suite, Suite::load(file));
    NSL_TRY(RunnerLink* const runner, runners.get(suite.source_file()));
    context.printer.say(file.string());
    NSL_TRY(const std::vector<Outcome> outcomes, suite.run(*runner));
    for (const Outcome& outcome : outcomes) {
      show(context.printer, outcome);
      (outcome.failure.empty() ? passed : failed) += 1;
      described.emplace_back(describe(outcome));
    }
  }
  Object answer{{"passed", passed}, {"failed", failed}};
  if (context.printer.format() == Format::json) {
    answer.push_back({"tests", std::move(described)});
  }
  context.printer.answer(answer);
  return failed == 0;
}

Result<ExitCode> test(Context& context, const Arguments& arguments) {
  const fs::path place = arguments.value("DIR");
  Runners runners;
  if (!arguments.has("--watch")) {
    NSL_TRY(const bool is_good, run_suites(context, runners, place));
    return is_good ? ExitCode::success : ExitCode::failed;
  }
  std::error_code error;
  NSL_TRY(const FolderWatch watch,
          FolderWatch::start(fs::is_directory(place, error) ? place
                                                            : fs::absolute(place).parent_path()));
  for (;;) {
    const auto good = run_suites(context, runners, place);
    // A file that is being written may be no suite for a moment.
    if (!good.has_value()) context.printer.warn(good.error().message());
    context.printer.say("Waiting for a change; stop with Ctrl-C");
    watch.wait();
  }
}

}  // namespace

std::vector<Command> function_test_commands() {
  return {
      {.words = "init",
       .summary = "Make a function with tests that pass",
       .options = {{.name = "DIR", .help = "Folder to put it in", .required = true},
                   {.name = "--runtime", .help = "Its language", .choices = template_runtimes()},
                   {.name = "--several",
                    .help = "In two files, to be deployed as a folder",
                    .kind = Option::Kind::flag}},
       .example = "nsl init price",
       .run = init},
      {.words = "test",
       .summary = "Run a function's tests in the real runner, on this machine",
       .options = {{.name = "DIR",
                    .help = "Folder with tests (*.test.json), or one such file",
                    .required = true},
                   {.name = "--watch",
                    .help = "Run again whenever a file changes",
                    .kind = Option::Kind::flag}},
       .example = "nsl test price --watch",
       .run = test},
  };
}

}  // namespace nsl::client::cli
