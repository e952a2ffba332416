#include "core/neo/iterator_script.h"

#include <array>

#include "core/neo/interop.h"
#include "core/neo/script_builder.h"

namespace nsl::neo {
namespace {

// Local variables: 0 the iterator, 1 items left to pass over, 2 items to read, 3 the array.
constexpr std::array<std::uint8_t, 2> kSlots = {4, 0};

// A jump by so many bytes, counted from its own first byte.
void jump(ScriptBuilder& script, Opcode opcode, std::int8_t bytes) {
  const std::array<std::uint8_t, 1> operand = {static_cast<std::uint8_t>(bytes)};
  script.emit(opcode, operand);
}

// Six bytes.
void emit_next(ScriptBuilder& script) {
  script.emit(Opcode::ldloc0).emit_system_call(kSystemIteratorNext);
}

// 14 bytes. Ends where the next loop begins.
void emit_skip_loop(ScriptBuilder& script) {
  script.emit(Opcode::ldloc1);
  jump(script, Opcode::jmpifnot, 13);
  script.emit(Opcode::ldloc1).emit(Opcode::dec).emit(Opcode::stloc1);
  emit_next(script);
  jump(script, Opcode::jmpif, -12);
}

// 23 bytes.
void emit_read_loop(ScriptBuilder& script) {
  script.emit(Opcode::ldloc3).emit(Opcode::size).emit(Opcode::ldloc2);
  jump(script, Opcode::jmpge, 20);
  emit_next(script);
  jump(script, Opcode::jmpifnot, 12);
  script.emit(Opcode::ldloc3).emit(Opcode::ldloc0).emit_system_call(kSystemIteratorValue);
  script.emit(Opcode::append);
  jump(script, Opcode::jmp, -21);
}

}  // namespace

Result<Bytes> make_iterator_script(const UInt160& contract, std::string_view method,
                                   const StackItem::List& arguments, const IteratorRange& range) {
  ScriptBuilder script;
  script.emit(Opcode::initslot, kSlots);
  script.call(contract, method, arguments, CallFlags::read_only).emit(Opcode::stloc0);
  script.push(std::int64_t{range.skip}).emit(Opcode::stloc1);
  script.push(std::int64_t{range.count}).emit(Opcode::stloc2);
  script.emit(Opcode::newarray0).emit(Opcode::stloc3);
  emit_skip_loop(script);
  emit_read_loop(script);
  script.emit(Opcode::ldloc3);
  emit_next(script);
  return std::move(script).finish();
}

}  // namespace nsl::neo
