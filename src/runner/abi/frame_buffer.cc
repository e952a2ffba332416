#include "runner/abi/frame_buffer.h"

#include "core/base/assert.h"

namespace nsl::runner::abi {

void FrameReader::feed(ByteView bytes) {
  if (taken_ > 0) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  append(bytes_, bytes);
}

Result<std::optional<ByteView>> FrameReader::next() {
  NSL_ASSERT(taken_ <= bytes_.size());
  const ByteView rest = ByteView(bytes_).subspan(taken_);
  if (rest.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (const std::uint8_t byte : rest.first(4)) size = size << 8 | byte;
  if (size > body_bytes_max_) return fail(Code::runner_protocol, "Frame too large");
  if (rest.size() - 4 < size) return std::nullopt;
  taken_ += 4 + size;
  return rest.subspan(4, size);
}

void OutBuffer::consume(std::size_t count) {
  NSL_ASSERT(count <= size());
  sent_ += count;
  if (sent_ == bytes_.size()) {
    bytes_.clear();
    sent_ = 0;
    return;
  }
  // A long queue that drains slowly must not keep what was sent.
  if (sent_ > bytes_.size() / 2) {
    bytes_.erase(0, sent_);
    sent_ = 0;
  }
}

std::string frame_header(std::size_t body_bytes) {
  NSL_ASSERT(body_bytes <= 0xffffffff);
  std::string header(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) header[i] = static_cast<char>(body_bytes >> (24 - 8 * i));
  return header;
}

}  // namespace nsl::runner::abi
