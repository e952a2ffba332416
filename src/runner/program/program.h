// What every runner program is: one executable that is the supervisor (`--control-fd N`), started
// by the enclave, the zygote (`--zygote`), started by the supervisor, or a look at what of the cage
// holds on this machine (`--show-layers`).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/sandbox/cage.h"
#include "runner/zygote/zygote.h"

namespace nsl::runner::program {

struct Language {
  // "nsl-runner-js"
  std::string_view program;
  // "JavaScript"
  std::string_view name;
  // Flags of the engine, which go from the supervisor to its zygotes, and a line about each.
  std::vector<std::string_view> flags = {};
  std::string_view flags_help = {};
  // The flag of a zygote that only compiles; empty: the one zygote does both.
  std::string_view compiler_flag = {};
  // What `--without-layer` may name.
  sandbox::Layers waivable = sandbox::kOptionalLayers;
  // In the zygote; `flags` are those of above that were given, the compiler's among them.
  std::function<std::unique_ptr<zygote::Engine>(const std::vector<std::string>& flags)> make_engine;
};

// The result is the exit code.
int run(int count, char** arguments, const Language& language);

}  // namespace nsl::runner::program
