#include "core/neo/opcode.h"

#include <array>

#include "core/base/assert.h"

namespace nsl::neo {
namespace {

constexpr OpcodeInfo kRows[] = {
#define NSL_NEO_OPCODE_ROW(name, byte, text, price, operand) \
  OpcodeInfo{Opcode::name, #text, price, operand},
    NSL_NEO_OPCODES(NSL_NEO_OPCODE_ROW)
#undef NSL_NEO_OPCODE_ROW
};

constexpr std::uint8_t kNoRow = 255;

constexpr std::array<std::uint8_t, 256> make_index() {
  std::array<std::uint8_t, 256> index{};
  index.fill(kNoRow);
  std::uint8_t row = 0;
  for (const OpcodeInfo& info : kRows) index[static_cast<std::uint8_t>(info.opcode)] = row++;
  return index;
}

constexpr std::array<std::uint8_t, 256> kIndex = make_index();

}  // namespace

std::optional<OpcodeInfo> find_opcode(std::uint8_t byte) {
  const std::uint8_t row = kIndex[byte];
  if (row == kNoRow) return std::nullopt;
  return kRows[row];
}

std::optional<OpcodeInfo> find_opcode(std::string_view text) {
  for (const OpcodeInfo& row : kRows) {
    if (row.text == text) return row;
  }
  return std::nullopt;
}

std::span<const OpcodeInfo> all_opcodes() { return kRows; }

OpcodeInfo get_opcode(Opcode opcode) {
  const auto info = find_opcode(static_cast<std::uint8_t>(opcode));
  NSL_ASSERT(info.has_value());
  return *info;
}

}  // namespace nsl::neo
