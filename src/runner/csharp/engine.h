// The C# engine: Mono 6.8, one thread, started once in the zygote together with the host API; every
// run forks from there. The compiler (Roslyn, on the same Mono) is a second zygote of the same
// program: it serves compile jobs only, so that hostile source meets no function that runs.
//
// It trusts the supervisor and nothing in the source, the artifact, the input or the replies. What
// holds hostile code is the cage around the process: C# reaches native code by ways that no check
// of names closes.
#pragma once

#include <cstdint>
#include <memory>

#include "runner/zygote/zygote.h"

namespace nsl::runner::csharp {

enum class Role : std::uint8_t { runs, compiler };

// Puts more natives into Mono; test programs only.
using InstallExtras = void (*)();

std::unique_ptr<zygote::Engine> make_engine(Role role, InstallExtras install_extras = nullptr);

}  // namespace nsl::runner::csharp
