// The JavaScript runner as a program, with or without natives for the tests.
#pragma once

#include "runner/js/engine.h"
#include "runner/program/program.h"

namespace nsl::runner {

inline program::Language javascript(js::InstallExtras install_extras = nullptr) {
  return {.program = "nsl-runner-js",
          .name = "JavaScript",
          .flags = {"--jit"},
          .flags_help =
              "  --jit                  let V8 compile to machine code: faster loops, a "
              "weaker cage\n",
          .make_engine = [install_extras](const std::vector<std::string>& flags) {
            return js::make_engine({.compilation = flags.empty() ? js::Compilation::interpreter
                                                                 : js::Compilation::machine_code,
                                    .install_extras = install_extras});
          }};
}

}  // namespace nsl::runner
