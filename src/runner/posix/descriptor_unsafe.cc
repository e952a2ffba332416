#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/assert.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::posix {
namespace {

constexpr std::size_t kPacketBytesMax = 512;

std::unexpected<Error> fail_errno(const char* what) {
  return fail(Code::internal, "Internal error", std::string(what) + ": " + std::strerror(errno));
}

Result<SocketPair> make_pair(int type) {
  int numbers[2] = {-1, -1};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, numbers) != 0) return fail_errno("socketpair");
  SocketPair pair{Descriptor(numbers[0]), Descriptor(numbers[1])};
  NSL_TRY_VOID(set_nonblocking(pair.ours.number()));
  return pair;
}

bool is_transient(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

void Descriptor::reset() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

Result<SocketPair> make_stream_pair() { return make_pair(SOCK_STREAM); }
Result<SocketPair> make_packet_pair() { return make_pair(SOCK_SEQPACKET); }

Result<void> set_nonblocking(int number) {
  const int flags = ::fcntl(number, F_GETFL);
  if (flags < 0 || ::fcntl(number, F_SETFL, flags | O_NONBLOCK) < 0) return fail_errno("fcntl");
  return {};
}

Transfer read_some(int number, std::span<std::uint8_t> buffer) {
  const ssize_t count = ::read(number, buffer.data(), buffer.size());
  if (count > 0) return {.count = static_cast<std::size_t>(count)};
  return {.is_closed = count == 0 || !is_transient(errno)};
}

Transfer write_some(int number, std::string_view bytes) {
  const ssize_t count = ::send(number, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return {.count = static_cast<std::size_t>(count)};
  return {.is_closed = !is_transient(errno)};
}

Result<bool> send_packet(int number, ByteView bytes, int passed) {
  NSL_ASSERT(bytes.size() <= kPacketBytesMax);
  // SAFETY: sendmsg only reads through this pointer.
  iovec part{.iov_base = const_cast<std::uint8_t*>(bytes.data()), .iov_len = bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (passed >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    // SAFETY: CMSG_DATA points at sizeof(int) bytes of `control`.
    std::memcpy(CMSG_DATA(header), &passed, sizeof(int));
  }
  for (;;) {
    const ssize_t count = ::sendmsg(number, &message, MSG_NOSIGNAL);
    if (count >= 0) return true;
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    return fail_errno("sendmsg");
  }
}

Result<std::optional<Packet>> receive_packet(int number) {
  Packet packet;
  packet.bytes.resize(kPacketBytesMax);
  iovec part{.iov_base = packet.bytes.data(), .iov_len = packet.bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t count = -1;
  do {
    count = ::recvmsg(number, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    return fail_errno("recvmsg");
  }
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    // More than one fit, because the space is aligned; all are ours now, and only one is kept.
    for (std::size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
      int passed = -1;
      // SAFETY: the kernel filled in cmsg_len bytes of `control`.
      std::memcpy(&passed, CMSG_DATA(header) + (at - CMSG_LEN(0)), sizeof(int));
      packet.passed = Descriptor(passed);
    }
  }
  if (count == 0) return fail(Code::unavailable, "The peer is gone");
  packet.bytes.resize(static_cast<std::size_t>(count));
  return packet;
}

void poll_entries(std::span<PollEntry> entries, std::int64_t timeout_ms) {
  std::vector<pollfd> polled(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const int events =
        (entries[i].wants_read ? POLLIN : 0) | (entries[i].wants_write ? POLLOUT : 0);
    // An entry that wants nothing is left out: a closed peer would otherwise wake us for ever.
    polled[i] = {.fd = events != 0 ? entries[i].number : -1,
                 .events = static_cast<short>(events),
                 .revents = 0};
  }
  const int timeout =
      timeout_ms < 0 ? -1 : static_cast<int>(std::min<std::int64_t>(timeout_ms, 60'000));
  const int count = ::poll(polled.data(), polled.size(), timeout);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const int happened = count > 0 ? polled[i].revents : 0;
    const bool is_over = (happened & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    entries[i].can_read = entries[i].wants_read && ((happened & POLLIN) != 0 || is_over);
    entries[i].can_write = entries[i].wants_write && ((happened & POLLOUT) != 0 || is_over);
  }
}

}  // namespace nsl::runner::posix
