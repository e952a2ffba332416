#include "enclave/execution/run_outcome.h"

namespace nsl::enclave::execution {
namespace {

using nsl::v1::Run;
using runner::v1::RunFinished;

Run::Status to_status(RunFinished::Status status) {
  switch (status) {
    case RunFinished::SUCCEEDED:
      return Run::SUCCEEDED;
    case RunFinished::TIMED_OUT:
      return Run::TIMED_OUT;
    case RunFinished::CANCELLED:
      return Run::CANCELLED;
    default:
      return Run::FAILED;
  }
}

}  // namespace

void describe_end(const RunFinished& finished, Run& run) {
  run.set_status(to_status(finished.status()));
  run.set_output(finished.output());
  if (!finished.has_error()) return;
  auto& error = *run.mutable_error();
  error.set_code(finished.error().code());
  error.set_message(finished.error().message());
  error.set_line(finished.error().line());
  error.set_column(finished.error().column());
  error.set_file(finished.error().file());
}

}  // namespace nsl::enclave::execution
