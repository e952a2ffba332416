// The assemblies that are part of the program (CMakeLists.txt names them). Nothing is read from a
// file, so the program needs no Mono where it runs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace nsl::runner::csharp {

struct Part {
  // "mscorlib.dll"; what only the compiler reads begins with "reference/".
  const char* name;
  std::span<const std::uint8_t> bytes;
};

std::span<const Part> parts();
// The names of those that functions are compiled against, separated by spaces.
std::string_view reference_names();
// Empty when there is none of that name.
std::span<const std::uint8_t> find_part(std::string_view name);

}  // namespace nsl::runner::csharp
