// The C++ half of the library: what Natives.cs declares, and the parts of Mono's own library that
// count on other threads, processes or files.
#pragma once

#include "runner/abi/abi.h"
#include "runner/guest/host.h"

namespace nsl::runner::csharp {

// Before any code that calls them.
void install_natives();

// Whose calls and log lines are sent from now on, and where the end of the run is put.
void set_run(guest::Host* host, abi::Done* done);

}  // namespace nsl::runner::csharp
