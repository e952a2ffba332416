#include "core/neo/script_builder.h"

#include <bit>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/byte_io.h"
#include "core/neo/interop.h"

namespace nsl::neo {
namespace {

Opcode shifted(Opcode base, std::int64_t steps) {
  return static_cast<Opcode>(static_cast<std::int64_t>(base) + steps);
}

}  // namespace

ScriptBuilder& ScriptBuilder::emit(Opcode opcode) {
  script_.push_back(static_cast<std::uint8_t>(opcode));
  return *this;
}

ScriptBuilder& ScriptBuilder::emit(Opcode opcode, ByteView operand) {
  NSL_ASSERT(std::cmp_equal(get_opcode(opcode).operand, operand.size()));
  emit(opcode);
  append(script_, operand);
  return *this;
}

ScriptBuilder& ScriptBuilder::emit_system_call(std::string_view name) {
  emit(Opcode::syscall);
  append(script_, interop_id(name));
  return *this;
}

ScriptBuilder& ScriptBuilder::push(const Integer& value) {
  const auto small = value.to_int64();
  if (small.has_value() && *small >= -1 && *small <= 16)
    return emit(shifted(Opcode::push0, *small));
  Bytes bytes = value.to_little_endian();
  // PUSHINT8 to PUSHINT256 take 1, 2, 4, 8, 16 or 32 bytes; the number is sign-extended.
  const std::size_t size = std::bit_ceil(bytes.size());
  bytes.resize(size, value.is_negative() ? 0xFF : 0x00);
  emit(shifted(Opcode::pushint8, std::countr_zero(size)));
  append(script_, bytes);
  return *this;
}

ScriptBuilder& ScriptBuilder::push(std::int64_t value) { return push(Integer(value)); }

ScriptBuilder& ScriptBuilder::push(ByteView value) {
  codec::ByteWriter length;
  if (value.size() <= UINT8_MAX) {
    emit(Opcode::pushdata1);
    length.write_u8(static_cast<std::uint8_t>(value.size()));
  } else if (value.size() <= UINT16_MAX) {
    emit(Opcode::pushdata2);
    length.write_u16(static_cast<std::uint16_t>(value.size()));
  } else {
    // No script is that long: remember it instead of copying the value.
    is_valid_ = false;
    return *this;
  }
  append(script_, length.bytes());
  append(script_, value);
  return *this;
}

ScriptBuilder& ScriptBuilder::push(std::string_view value) { return push(as_bytes(value)); }
ScriptBuilder& ScriptBuilder::push(const UInt160& value) {
  return push(ByteView(value.little_endian()));
}
ScriptBuilder& ScriptBuilder::push(const UInt256& value) {
  return push(ByteView(value.little_endian()));
}

ScriptBuilder& ScriptBuilder::push_boolean(bool value) {
  return emit(value ? Opcode::pusht : Opcode::pushf);
}

ScriptBuilder& ScriptBuilder::push_null() { return emit(Opcode::pushnull); }

void ScriptBuilder::push_list(const StackItem::List& items, Opcode pack, Opcode empty) {
  if (items.empty()) {
    emit(empty);
    return;
  }
  for (auto item = items.rbegin(); item != items.rend(); ++item) push(*item);
  push(static_cast<std::int64_t>(items.size())).emit(pack);
}

ScriptBuilder& ScriptBuilder::push(const StackItem& value) {
  switch (value.type()) {
    case StackItemType::any:
      return push_null();
    case StackItemType::boolean:
      return push_boolean(*value.to_boolean());
    case StackItemType::integer:
      return push(*value.to_integer());
    case StackItemType::byte_string:
      return push(ByteView(*value.to_bytes()));
    case StackItemType::buffer:
      push(ByteView(*value.to_bytes())).emit(Opcode::convert);
      script_.push_back(static_cast<std::uint8_t>(StackItemType::buffer));
      return *this;
    case StackItemType::array:
      push_list(value.items()->get(), Opcode::pack, Opcode::newarray0);
      return *this;
    case StackItemType::structure:
      push_list(value.items()->get(), Opcode::packstruct, Opcode::newstruct0);
      return *this;
    case StackItemType::map: {
      const StackItem::Entries& entries = value.entries()->get();
      if (entries.empty()) return emit(Opcode::newmap);
      for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        push(entry->second).push(entry->first);
      }
      return push(static_cast<std::int64_t>(entries.size())).emit(Opcode::packmap);
    }
    case StackItemType::pointer:
    case StackItemType::interop:
      break;
  }
  is_valid_ = false;
  return *this;
}

ScriptBuilder& ScriptBuilder::call(const UInt160& contract, std::string_view method,
                                   const StackItem::List& arguments, CallFlags flags) {
  push_list(arguments, Opcode::pack, Opcode::newarray0);
  return push(static_cast<std::int64_t>(flags))
      .push(method)
      .push(contract)
      .emit_system_call(kSystemContractCall);
}

Result<Bytes> ScriptBuilder::finish() && {
  if (!is_valid_ || script_.size() > limits::kNeoScriptBytesMax) {
    return fail(Code::invalid_script, "The script is too long or holds a value without a literal");
  }
  return std::move(script_);
}

StackItem to_argument(const UInt160& hash) {
  return StackItem::byte_string(to_bytes(ByteView(hash.little_endian())));
}
StackItem to_argument(const UInt256& hash) {
  return StackItem::byte_string(to_bytes(ByteView(hash.little_endian())));
}

Result<Bytes> make_call_script(const UInt160& contract, std::string_view method,
                               const StackItem::List& arguments, CallFlags flags) {
  ScriptBuilder builder;
  builder.call(contract, method, arguments, flags);
  return std::move(builder).finish();
}

Result<Bytes> make_transfer_script(const TokenTransfer& transfer) {
  ScriptBuilder builder;
  builder
      .call(transfer.token, "transfer",
            {to_argument(transfer.from), to_argument(transfer.to),
             StackItem::integer(transfer.amount), transfer.data})
      .emit(Opcode::assert_);
  return std::move(builder).finish();
}

}  // namespace nsl::neo
