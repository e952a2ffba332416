// The run an event starts.
#pragma once

#include <string>

#include "core/base/random.h"
#include "enclave/functions/function_book.h"
#include "enclave/runs/run_book.h"
#include "enclave/triggers/event_receiver.h"

namespace nsl::enclave::triggers {

struct EventRun {
  std::string account;
  std::string function;
  // What the run says it was started by.
  std::string trigger;
  WallTime now;
};

// Of the function as it is now. Without its function the run is made all the same: it fails and
// says why.
Result<runs::NewRun> make_event_run(const functions::FunctionBook& functions, EventRun wanted,
                                    const ConfirmedEvent& event, Random& random,
                                    const Deadline& deadline);

}  // namespace nsl::enclave::triggers
