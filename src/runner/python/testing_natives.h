// Natives with which a function misbehaves as if it had captured the engine: `__test.syscall`,
// `.address`, `.fuzz`, `.send`, `.crash` and `.exit`. Linked into nsl-runner-python-test only.
#pragma once

#include "runner/python/engine.h"

namespace nsl::runner::python {

bool install_testing_natives(const Builtins& builtins);

}  // namespace nsl::runner::python
