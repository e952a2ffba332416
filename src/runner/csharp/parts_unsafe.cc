#include "runner/csharp/parts.h"

#include <algorithm>
#include <vector>

#include "csharp_parts.h"

// The assemblies, as the assembler takes them from the files.
NSL_CSHARP_PART_BYTES

namespace nsl::runner::csharp {
namespace {

std::span<const std::uint8_t> bytes_between(const unsigned char* begin, const unsigned char* end) {
  // SAFETY: the two labels stand around the bytes of one file.
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const Part> parts() {
  static const std::vector<Part> all{NSL_CSHARP_PARTS};
  return all;
}

std::string_view reference_names() { return NSL_CSHARP_REFERENCES; }

std::span<const std::uint8_t> find_part(std::string_view name) {
  const auto found =
      std::ranges::find_if(parts(), [name](const Part& part) { return name == part.name; });
  return found == parts().end() ? std::span<const std::uint8_t>{} : found->bytes;
}

}  // namespace nsl::runner::csharp
