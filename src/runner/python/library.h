// Python's library as part of the program: modules in C by a table, modules in Python as byte code
// (library.py makes it). Nothing is read from a file.
#pragma once

#include <span>

namespace nsl::runner::python {

// Before Python starts.
void install_library();
// What a function may import.
std::span<const char* const> allowed_modules();

}  // namespace nsl::runner::python
