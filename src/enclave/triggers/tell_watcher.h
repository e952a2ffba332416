// The host's watcher learns that others wait, or for other events.
#pragma once

#include "core/base/clock.h"
#include "core/wire/service.h"

namespace nsl::enclave::triggers {

// If the message is lost, the watcher reads the list at its next connection.
void tell_watcher(wire::Transport& host, const Deadline& deadline);

}  // namespace nsl::enclave::triggers
