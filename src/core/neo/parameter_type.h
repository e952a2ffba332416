// The types a contract's manifest declares for parameters, results and event fields.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace nsl::neo {

// neo-project/neo ContractParameterType.
enum class ParameterType : std::uint8_t {
  any = 0x00,
  boolean = 0x10,
  integer = 0x11,
  byte_array = 0x12,
  string = 0x13,
  hash160 = 0x14,
  hash256 = 0x15,
  public_key = 0x16,
  signature = 0x17,
  array = 0x20,
  map = 0x22,
  interop_interface = 0x30,
  void_type = 0xff,
};

// "Hash160"
std::string_view parameter_type_name(ParameterType type);
Result<ParameterType> parse_parameter_type(std::string_view name);

}  // namespace nsl::neo
