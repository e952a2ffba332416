#include "runner/python/library.h"

#include <Python.h>

#include "library_blob.h"
#include "library_table.h"
#include "runner/python/natives.h"

// The byte code, as the assembler takes it from the file.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    "kPythonLibrary: .incbin \"" NSL_PYTHON_LIBRARY_BIN
    "\"\n"
    ".popsection\n");

extern "C" {
extern const unsigned char kPythonLibrary[];

// SAFETY: stands in for the archive's own table, so that the modules not named here are not even
// linked; the core reads it as an array that ends with an empty entry.
_inittab _PyImport_Inittab[] = {
    NSL_PYTHON_BUILT_IN_MODULES{"_nsl", nsl::runner::python::make_natives_module},
    {"_contextvars", nsl::runner::python::make_context_variables_module},
    {nullptr, nullptr},
};
}

namespace nsl::runner::python {
namespace {

// The core keeps the address for as long as the process lives.
std::array<_frozen, kLibraryModules.size() + 1> frozen_modules{};

}  // namespace

void install_library() {
  for (std::size_t i = 0; i < kLibraryModules.size(); ++i) {
    const LibraryModule& module = kLibraryModules[i];
    // SAFETY: library.py wrote offsets and sizes together with the bytes.
    frozen_modules[i] = {.name = module.name,
                         .code = kPythonLibrary + module.offset,
                         .size = module.size,
                         .is_package = module.is_package ? 1 : 0,
                         .get_code = nullptr};
  }
  PyImport_FrozenModules = frozen_modules.data();
}

std::span<const char* const> allowed_modules() { return kAllowedModules; }

}  // namespace nsl::runner::python
