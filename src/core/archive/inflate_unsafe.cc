#include "core/archive/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace nsl::archive {
namespace {

// As zlib.h says: negative is deflate without wrapping, 16 more is gzip.
constexpr int kWindowBits = 15;
constexpr std::size_t kStepBytes = 16384;

}  // namespace

std::expected<std::string, InflateError> inflate(ByteView packed, Wrapping wrapping,
                                                 std::size_t bytes_max) {
  z_stream stream{};
  const int window = wrapping == Wrapping::gzip ? kWindowBits + 16 : -kWindowBits;
  NSL_ASSERT(::inflateInit2(&stream, window) == Z_OK);
  // SAFETY: zlib reads `packed` and does not write to it; its type has no const for old C.
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string content;
  std::array<std::uint8_t, kStepBytes> step{};
  int state = Z_OK;
  bool is_too_large = false;
  while (state == Z_OK && !is_too_large) {
    stream.next_out = step.data();
    stream.avail_out = static_cast<uInt>(step.size());
    // SAFETY: both buffers are as long as the stream says.
    state = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t count = step.size() - stream.avail_out;
    is_too_large = count > bytes_max - content.size();
    if (!is_too_large) content.append(as_text(ByteView(step).first(count)));
  }
  const bool is_whole = state == Z_STREAM_END && stream.avail_in == 0;
  ::inflateEnd(&stream);
  if (is_too_large) return std::unexpected(InflateError::too_large);
  // More input than the stream, or less: Z_BUF_ERROR once nothing moves on.
  if (!is_whole) return std::unexpected(InflateError::malformed);
  return content;
}

std::uint32_t crc32(ByteView bytes) {
  // SAFETY: the view is as long as it says.
  return static_cast<std::uint32_t>(::crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
}

}  // namespace nsl::archive
