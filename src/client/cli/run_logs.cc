#include "client/cli/run_logs.h"

#include "client/cli/operation.h"
#include "nsl/v1/run.service.h"

namespace nsl::client::cli {
namespace {

using Runs = v1::RunServiceStub;

// How long one question waits for the next line; less than a request's deadline.
constexpr std::uint32_t kWaitMs = 8000;

const Option kFollow = {.name = "--follow",
                        .help = "Go on until the run has ended, line by line as they are logged",
                        .kind = Option::Kind::flag};

void show_lines(Context& context, const v1::RunLogs& logs) {
  for (const v1::RunLogs::Line& line : logs.lines()) {
    if (context.printer.format() == Format::json) {
      context.printer.answer(line, {});
    } else {
      context.printer.answer(Object{{line.level(), line.text()}});
    }
  }
}

Result<ExitCode> show_logs(Context& context, const v1::RunLogs& logs) {
  if (context.printer.format() == Format::json) {
    context.printer.answer(logs, {});
    return ExitCode::success;
  }
  show_lines(context, logs);
  if (logs.dropped() > 0) context.printer.say(std::to_string(logs.dropped()) + " lines left out");
  return ExitCode::success;
}

// One object a line for programs: the lines alone, as they come.
Result<ExitCode> follow_logs(Context& context, const Runs& runs, const api::Session& session,
                             const std::string& run_id) {
  v1::GetRunLogsRequest request;
  request.set_run(run_id);
  for (;;) {
    NSL_TRY(const v1::RunLogs logs, runs.get_logs(request, session.deadline()));
    show_lines(context, logs);
    if (!logs.next_cursor().empty()) {
      request.set_cursor(logs.next_cursor());
      request.set_wait_ms(kWaitMs);
      continue;
    }
    if (logs.dropped() > 0) {
      context.printer.say(std::to_string(logs.dropped()) + " lines left out");
    }
    return ExitCode::success;
  }
}

Result<ExitCode> logs_of(Context& context, const Arguments& arguments, const Runs& runs,
                         const api::Session& session, const std::string& run_id) {
  if (arguments.has("--follow")) return follow_logs(context, runs, session, run_id);
  v1::GetRunLogsRequest request;
  request.set_run(run_id);
  NSL_TRY(const v1::RunLogs logs, runs.get_logs(request, session.deadline()));
  return show_logs(context, logs);
}

Result<ExitCode> run_logs(Context& context, const Arguments& arguments) {
  NSL_TRY(api::Session* const session,
          open_session_for(context, *v1::GetRunLogsRequest::descriptor()));
  return logs_of(context, arguments, Runs(*session), *session, arguments.value("RUN"));
}

// The newest run of the function, and its log.
Result<ExitCode> function_logs(Context& context, const Arguments& arguments) {
  NSL_TRY(api::Session* const session,
          open_session_for(context, *v1::ListRunsRequest::descriptor()));
  const Runs runs(*session);
  v1::ListRunsRequest list;
  list.set_function(arguments.value("NAME"));
  list.set_limit(1);
  NSL_TRY(const v1::RunList found, runs.list(list, session->deadline()));
  if (found.items().empty()) return fail(Code::run_not_found, "The function has not run yet");
  const std::string& run_id = found.items(0).id();
  context.printer.say(run_id);
  return logs_of(context, arguments, runs, *session, run_id);
}

}  // namespace

std::vector<Command> log_commands() {
  return {{.words = "run logs",
           .summary = "Show what a run wrote to its log",
           .options = {{.name = "RUN", .help = "Id of the run.", .required = true}, kFollow},
           .example = "nsl run logs run_... --follow",
           .run = run_logs},
          {.words = "function logs",
           .summary = "Show what the newest run wrote to its log",
           .options = {{.name = "NAME", .help = "", .required = true}, kFollow},
           .example = "nsl function logs answer --follow",
           .run = function_logs}};
}

}  // namespace nsl::client::cli
