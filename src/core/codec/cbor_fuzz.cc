// Whatever bytes come: no crash, no reading outside the input, and what the deterministic form
// accepts encodes back to the same bytes.
#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/codec/cbor.h"

namespace nsl::codec {
namespace {

// Negative integers below the range of int64 cannot be written, so a document with one is skipped.
bool write_again(const CborValue& value, CborWriter& writer) {
  switch (value.kind()) {
    case CborKind::unsigned_integer:
      writer.write_unsigned(*value.to_unsigned());
      return true;
    case CborKind::negative_integer:
      if (!value.to_integer().has_value()) return false;
      writer.write_integer(*value.to_integer());
      return true;
    case CborKind::bytes:
      writer.write_bytes(*value.to_bytes());
      return true;
    case CborKind::text:
      writer.write_text(*value.to_text());
      return true;
    case CborKind::array: {
      const auto elements = *value.to_array();
      writer.begin_array(elements.size());
      for (const CborValue& element : elements) {
        if (!write_again(element, writer)) return false;
      }
      return true;
    }
    case CborKind::map:
      writer.begin_map(value.map_size());
      for (std::size_t i = 0; i < value.map_size(); ++i) {
        if (!write_again(value.map_key(i), writer)) return false;
        if (!write_again(value.map_value(i), writer)) return false;
      }
      return true;
    case CborKind::tag:
      writer.write_tag(value.tag_number());
      return write_again(**value.to_tagged(value.tag_number()), writer);
    case CborKind::boolean:
      writer.write_boolean(*value.to_boolean());
      return true;
    case CborKind::null:
      writer.write_null();
      return true;
  }
  return false;
}

void check(ByteView input) {
  const Result<CborValue> strict = parse_cbor(input);
  const Result<CborValue> foreign = parse_cbor(input, {.form = CborForm::foreign});
  if (!strict.has_value()) return;
  NSL_ASSERT(foreign.has_value());
  CborWriter writer;
  if (!write_again(*strict, writer)) return;
  NSL_ASSERT(equal(std::move(writer).take(), input));
}

}  // namespace
}  // namespace nsl::codec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nsl::codec::check({data, size});
  return 0;
}
