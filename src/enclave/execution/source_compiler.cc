#include "enclave/execution/source_compiler.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "enclave/execution/run_start.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::RunFinished;

// Compiling asks the host for nothing; what it logs is nobody's.
class NoHost final : public RunHandler {
 public:
  Result<std::string> host_call(std::uint32_t /*index*/, std::string_view /*method*/,
                                const std::string& /*arguments*/) override {
    return fail(Code::run_host_call_refused, "A compiler makes no calls");
  }
  void log_line(runner::v1::LogLine::Level /*level*/, const std::string& /*text*/) override {}
};

std::unexpected<Error> refuse(const runner::v1::RunError& error) {
  std::string place = error.file().empty() ? "/source: " : "/archive: " + error.file() + ": ";
  if (error.line() != 0) place += fmt::format("line {}, column {}: ", error.line(), error.column());
  return fail(Code::function_invalid, place + error.message());
}

}  // namespace

Result<std::string> SourceCompiler::check(const std::string& account,
                                          const stored::FunctionVersionRecord& version,
                                          const Deadline& deadline) {
  const jobs::UnderWay::Turn turn(under_way_, account, version.content().name());
  if (!turn) return fail(Code::overloaded, "Other sources of this account are being checked");
  const auto runner = runners_.find(version.content().runtime());
  if (runner == runners_.end()) {
    return fail(Code::runtime_unsupported, "/runtime: this service has no runner for it");
  }
  runner::v1::StartRun start;
  set_sources(version, start);
  start.set_kind(runner::v1::COMPILE);
  start.mutable_limits()->set_wall_ms(static_cast<std::uint32_t>(limits::kRunWallMsDefault));
  NoHost host;
  NSL_TRY(RunFinished finished, runner->second->run(std::move(start), host, deadline));
  switch (finished.status()) {
    case RunFinished::SUCCEEDED:
      break;
    case RunFinished::NOT_STARTED:
    case RunFinished::LOST:
      return fail(Code::runner_unavailable);
    default:  // proto3 enums are open; whatever else it is, this source did it
      return refuse(finished.error());
  }
  if (finished.artifact().size() > static_cast<std::size_t>(limits::kFunctionArtifactBytesMax)) {
    return fail(Code::runner_protocol, "The compiled function is too large");
  }
  return std::move(*finished.mutable_artifact());
}

}  // namespace nsl::enclave::execution
