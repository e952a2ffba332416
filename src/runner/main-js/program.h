// What a runner program is: the same executable as supervisor (`--control-fd N`) and as zygote
// (`--zygote`), around one engine.
#pragma once

#include "runner/js/engine.h"
#include "runner/sandbox/cage.h"

namespace nsl::runner {

struct Variant {
  js::InstallExtras install_extras = nullptr;
  // What `--without-layer` may name.
  sandbox::Layers waivable = sandbox::kOptionalLayers;
};

int run_program(int count, char** arguments, const Variant& variant);

}  // namespace nsl::runner
