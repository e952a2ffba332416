// The C++ half of the host API: what runtime.py and neo_service.py call.
#pragma once

#include "runner/guest/host.h"
#include "runner/python/object.h"

namespace nsl::runner::python {

// Entries of the table of modules in C.
PyObject* make_natives_module();
// `_contextvars`, which the archive has only as a file to load: the core's own types by name.
PyObject* make_context_variables_module();

// Whose calls and log lines are sent from now on.
void set_host(guest::Host* host);

}  // namespace nsl::runner::python
