// The Python runner as a program, with or without natives for the tests.
#pragma once

#include "runner/program/program.h"
#include "runner/python/engine.h"

namespace nsl::runner {

inline program::Language python_language(python::InstallExtras install_extras = nullptr) {
  return {.program = "nsl-runner-python",
          .name = "Python",
          .make_engine = [install_extras](const std::vector<std::string>&) {
            return python::make_engine(install_extras);
          }};
}

}  // namespace nsl::runner
