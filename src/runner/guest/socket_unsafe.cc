#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "core/base/limits.h"
#include "runner/guest/socket.h"

namespace nsl::runner::guest {
namespace {

constexpr int kExitNoSupervisor = 73;

}  // namespace

RunSocket::RunSocket(int number)
    : number_(number), in_(static_cast<std::size_t>(limits::kFrameBytesMax)) {}

void RunSocket::send(std::string_view frame) const {
  while (!frame.empty()) {
    const ssize_t count = ::send(number_, frame.data(), frame.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) ::_exit(kExitNoSupervisor);
    if (count > 0) frame.remove_prefix(static_cast<std::size_t>(count));
  }
}

abi::ToRun RunSocket::receive() {
  for (;;) {
    const auto body = in_.next();
    if (!body.has_value()) ::_exit(kExitNoSupervisor);
    if (body->has_value()) {
      auto frame = abi::parse_to_run(**body);
      if (!frame.has_value()) ::_exit(kExitNoSupervisor);
      return std::move(*frame);
    }
    std::array<std::uint8_t, 65536> buffer;
    const ssize_t count = ::recv(number_, buffer.data(), buffer.size(), 0);
    if (count == 0 || (count < 0 && errno != EINTR)) ::_exit(kExitNoSupervisor);
    if (count > 0) in_.feed(ByteView(buffer).first(static_cast<std::size_t>(count)));
  }
}

}  // namespace nsl::runner::guest
