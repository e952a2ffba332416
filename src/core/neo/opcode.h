// The instructions of the Neo N3 virtual machine, their names, prices and operands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/neo/opcode_table.h"

namespace nsl::neo {

enum class Opcode : std::uint8_t {
#define NSL_NEO_OPCODE_ENUM(name, byte, text, price, operand) name = byte,
  NSL_NEO_OPCODES(NSL_NEO_OPCODE_ENUM)
#undef NSL_NEO_OPCODE_ENUM
};

struct OpcodeInfo {
  Opcode opcode;
  std::string_view text;
  // Execution units; the fee is this times the network's execution fee factor.
  std::uint32_t price;
  // Bytes of the operand, or minus the bytes of the length in front of it.
  int operand;
};

// Nothing for a byte that is no instruction.
std::optional<OpcodeInfo> find_opcode(std::uint8_t byte);
// By its name in capitals: "PUSHDATA1".
std::optional<OpcodeInfo> find_opcode(std::string_view text);
// Every instruction, by number. Valid for the life of the program.
std::span<const OpcodeInfo> all_opcodes();
OpcodeInfo get_opcode(Opcode opcode);

}  // namespace nsl::neo
