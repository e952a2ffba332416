// Data that deflate (RFC 1951) made smaller. Not for other folders.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "core/base/bytes.h"

namespace nsl::archive {

enum class Wrapping : std::uint8_t { none, gzip };
enum class InflateError : std::uint8_t { malformed, too_large };

// The whole of `packed` as one stream, with its checksum where there is one. Memory grows with what
// comes out, and never beyond `bytes_max` and one step.
std::expected<std::string, InflateError> inflate(ByteView packed, Wrapping wrapping,
                                                 std::size_t bytes_max);

// The checksum of zip and gzip.
std::uint32_t crc32(ByteView bytes);

}  // namespace nsl::archive
