// init and test: a function and its tests, on this machine, without a service.
#include <algorithm>
#include <map>

#include "client/cli/commands.h"
#include "client/cli/context.h"
#include "client/cli/folder_watch.h"
#include "client/cli/probes.h"
#include "client/function_test/suite.h"

namespace nsl::client::cli {
namespace {

namespace fs = std::filesystem;
using function_test::Outcome;
using function_test::RunnerLink;
using function_test::Suite;

constexpr std::string_view kSuiteEnding = ".test.json";

struct Template {
  const char* file;
  const char* source;
};

const std::map<std::string, Template, std::less<>>& templates() {
  static const std::map<std::string, Template, std::less<>> kTemplates = {
      {"javascript",
       {"function.js",
        "// Runs with `nsl test .`, and on chain events, schedules and calls once it is deployed:\n"
        "//   nsl function deploy NAME --file function.js --secret api-key --egress "
        "api.example.com\n"
        "export default {\n"
        "  async main(params) {\n"
        "    const key = await neoService.secrets.get('api-key');\n"
        "    const response = await fetch(`https://api.example.com/price?pair=${params.pair}`, {\n"
        "      headers: { authorization: `Bearer ${key}` },\n"
        "    });\n"
        "    if (!response.ok) throw new Error(`the price answered ${response.status}`);\n"
        "    return { pair: params.pair, price: (await response.json()).price };\n"
        "  },\n"
        "};\n"}},
      {"python",
       {"function.py",
        "# Runs with `nsl test .`, and on chain events, schedules and calls once it is deployed:\n"
        "#   nsl function deploy NAME --file function.py --secret api-key --egress "
        "api.example.com\n"
        "async def main(params, context):\n"
        "    key = await neo_service.secrets.get(\"api-key\")\n"
        "    url = f\"https://api.example.com/price?pair={params['pair']}\"\n"
        "    response = await neo_service.http.fetch(url, headers={\"authorization\": "
        "f\"Bearer {key}\"})\n"
        "    if not response.ok:\n"
        "        raise ValueError(f\"the price answered {response.status}\")\n"
        "    return {\"pair\": params[\"pair\"], \"price\": response.json()[\"price\"]}\n"}},
      {"csharp",
       {"function.cs",
        "// Runs with `nsl test .`, and on chain events, schedules and calls once it is deployed:\n"
        "//   nsl function deploy NAME --file function.cs --secret api-key --egress "
        "api.example.com\n"
        "public class Function\n"
        "{\n"
        "    public async Task<object> Main(JsonValue input, Context context)\n"
        "    {\n"
        "        var key = await NeoService.Secrets.GetAsync(\"api-key\");\n"
        "        var response = await NeoService.Http.FetchAsync(\n"
        "            $\"https://api.example.com/price?pair={input[\"pair\"]}\",\n"
        "            headers: new Headers { { \"authorization\", $\"Bearer {key}\" } });\n"
        "        if (!response.Ok) throw new Exception($\"the price answered "
        "{response.Status}\");\n"
        "        return new { pair = input[\"pair\"], price = response.Json()[\"price\"] };\n"
        "    }\n"
        "}\n"}},
  };
  return kTemplates;
}

constexpr const char* kTestTemplate = R"({
  "source": "%",
  "doubles": {
    "secrets": {"api-key": "not a real key"},
    "http": [
      {"url": "https://api.example.com/price?pair=NEO-USD", "body": {"price": "12.5"}},
      {"url": "https://api.example.com/price?pair=none", "status": 404}
    ]
  },
  "tests": [
    {
      "name": "answers the price of a pair",
      "input": {"pair": "NEO-USD"},
      "output": {"pair": "NEO-USD", "price": "12.5"},
      "calls": [{"method": "secrets.get"}, {"method": "http.fetch", "arguments": {"method": "GET"}}]
    },
    {
      "name": "fails for a pair nobody trades",
      "input": {"pair": "none"},
      "error": "the price answered 404"
    }
  ]
}
)";

Result<ExitCode> init(Context& context, const Arguments& arguments) {
  const std::string runtime =
      arguments.has("--runtime") ? arguments.value("--runtime") : "javascript";
  const Template& chosen = templates().at(runtime);
  const fs::path folder = arguments.value("DIR");
  const fs::path source = folder / chosen.file;
  const fs::path suite = folder / ("function" + std::string(kSuiteEnding));
  std::error_code error;
  for (const fs::path& file : {source, suite}) {
    if (!fs::exists(file, error)) continue;
    return fail(Code::cli_usage, file.string() + " is there already; choose another folder");
  }
  fs::create_directories(folder, error);
  std::string tests = kTestTemplate;
  tests.replace(tests.find('%'), 1, chosen.file);
  NSL_TRY_VOID(write_file(source, as_bytes(chosen.source)));
  NSL_TRY_VOID(write_file(suite, as_bytes(tests)));
  context.printer.answer(Object{{"source", source.string()}, {"tests", suite.string()}});
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
  if (extension == ".js" || extension == ".mjs") return std::string("nsl-runner-js");
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
  std::vector<std::string> runtimes;
  for (const auto& [name, content] : templates()) runtimes.push_back(name);
  return {
      {.words = "init",
       .summary = "Make a function with tests that pass",
       .options = {{.name = "DIR", .help = "Folder to put it in", .required = true},
                   {.name = "--runtime", .help = "Its language", .choices = runtimes}},
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
