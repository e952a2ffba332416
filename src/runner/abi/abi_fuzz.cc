// Any bytes as frames of both directions: what parses must encode to the same bytes again, and
// what the JSON check accepts must be UTF-8.
#include "runner/abi/abi.h"

#include "core/base/assert.h"
#include "core/codec/utf8.h"
#include "runner/abi/frame_buffer.h"
#include "runner/abi/json_text.h"

using namespace nsl;
using namespace nsl::runner::abi;

namespace {

template <class Frame>
void check_round_trip(const Frame& frame, ByteView body) {
  const std::string encoded = std::visit([](const auto& value) { return encode(value); }, frame);
  NSL_ASSERT(equal(as_bytes(encoded).subspan(4), body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto frame = parse_from_run(input); frame.has_value()) check_round_trip(*frame, input);
  if (const auto frame = parse_to_run(input); frame.has_value()) check_round_trip(*frame, input);
  if (is_json_text(as_text(input))) NSL_ASSERT(codec::is_valid_utf8(as_text(input)));

  // The same bytes in two pieces give the same frames as in one.
  FrameReader whole(1024);
  FrameReader pieces(1024);
  whole.feed(input);
  pieces.feed(input.first(size / 2));
  std::size_t split_count = 0;
  for (auto body = pieces.next(); body.has_value() && body->has_value(); body = pieces.next()) {
    ++split_count;
  }
  pieces.feed(input.subspan(size / 2));
  for (auto body = pieces.next(); body.has_value() && body->has_value(); body = pieces.next()) {
    ++split_count;
  }
  std::size_t count = 0;
  for (auto body = whole.next(); body.has_value() && body->has_value(); body = whole.next())
    ++count;
  NSL_ASSERT(count == split_count);
  return 0;
}
