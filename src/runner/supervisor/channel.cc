#include "runner/supervisor/channel.h"

#include <array>
#include <string>
#include <utility>

#include "core/base/limits.h"

namespace nsl::runner::supervisor {

Channel::Channel(posix::Descriptor socket)
    : socket_(std::move(socket)), in_(static_cast<std::size_t>(limits::kFrameBytesMax)) {}

Result<void> Channel::receive() {
  std::array<std::uint8_t, 65536> buffer;
  const auto transfer = posix::read_some(socket_.number(), buffer);
  if (transfer.is_closed) return fail(Code::unavailable, "The enclave is gone");
  in_.feed(ByteView(buffer).first(transfer.count));
  return {};
}

Result<std::optional<v1::ToRunner>> Channel::next() {
  NSL_TRY(const auto body, in_.next());
  if (!body.has_value()) return std::nullopt;
  v1::ToRunner message;
  if (!message.ParseFromArray(body->data(), static_cast<int>(body->size()))) {
    return fail(Code::runner_protocol, "Malformed message to the runner");
  }
  return message;
}

void Channel::send(const v1::FromRunner& message) {
  const std::string body = message.SerializeAsString();
  out_.put(abi::frame_header(body.size()));
  out_.put(body);
}

Result<void> Channel::flush() {
  while (!out_.is_empty()) {
    const auto transfer = posix::write_some(socket_.number(), out_.view());
    if (transfer.is_closed) return fail(Code::unavailable, "The enclave is gone");
    if (transfer.count == 0) break;
    out_.consume(transfer.count);
  }
  return {};
}

}  // namespace nsl::runner::supervisor
