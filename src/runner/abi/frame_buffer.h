// Bytes to frames and frames to bytes, for a stream of 4-byte big-endian lengths and bodies. Memory
// is bounded: a length above the maximum is refused before its body is read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace nsl::runner::abi {

class FrameReader {
 public:
  explicit FrameReader(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  void feed(ByteView bytes);
  // The next whole body, nothing when more bytes are needed. The view is valid until the next call
  // of feed(). After an error the stream is lost.
  Result<std::optional<ByteView>> next();
  // Bytes of a frame that is not whole yet.
  std::size_t pending() const { return bytes_.size() - taken_; }

 private:
  std::size_t body_bytes_max_;
  Bytes bytes_;
  std::size_t taken_ = 0;
};

// Bytes on their way out. The owner writes view() and tells how much of it went.
class OutBuffer {
 public:
  void put(std::string_view bytes) { bytes_.append(bytes); }
  std::string_view view() const { return std::string_view(bytes_).substr(sent_); }
  void consume(std::size_t count);
  bool is_empty() const { return sent_ == bytes_.size(); }
  std::size_t size() const { return bytes_.size() - sent_; }

 private:
  std::string bytes_;
  std::size_t sent_ = 0;
};

// The 4-byte length that precedes a body.
std::string frame_header(std::size_t body_bytes);

}  // namespace nsl::runner::abi
