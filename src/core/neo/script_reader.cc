#include "core/neo/script_reader.h"

#include "core/base/assert.h"
#include "core/codec/byte_io.h"

namespace nsl::neo {
namespace {

// `form` is OpcodeInfo::operand.
Result<ByteView> read_operand(codec::ByteReader& reader, int form) {
  if (form >= 0) return reader.read_fixed(static_cast<std::size_t>(form));
  std::size_t size = 0;
  if (form == -1) {
    NSL_TRY(size, reader.read_u8());
  } else if (form == -2) {
    NSL_TRY(size, reader.read_u16());
  } else {
    NSL_TRY(size, reader.read_u32());
  }
  return reader.read_fixed(size);
}

}  // namespace

Result<Instruction> ScriptReader::next() {
  NSL_ASSERT(!at_end());
  const auto info = find_opcode(script_[offset_]);
  if (!info.has_value()) return fail(Code::invalid_script, "The script has an unknown instruction");
  codec::ByteReader reader(script_.subspan(offset_ + 1));
  const Result<ByteView> operand = read_operand(reader, info->operand);
  if (!operand.has_value()) return fail(Code::invalid_script, "The script ends inside an operand");
  const Instruction instruction{info->opcode, *operand, offset_};
  offset_ = script_.size() - reader.remaining();
  return instruction;
}

Result<void> check_script(ByteView script) {
  ScriptReader reader(script);
  while (!reader.at_end()) NSL_TRY_VOID(reader.next());
  return {};
}

std::optional<Integer> pushed_integer(const Instruction& instruction) {
  const auto byte = static_cast<std::uint8_t>(instruction.opcode);
  if (instruction.opcode >= Opcode::pushint8 && instruction.opcode <= Opcode::pushint256) {
    Result<Integer> value = Integer::parse_little_endian(instruction.operand);
    NSL_ASSERT(value.has_value());
    return *value;
  }
  if (instruction.opcode >= Opcode::pushm1 && instruction.opcode <= Opcode::push16) {
    return Integer(byte - static_cast<std::uint8_t>(Opcode::push0));
  }
  return std::nullopt;
}

}  // namespace nsl::neo
