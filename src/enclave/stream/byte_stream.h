// A connected byte stream with deadlines, plain or TLS. One owner, one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::stream {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // At least one byte, or 0 at the proper end of the stream. deadline_exceeded, connection_lost.
  virtual Result<std::size_t> read_some(std::span<std::uint8_t> into, const Deadline& deadline) = 0;
  virtual Result<void> write_all(ByteView bytes, const Deadline& deadline) = 0;
};

// A stream over a connected non-blocking descriptor; single writes stay within
// limits::kFrameWriteBytesMax.
class SocketStream final : public ByteStream {
 public:
  SocketStream(Descriptor descriptor, const Clock& clock)
      : descriptor_(std::move(descriptor)), clock_(clock) {}

  Result<std::size_t> read_some(std::span<std::uint8_t> into, const Deadline& deadline) override;
  Result<void> write_all(ByteView bytes, const Deadline& deadline) override;
  // Gives the descriptor up, for instance to TLS.
  Descriptor release() { return std::move(descriptor_); }

 private:
  Descriptor descriptor_;
  const Clock& clock_;
};

}  // namespace nsl::enclave::stream
