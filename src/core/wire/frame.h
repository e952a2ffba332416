// Frames on the link between host and enclave: a 4-byte big-endian length, then that many bytes of
// nsl.internal.v1.Frame. docs/wire.md describes them.
//
// FrameReader turns a byte stream into frames whatever the pieces it arrives in. It trusts nothing:
// a length of 0 or over limits::kFrameBytesMax is refused before memory is taken for it, and so are
// malformed messages, other versions, unknown kinds and the id 0. An error is final, because a
// broken stream has no way back to a frame boundary: the caller closes the connection.
//
// It opens no socket; the caller brings the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::wire {

using Frame = internal::v1::Frame;

inline constexpr std::uint32_t kFrameVersion = 1;
inline constexpr std::size_t kFrameLengthBytes = 4;

class FrameReader {
 public:
  // Holds at most one incomplete frame and what is fed before next() is called until it is empty.
  void feed(ByteView bytes);
  // The next complete frame, or nothing when more bytes are needed.
  Result<std::optional<Frame>> next();
  std::size_t buffered() const { return buffer_.size() - start_; }

 private:
  Result<std::optional<Frame>> parse_next();

  std::string buffer_;
  std::size_t start_ = 0;
  std::optional<Error> failure_;
};

// Appends the frame to `out`, so that several frames leave in one write. `out` is unchanged when
// the frame is over limits::kFrameBytesMax. The frame has a version and an id.
Result<void> append_frame(const Frame& frame, std::string& out);
Result<std::string> encode_frame(const Frame& frame);

// An error on the wire carries the code and the public message, never the detail.
internal::v1::FrameError to_frame_error(const Error& error);
Error to_error(const internal::v1::FrameError& error);

}  // namespace nsl::wire
