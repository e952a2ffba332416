// Call: what a service knows of the request it serves. `now` and `random` make a repeated request
// (same idempotency key) give the same ids, so that a crash between effect and reply cannot double
// the effect.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "enclave/identity/caller.h"

namespace nsl::enclave::router {

struct Call {
  const Deadline& deadline;
  identity::Caller caller;
  std::string request_id;
  std::string if_match;
  WallTime now;
  Random& random;

  const std::string& account() const { return caller.account.value(); }
};

}  // namespace nsl::enclave::router
