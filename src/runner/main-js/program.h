// What a runner program is: the same executable as supervisor (`--control-fd N`) and as zygote
// (`--zygote`), around one engine.
#pragma once

#include "runner/js/engine.h"

namespace nsl::runner {

int run_program(int count, char** arguments, js::InstallExtras install_extras);

}  // namespace nsl::runner
