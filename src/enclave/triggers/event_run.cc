#include "enclave/triggers/event_run.h"

#include "core/codec/ulid.h"

namespace nsl::enclave::triggers {

Result<runs::NewRun> make_event_run(const functions::FunctionBook& functions, EventRun wanted,
                                    const ConfirmedEvent& event, Random& random,
                                    const Deadline& deadline) {
  const auto function = functions.get(wanted.account, wanted.function, deadline);
  if (!function.has_value() && function.error().code() != Code::function_not_found) {
    return fail(function.error());
  }
  runs::NewRun run{.account = std::move(wanted.account),
                   .run_id = codec::make_id("run", wanted.now, random),
                   .function = {},
                   .input = event.input,
                   .trigger = std::move(wanted.trigger),
                   .event = event.event,
                   .now = wanted.now};
  run.function.set_name(wanted.function);
  if (function.has_value()) {
    run.function = function->value.function();
    if (function->value.policy().has_retry()) run.retry = function->value.policy().retry();
  }
  return run;
}

}  // namespace nsl::enclave::triggers
