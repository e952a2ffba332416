// Scripts as people read them: each instruction with its operand, its price, and a note where the
// bytes say something on their own (a system call, a jump's target, a text, a native contract).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/opcode.h"

namespace nsl::neo {

struct DisassembledInstruction {
  std::size_t offset;
  Opcode opcode;
  // Without the length in front.
  Bytes operand;
  // What is known about the operand; often empty. For people: the text may change.
  std::string note;
  // Execution units of the instruction and of the system call it makes.
  std::uint32_t price;
};

// Fails for an unknown instruction and for an operand that is cut off. Instructions are shown even
// where check_script_strictly() refuses the script.
Result<std::vector<DisassembledInstruction>> disassemble(ByteView script);

// What a node demands of a contract's script when it is deployed: every instruction is whole, every
// jump, pointer and try block lands on an instruction or on the end, every type is a type (neo-go
// scparser.IsScriptCorrect).
Result<void> check_script_strictly(ByteView script);

}  // namespace nsl::neo
