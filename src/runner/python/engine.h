// The Python engine: CPython 3.11, one thread, started once in the zygote together with its library
// and the host API; every run forks from there with warm modules and a namespace no user code has
// seen.
//
// It trusts the supervisor and nothing in the source, the input or the replies it hands to the
// function. What holds hostile code is the cage around the process; what Python itself refuses
// (imports, threads, files) is there so that a function hears a reason.
#pragma once

#include <memory>

#include "runner/zygote/zygote.h"

namespace nsl::runner::python {

// The built-ins that a function sees (object.h).
struct Builtins;

// Puts more names into them; test programs only.
using InstallExtras = bool (*)(const Builtins& builtins);

std::unique_ptr<zygote::Engine> make_engine(InstallExtras install_extras = nullptr);

}  // namespace nsl::runner::python
