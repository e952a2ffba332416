// NEF, the file form of a compiled contract: compiler, source, the methods of other contracts it
// calls, the script, and a checksum that becomes part of the contract's hash.
//
// Format and limits: neo-project/neo NefFile and MethodToken. Parsing accepts exactly the bytes
// encode() gives: reserved bytes zero, booleans 0 or 1, nothing behind the checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/script_builder.h"

namespace nsl::neo {

inline constexpr std::size_t kNefCompilerBytesMax = 64;
inline constexpr std::size_t kNefSourceBytesMax = 256;
inline constexpr std::size_t kNefTokensMax = 128;
inline constexpr std::size_t kNefMethodBytesMax = 32;
// The whole file: the largest item of the virtual machine, 2 * 65535.
inline constexpr std::size_t kNefBytesMax = 131070;

struct MethodToken {
  UInt160 contract;
  std::string method;
  std::uint16_t parameter_count = 0;
  bool has_return_value = false;
  CallFlags call_flags = CallFlags::none;

  friend bool operator==(const MethodToken&, const MethodToken&) = default;
};

struct Nef {
  std::string compiler;
  std::string source;
  std::vector<MethodToken> tokens;
  Bytes script;

  friend bool operator==(const Nef&, const Nef&) = default;
};

// Every bound holds and every text is UTF-8.
Result<void> check_nef(const Nef& nef);
// `nef` must pass check_nef().
Bytes encode(const Nef& nef);
// The last field of the file; part of the contract's hash.
std::uint32_t checksum_of(const Nef& nef);

// Fails for a wrong checksum too.
Result<Nef> parse_nef(ByteView bytes);

// For tools that show a damaged file: the fields, and whether the checksum is theirs.
struct NefContent {
  Nef nef;
  std::uint32_t stated_checksum;
  bool is_checksum_valid;
};
Result<NefContent> parse_nef_leniently(ByteView bytes);

}  // namespace nsl::neo
