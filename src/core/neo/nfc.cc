#include "core/neo/nfc.h"

#include <algorithm>
#include <iterator>

#include "core/codec/utf8.h"
#include "core/neo/nfc_table.h"

namespace nsl::neo {
namespace {

std::uint8_t combining_class_of(std::uint32_t code_point) {
  const auto* row =
      std::upper_bound(std::begin(kNfcRows), std::end(kNfcRows), code_point,
                       [](std::uint32_t value, const NfcRow& each) { return value < each.first; });
  if (row == std::begin(kNfcRows)) return 0;
  --row;
  return code_point <= row->last ? row->combining_class : 0;
}

// Takes the first code point of well-formed UTF-8 away.
std::uint32_t next_code_point(ByteView& text) {
  const std::uint8_t lead = text[0];
  const std::size_t size = lead < 0x80 ? 1U : lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
  std::uint32_t code_point = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) code_point = (code_point << 6) | (text[i] & 0x3FU);
  text = text.subspan(size);
  return code_point;
}

}  // namespace

bool is_certainly_nfc(ByteView utf8) {
  if (!codec::is_valid_utf8(utf8)) return false;
  std::uint8_t last_class = 0;
  while (!utf8.empty()) {
    const std::uint8_t combining_class = combining_class_of(next_code_point(utf8));
    if (combining_class == kNfcRefused) return false;
    if (combining_class != 0 && combining_class < last_class) return false;
    last_class = combining_class;
  }
  return true;
}

}  // namespace nsl::neo
