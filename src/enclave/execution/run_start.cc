#include "enclave/execution/run_start.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "enclave/json/json_arguments.h"

namespace nsl::enclave::execution {
namespace {

std::string context_json(const runs::RunRecord& record,
                         const stored::FunctionVersionRecord& version) {
  const nsl::v1::Run& run = record.value.run();
  std::string environment;
  for (const auto& [name, value] : version.content().environment()) {
    if (!environment.empty()) environment += ',';
    environment += fmt::format("{}:{}", json::json_text(name), json::json_text(value));
  }
  return fmt::format(
      R"({{"run_id":{},"function":{},"version":{},"trigger":{},"environment":{{{}}}}})",
      json::json_text(run.id()), json::json_text(run.function()), run.version(),
      run.trigger().empty() ? "null" : json::json_text(run.trigger()), environment);
}

runner::v1::RunKind kind_of(const stored::RunRecord& record) {
  if (record.is_fetch()) return runner::v1::FETCH;
  return record.run().has_event() ? runner::v1::EVENT : runner::v1::INVOKE;
}

}  // namespace

void set_sources(const stored::FunctionVersionRecord& version, runner::v1::StartRun& start) {
  start.set_source(version.content().source());
  start.set_entry_file(version.content().entry_file());
  for (const nsl::v1::FunctionFile& file : version.files()) {
    runner::v1::SourceFile& given = *start.add_files();
    given.set_path(file.path());
    given.set_content(file.content());
  }
}

runner::v1::StartRun to_start(const runs::RunRecord& record,
                              const stored::FunctionVersionRecord& version, WallTime time) {
  const nsl::v1::PutFunctionRequest& content = version.content();
  runner::v1::StartRun start;
  // A language that is compiled runs what was compiled at deploy.
  if (version.artifact().empty()) {
    set_sources(version, start);
  } else {
    start.set_artifact(version.artifact());
  }
  start.set_entry_point(content.entry_point());
  start.set_input(record.value.run().input());
  start.set_context(context_json(record, version));
  start.set_time_ms(static_cast<std::uint64_t>(time.value()));
  start.set_seed(record.value.seed());
  start.set_kind(kind_of(record.value));
  // A function belongs to one account, and its id to no other function ever.
  if (content.reuse()) {
    start.set_reuse_key(
        fmt::format("{} {}", record.value.function_id(), record.value.run().version()));
  }
  auto& run_limits = *start.mutable_limits();
  run_limits.set_wall_ms(content.limits().wall_ms());
  run_limits.set_cpu_ms(content.limits().cpu_ms());
  run_limits.set_memory_bytes(content.limits().memory_bytes());
  run_limits.set_output_bytes(static_cast<std::uint32_t>(limits::kFunctionOutputBytesMax));
  run_limits.set_log_bytes(static_cast<std::uint32_t>(limits::kFunctionLogBytesMax));
  run_limits.set_host_calls(static_cast<std::uint32_t>(limits::kRunHostCallsMax));
  return start;
}

}  // namespace nsl::enclave::execution
