// SAFETY: recv and send take the descriptor this object owns and buffers with their sizes.
#include "enclave/stream/byte_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "core/base/limits.h"

namespace nsl::enclave::stream {

Result<std::size_t> SocketStream::read_some(std::span<std::uint8_t> into,
                                            const Deadline& deadline) {
  for (;;) {
    if (deadline.has_passed(clock_)) return fail(Code::deadline_exceeded);
    const ssize_t size = recv(descriptor_.number(), into.data(), into.size(), MSG_DONTWAIT);
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(Code::connection_lost);
    NSL_TRY_VOID(wait_until_ready(descriptor_.number(), Readiness::readable, deadline, clock_));
  }
}

Result<void> SocketStream::write_all(ByteView bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    if (deadline.has_passed(clock_)) return fail(Code::deadline_exceeded);
    const std::size_t piece =
        std::min(bytes.size(), static_cast<std::size_t>(limits::kFrameWriteBytesMax));
    const ssize_t size =
        send(descriptor_.number(), bytes.data(), piece, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return fail(Code::connection_lost);
    NSL_TRY_VOID(wait_until_ready(descriptor_.number(), Readiness::writable, deadline, clock_));
  }
  return {};
}

}  // namespace nsl::enclave::stream
