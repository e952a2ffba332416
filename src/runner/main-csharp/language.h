// The C# runner as a program, with or without natives for the tests.
#pragma once

#include <algorithm>

#include "runner/csharp/engine.h"
#include "runner/program/program.h"

namespace nsl::runner {

// Of a zygote that only compiles.
inline constexpr std::string_view kCompilerFlag = "--compiler";

inline program::Language csharp_language(csharp::InstallExtras install_extras = nullptr) {
  return {.program = "nsl-runner-csharp",
          .name = "C#",
          .compiler_flag = kCompilerFlag,
          .make_engine = [install_extras](const std::vector<std::string>& flags) {
            const bool is_compiler = std::ranges::find(flags, kCompilerFlag) != flags.end();
            return csharp::make_engine(is_compiler ? csharp::Role::compiler : csharp::Role::runs,
                                       install_extras);
          }};
}

}  // namespace nsl::runner
