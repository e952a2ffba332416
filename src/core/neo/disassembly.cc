#include "core/neo/disassembly.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "core/codec/byte_io.h"
#include "core/neo/address.h"
#include "core/neo/interop.h"
#include "core/neo/native.h"
#include "core/neo/script_reader.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {
namespace {

// What an operand means; the virtual machine decides it by instruction.
enum class OperandKind : std::uint8_t {
  none,
  jump,
  try_block,
  system_call,
  stack_type,
  data,
  integer,
  slot_counts,
  index,
};

OperandKind kind_of(Opcode opcode) {
  if (opcode >= Opcode::jmp && opcode <= Opcode::call_l) return OperandKind::jump;
  if (opcode >= Opcode::pushint8 && opcode <= Opcode::pushint256) return OperandKind::integer;
  if (opcode >= Opcode::pushdata1 && opcode <= Opcode::pushdata4) return OperandKind::data;
  switch (static_cast<std::uint8_t>(opcode)) {
    case static_cast<std::uint8_t>(Opcode::pusha):
    case static_cast<std::uint8_t>(Opcode::endtry):
    case static_cast<std::uint8_t>(Opcode::endtry_l):
      return OperandKind::jump;
    case static_cast<std::uint8_t>(Opcode::try_):
    case static_cast<std::uint8_t>(Opcode::try_l):
      return OperandKind::try_block;
    case static_cast<std::uint8_t>(Opcode::syscall):
      return OperandKind::system_call;
    case static_cast<std::uint8_t>(Opcode::newarray_t):
    case static_cast<std::uint8_t>(Opcode::istype):
    case static_cast<std::uint8_t>(Opcode::convert):
      return OperandKind::stack_type;
    case static_cast<std::uint8_t>(Opcode::initslot):
      return OperandKind::slot_counts;
    default:
      // Slots, tokens and lengths: one number. The rest has no operand.
      return get_opcode(opcode).operand > 0 ? OperandKind::index : OperandKind::none;
  }
}

// A signed distance of 1 or 4 bytes.
std::int64_t distance_of(ByteView operand) {
  const Result<Integer> value = Integer::parse_little_endian(operand);
  return value.has_value() ? value->to_int64().value_or(0) : 0;
}

// Where a jump goes, counted from the instruction; nothing when that is outside of the script.
std::optional<std::size_t> target_of(const Instruction& instruction, ByteView distance,
                                     std::size_t script_size) {
  const std::int64_t target = static_cast<std::int64_t>(instruction.offset) + distance_of(distance);
  if (target < 0 || target > static_cast<std::int64_t>(script_size)) return std::nullopt;
  return static_cast<std::size_t>(target);
}

// The jumps of one instruction: none, one, or those of a try block. A distance of zero in a try
// block means that it has no such part, and lands on the instruction itself.
std::vector<ByteView> jump_distances(const Instruction& instruction) {
  switch (kind_of(instruction.opcode)) {
    case OperandKind::jump:
      return {instruction.operand};
    case OperandKind::try_block: {
      const std::size_t half = instruction.operand.size() / 2;
      return {instruction.operand.first(half), instruction.operand.subspan(half)};
    }
    case OperandKind::none:
    case OperandKind::system_call:
    case OperandKind::stack_type:
    case OperandKind::data:
    case OperandKind::integer:
    case OperandKind::slot_counts:
    case OperandKind::index:
      break;
  }
  return {};
}

std::string target_text(const Instruction& instruction, ByteView distance,
                        std::size_t script_size) {
  const auto target = target_of(instruction, distance, script_size);
  return target.has_value() ? fmt::format("to {}", *target) : "out of the script";
}

bool is_printable(ByteView bytes) {
  return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) {
    return byte >= 0x20 && byte < 0x7f;
  });
}

std::string data_note(ByteView data) {
  if (is_printable(data)) return fmt::format("\"{}\"", as_text(data));
  if (const auto hash = UInt160::parse_little_endian(data); hash.has_value()) {
    const auto native = find_native_contract(*hash);
    return native.has_value() ? std::string(native->name) : to_address(*hash);
  }
  if (const auto key = parse_public_key(data); key.has_value()) {
    return "key of " + to_address(*key);
  }
  return "";
}

std::string type_note(ByteView operand) {
  const auto type = find_stack_item_type(operand[0]);
  return type.has_value() ? std::string(stack_item_type_name(*type)) : "unknown type";
}

std::string index_note(ByteView operand) {
  std::uint64_t value = 0;
  for (std::size_t i = operand.size(); i > 0; --i) value = value << 8 | operand[i - 1];
  return std::to_string(value);
}

std::string note_of(const Instruction& instruction, std::size_t script_size) {
  const ByteView operand = instruction.operand;
  switch (kind_of(instruction.opcode)) {
    case OperandKind::none:
      return "";
    case OperandKind::jump:
      return target_text(instruction, operand, script_size);
    case OperandKind::try_block: {
      const std::vector<ByteView> parts = jump_distances(instruction);
      std::string note;
      if (distance_of(parts[0]) != 0) {
        note = "catch " + target_text(instruction, parts[0], script_size);
      }
      if (distance_of(parts[1]) == 0) return note;
      if (!note.empty()) note += ", ";
      return note + "finally " + target_text(instruction, parts[1], script_size);
    }
    case OperandKind::system_call: {
      const auto interop = find_interop(operand);
      return interop.has_value() ? std::string(interop->name) : "unknown system call";
    }
    case OperandKind::stack_type:
      return type_note(operand);
    case OperandKind::data:
      return data_note(operand);
    case OperandKind::integer:
      return pushed_integer(instruction).value_or(Integer()).to_decimal();
    case OperandKind::slot_counts:
      return fmt::format("{} locals, {} arguments", operand[0], operand[1]);
    case OperandKind::index:
      return index_note(operand);
  }
  return "";
}

std::uint32_t price_of(const Instruction& instruction) {
  std::uint32_t price = get_opcode(instruction.opcode).price;
  if (instruction.opcode == Opcode::syscall) {
    if (const auto interop = find_interop(instruction.operand); interop.has_value()) {
      price += interop->price;
    }
  }
  return price;
}

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_script, std::move(message));
}

Result<void> check_type(const Instruction& instruction) {
  if (kind_of(instruction.opcode) != OperandKind::stack_type) return {};
  const auto type = find_stack_item_type(instruction.operand[0]);
  if (!type.has_value()) return invalid("The script names an unknown type");
  if (*type == StackItemType::any && instruction.opcode != Opcode::newarray_t) {
    return invalid("The script converts to the type Any");
  }
  return {};
}

}  // namespace

Result<std::vector<DisassembledInstruction>> disassemble(ByteView script) {
  std::vector<DisassembledInstruction> result;
  ScriptReader reader(script);
  while (!reader.at_end()) {
    NSL_TRY(const Instruction instruction, reader.next());
    result.push_back({.offset = instruction.offset,
                      .opcode = instruction.opcode,
                      .operand = to_bytes(instruction.operand),
                      .note = note_of(instruction, script.size()),
                      .price = price_of(instruction)});
  }
  return result;
}

Result<void> check_script_strictly(ByteView script) {
  std::vector<bool> starts(script.size() + 1, false);
  starts.back() = true;
  std::vector<std::size_t> targets;
  ScriptReader reader(script);
  while (!reader.at_end()) {
    NSL_TRY(const Instruction instruction, reader.next());
    starts[instruction.offset] = true;
    NSL_TRY_VOID(check_type(instruction));
    for (const ByteView distance : jump_distances(instruction)) {
      const auto target = target_of(instruction, distance, script.size());
      if (!target.has_value()) return invalid("The script jumps out of itself");
      targets.push_back(*target);
    }
  }
  const bool all_land = std::all_of(targets.begin(), targets.end(),
                                    [&starts](std::size_t target) { return starts[target]; });
  if (!all_land) return invalid("The script jumps into an operand");
  return {};
}

}  // namespace nsl::neo
