// ScriptBuilder writes scripts: pushed values and contract calls. Every value has exactly one form,
// the shortest, as neo-project/neo ScriptBuilder writes it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/integer.h"
#include "core/neo/opcode.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

// What a called contract may do; the values combine.
enum class CallFlags : std::uint8_t {
  none = 0,
  read_states = 1,
  write_states = 2,
  states = 3,
  allow_call = 4,
  read_only = 5,
  allow_notify = 8,
  all = 15,
};

class ScriptBuilder {
 public:
  ScriptBuilder& emit(Opcode opcode);
  // `operand` has the length the instruction asks for.
  ScriptBuilder& emit(Opcode opcode, ByteView operand);
  ScriptBuilder& emit_system_call(std::string_view name);

  ScriptBuilder& push(const Integer& value);
  ScriptBuilder& push(std::int64_t value);
  ScriptBuilder& push(ByteView value);
  ScriptBuilder& push(std::string_view value);
  // The little-endian bytes, which is how contracts see accounts and hashes.
  ScriptBuilder& push(const UInt160& value);
  ScriptBuilder& push(const UInt256& value);
  ScriptBuilder& push_boolean(bool value);
  ScriptBuilder& push_null();
  // Pointers and interop items have no literal: finish() fails.
  ScriptBuilder& push(const StackItem& value);

  // The call's result stays on the stack.
  ScriptBuilder& call(const UInt160& contract, std::string_view method,
                      const StackItem::List& arguments, CallFlags flags = CallFlags::all);

  // Fails when the script is longer than a transaction takes, or holds what has no literal.
  Result<Bytes> finish() &&;

 private:
  void push_list(const StackItem::List& items, Opcode pack, Opcode empty);

  Bytes script_;
  bool is_valid_ = true;
};

// An account or hash as contract argument.
StackItem to_argument(const UInt160& hash);
StackItem to_argument(const UInt256& hash);

// One contract call.
Result<Bytes> make_call_script(const UInt160& contract, std::string_view method,
                               const StackItem::List& arguments, CallFlags flags = CallFlags::all);

struct TokenTransfer {
  UInt160 token;
  UInt160 from;
  UInt160 to;
  Integer amount;
  // Handed to the receiver's onNEP17Payment.
  StackItem data;
};

// NEP-17 transfer. The result is asserted, because a token answers false to a transfer it refuses
// and the transaction would HALT all the same.
Result<Bytes> make_transfer_script(const TokenTransfer& transfer);

}  // namespace nsl::neo
