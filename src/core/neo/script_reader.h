// ScriptReader walks over a script instruction by instruction. It checks that every byte belongs to
// a known instruction whose operand lies inside the script; it executes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/integer.h"
#include "core/neo/opcode.h"

namespace nsl::neo {

struct Instruction {
  Opcode opcode;
  // Without the length in front; valid as long as the script is.
  ByteView operand;
  std::size_t offset;
};

class ScriptReader {
 public:
  // `script` must outlive the reader.
  explicit ScriptReader(ByteView script) : script_(script) {}

  bool at_end() const { return offset_ == script_.size(); }
  Result<Instruction> next();

 private:
  ByteView script_;
  std::size_t offset_ = 0;
};

// Every instruction is whole.
Result<void> check_script(ByteView script);

// The number an instruction pushes: PUSHM1 to PUSH16 and PUSHINT8 to PUSHINT256.
std::optional<Integer> pushed_integer(const Instruction& instruction);

}  // namespace nsl::neo
