// ULIDs (github.com/ulid/spec): 48 bits of milliseconds and 80 random bits, so that ids sort by
// time and nobody guesses the next one. Their text is 26 digits of Crockford's base32 in upper
// case; only that one text is accepted back.
//
// A resource id is a prefix and a ULID: "run_01JD7Y3K5QJ8M2N4P6R8T0V2X4".
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/strong.h"

namespace nsl::codec {

using Ulid = Strong<struct UlidTag, std::array<std::uint8_t, 16>>;

// Characters of a ULID's text.
inline constexpr std::size_t kUlidTextSize = 26;

Ulid make_ulid(WallTime time, Random& random);
WallTime ulid_time(const Ulid& ulid);
std::string to_text(const Ulid& ulid);
Result<Ulid> parse_ulid(std::string_view text);

// make_id("run", ...) is "run_" and the text of a fresh ULID.
std::string make_id(std::string_view prefix, WallTime time, Random& random);
// The ULID of an id with exactly this prefix.
Result<Ulid> parse_id(std::string_view prefix, std::string_view text);

}  // namespace nsl::codec
