#include "client/function_test/suite.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "client/function_files/function_files.h"
#include "client/function_test/doubles.h"

namespace nsl::client::function_test {
namespace {

namespace fs = std::filesystem;
using neo::JsonValue;
using runner::v1::HostCall;
using runner::v1::RunFinished;

constexpr std::size_t kLineBytesMax = 2000;

std::unexpected<Error> wrong(const fs::path& file, std::string_view why) {
  return fail(Code::cli_usage, fmt::format("{}: {}", file.string(), why));
}

Result<std::string> read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return wrong(file, "cannot be read");
  std::string text(Suite::kFileBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > Suite::kFileBytesMax) return wrong(file, "is larger than 1 MiB");
  return text;
}

std::optional<runner::v1::RunKind> parse_kind(const JsonValue* declared) {
  constexpr std::array<std::pair<std::string_view, runner::v1::RunKind>, 4> kKinds{{
      {"invoke", runner::v1::INVOKE},
      {"event", runner::v1::EVENT},
      {"scheduled", runner::v1::SCHEDULED},
      {"fetch", runner::v1::FETCH},
  }};
  if (declared == nullptr) return runner::v1::INVOKE;
  const std::string* text = declared->find_string();
  for (const auto& [name, kind] : kKinds) {
    if (text != nullptr && *text == name) return kind;
  }
  return std::nullopt;
}

std::string cut(std::string text) {
  if (text.size() > kLineBytesMax) text = text.substr(0, kLineBytesMax) + "...";
  return text;
}

// What differs between the wanted end of a run and the one that came; empty: nothing.
std::string compare_end(const JsonValue& wanted, const RunFinished& finished) {
  const bool has_succeeded = finished.status() == RunFinished::SUCCEEDED;
  const std::string said = finished.error().code() + " " + finished.error().message();
  if (const JsonValue* error = wanted.find("error")) {
    if (has_succeeded) return cut("an error was wanted; it returned " + finished.output());
    const std::string* text = error->find_string();
    if (text != nullptr && said.find(*text) != std::string::npos) return {};
    return cut("another error was wanted: " + to_text(*error) + "; it failed with " + said);
  }
  if (!has_succeeded) return cut("it failed: " + said);
  const JsonValue* output = wanted.find("output");
  if (output == nullptr) return {};
  const auto actual = neo::parse_json(finished.output(), Suite::kFileBytesMax);
  if (actual.has_value() && is_same(*actual, *output)) return {};
  return cut("it returned " + finished.output() + "; wanted is " + to_text(*output));
}

bool matches(const JsonValue& wanted, const HostCall& call) {
  const JsonValue* method = wanted.find("method");
  if (method == nullptr || method->find_string() == nullptr) return false;
  if (*method->find_string() != call.method()) return false;
  const JsonValue* arguments = wanted.find("arguments");
  if (arguments == nullptr) return true;
  const auto actual = neo::parse_json(call.arguments(), Suite::kFileBytesMax);
  return actual.has_value() && contains(*actual, *arguments);
}

std::string compare_calls(const JsonValue& wanted, const std::vector<HostCall>& calls) {
  const JsonValue* declared = wanted.find("calls");
  const auto* list = declared == nullptr ? nullptr : declared->find_array();
  if (list == nullptr) return {};
  auto next = calls.begin();
  for (const JsonValue& entry : *list) {
    while (next != calls.end() && !matches(entry, *next)) ++next;
    if (next == calls.end()) return cut("it did not call " + to_text(entry));
    ++next;
  }
  return {};
}

std::string compare_doubles(const Doubles& doubles) {
  if (doubles.unanswered().empty()) return {};
  return "no double answers " + doubles.unanswered().front();
}

std::string first_of(std::initializer_list<std::string> failures) {
  for (const std::string& failure : failures) {
    if (!failure.empty()) return failure;
  }
  return {};
}

}  // namespace

Result<Suite> Suite::load(const fs::path& file) {
  NSL_TRY(const std::string text, read_text(file));
  const auto json = neo::parse_json(text, kFileBytesMax);
  if (!json.has_value()) return wrong(file, "is not JSON");
  Suite suite;
  const Result<void> has_sources = suite.take_sources(*json, file.parent_path());
  if (!has_sources.has_value()) return wrong(file, has_sources.error().message());
  if (const JsonValue* doubles = json->find("doubles")) {
    suite.doubles_ = *doubles;
    const auto parsed = Doubles::parse(doubles);
    if (!parsed.has_value()) return wrong(file, parsed.error().message());
  }
  const JsonValue* tests = json->find("tests");
  if (tests == nullptr || tests->find_array() == nullptr || tests->find_array()->empty()) {
    return wrong(file, "\"tests\" must be a list of tests");
  }
  for (const JsonValue& declared : *tests->find_array()) {
    const Result<void> taken = suite.take(declared);
    if (!taken.has_value()) return wrong(file, taken.error().message());
  }
  return suite;
}

Result<void> Suite::take_sources(const JsonValue& declared, const fs::path& folder) {
  if (declared.find("folder") != nullptr) return take_files(declared, folder);
  const JsonValue* source = declared.find("source");
  if (source == nullptr || source->find_string() == nullptr) {
    return fail(Code::cli_usage,
                "\"source\" must name the function's file, or \"folder\" the folder of its files");
  }
  source_file_ = folder / *source->find_string();
  NSL_TRY(source_, read_text(source_file_));
  return {};
}

Result<void> Suite::take_files(const JsonValue& declared, const fs::path& folder) {
  const std::string* name = declared.find("folder")->find_string();
  const JsonValue* entry = declared.find("entry_file");
  if (name == nullptr || declared.find("source") != nullptr ||
      (entry != nullptr && entry->find_string() == nullptr)) {
    return fail(Code::cli_usage, "\"folder\" and \"entry_file\" are names, without a \"source\"");
  }
  folder_ = folder / *name;
  NSL_TRY(files_, function_files::read_folder(folder_));
  std::string entry_file;
  if (entry == nullptr) {
    NSL_TRY(entry_file, function_files::find_entry_file(files_));
  } else {
    entry_file = *entry->find_string();
  }
  source_file_ = folder_ / entry_file;
  return {};
}

void Suite::set_sources(runner::v1::StartRun& start) const {
  start.set_source(source_);
  if (files_.empty()) return;
  start.set_entry_file(source_file_.lexically_relative(folder_).generic_string());
  for (const archive::File& file : files_) {
    runner::v1::SourceFile& given = *start.add_files();
    given.set_path(file.path);
    given.set_content(file.content);
  }
}

Result<void> Suite::take(const JsonValue& declared) {
  const JsonValue* name = declared.find("name");
  if (name == nullptr || name->find_string() == nullptr) {
    return fail(Code::cli_usage, "every test has a \"name\"");
  }
  const auto kind = parse_kind(declared.find("kind"));
  if (!kind.has_value()) {
    return fail(Code::cli_usage, "\"kind\" is invoke, event, scheduled or fetch");
  }
  if (declared.find("doubles") != nullptr) NSL_TRY_VOID(Doubles::parse(declared.find("doubles")));
  const JsonValue* input = declared.find("input");
  const JsonValue* context = declared.find("context");
  tests_.push_back({.name = *name->find_string(),
                    .kind = *kind,
                    .input = input == nullptr ? "null" : to_text(*input),
                    .context = context == nullptr ? "{}" : to_text(*context),
                    .declared = declared});
  return {};
}

Result<Outcome> Suite::run_one(RunnerLink& runner, const Test& test,
                               const std::string& artifact) const {
  const JsonValue* own = test.declared.find("doubles");
  NSL_TRY(Doubles doubles, Doubles::parse(own != nullptr       ? own
                                          : doubles_.is_null() ? nullptr
                                                               : &doubles_));
  Outcome outcome{.name = test.name};
  std::vector<HostCall> calls;
  const Surroundings surroundings{
      .answer =
          [&doubles, &calls](const HostCall& call) {
            calls.push_back(call);
            return doubles.answer(call);
          },
      .log = [&outcome](const runner::v1::LogLine& line) { outcome.log.push_back(line.text()); }};
  runner::v1::StartRun start;
  // A language that is compiled runs what the compiler made.
  if (artifact.empty()) set_sources(start);
  start.set_artifact(artifact);
  start.set_kind(test.kind);
  start.set_input(test.input);
  start.set_context(test.context);
  start.set_time_ms(kTestTimeMs);
  // The same randomness in every test.
  start.set_seed(std::string(32, '\0'));
  NSL_TRY(const RunFinished finished, runner.run(std::move(start), surroundings));
  outcome.wall_ms = static_cast<std::uint32_t>((finished.stats().wall_us() + 999) / 1000);
  // A missing double first: what came after it is no surprise.
  outcome.failure = first_of({compare_doubles(doubles), compare_end(test.declared, finished),
                              compare_calls(test.declared, calls)});
  if (!outcome.failure.empty()) outcome.place = place_of(finished);
  return outcome;
}

std::string Suite::place_of(const RunFinished& finished) const {
  if (finished.error().line() == 0) return {};
  const std::string& file = finished.error().file();
  return fmt::format("{}:{}:{}", (file.empty() ? source_file_ : folder_ / file).string(),
                     finished.error().line(), finished.error().column());
}

Result<std::vector<Outcome>> Suite::run(RunnerLink& runner) const {
  runner::v1::StartRun start;
  set_sources(start);
  start.set_kind(runner::v1::COMPILE);
  const Surroundings nobody{.answer = [](const HostCall&) { return Answer{}; },
                            .log = [](const runner::v1::LogLine&) {}};
  NSL_TRY(const RunFinished compiled, runner.run(std::move(start), nobody));
  std::vector<Outcome> outcomes;
  if (compiled.status() != RunFinished::SUCCEEDED) {
    outcomes.push_back({.name = "the source is valid",
                        .failure = cut("it is not: " + compiled.error().message()),
                        .place = place_of(compiled)});
    return outcomes;
  }
  for (const Test& test : tests_) {
    NSL_TRY(Outcome outcome, run_one(runner, test, compiled.artifact()));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace nsl::client::function_test
