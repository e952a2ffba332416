// Transaction attributes: all five kinds of Neo N3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/byte_io.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"

namespace nsl::neo {

enum class AttributeType : std::uint8_t {
  high_priority = 0x01,
  oracle_response = 0x11,
  not_valid_before = 0x20,
  conflicts = 0x21,
  notary_assisted = 0x22,
};

enum class OracleCode : std::uint8_t {
  success = 0x00,
  protocol_not_supported = 0x10,
  consensus_unreachable = 0x12,
  not_found = 0x14,
  timeout = 0x16,
  forbidden = 0x18,
  response_too_large = 0x1a,
  insufficient_funds = 0x1c,
  content_type_not_supported = 0x1f,
  error = 0xff,
};

struct HighPriority {
  friend bool operator==(const HighPriority&, const HighPriority&) = default;
};
struct OracleResponse {
  std::uint64_t id = 0;
  OracleCode code = OracleCode::success;
  // Empty unless the code is success.
  Bytes result;
  friend bool operator==(const OracleResponse&, const OracleResponse&) = default;
};
struct NotValidBefore {
  BlockIndex height;
  friend bool operator==(const NotValidBefore&, const NotValidBefore&) = default;
};
struct Conflicts {
  UInt256 transaction;
  friend bool operator==(const Conflicts&, const Conflicts&) = default;
};
struct NotaryAssisted {
  std::uint8_t key_count = 0;
  friend bool operator==(const NotaryAssisted&, const NotaryAssisted&) = default;
};

using Attribute =
    std::variant<HighPriority, OracleResponse, NotValidBefore, Conflicts, NotaryAssisted>;

AttributeType attribute_type(const Attribute& attribute);
// "HighPriority", "OracleResponse", ...
std::string_view attribute_name(AttributeType type);

Result<void> check_attribute(const Attribute& attribute);
// `attribute` must pass check_attribute().
void write_attribute(codec::ByteWriter& writer, const Attribute& attribute);
Result<Attribute> read_attribute(codec::ByteReader& reader);

}  // namespace nsl::neo
