#include "runner/supervisor/zygote_link.h"

#include <utility>

#include "core/base/assert.h"

namespace nsl::runner::supervisor {

Result<ZygoteLink> ZygoteLink::start(const std::vector<std::string>& arguments, ZygoteRole role) {
  NSL_TRY(auto pair, posix::make_packet_pair());
  NSL_TRY(const pid_t pid, posix::spawn_self(arguments, pair.theirs));
  ZygoteLink link(pid, std::move(pair.ours));
  link.role = role;
  return link;
}

ZygoteLink::ZygoteLink(pid_t pid, posix::Descriptor socket)
    : started_us(posix::monotonic_us()), pid_(pid), socket_(std::move(socket)) {}

ZygoteLink::ZygoteLink(ZygoteLink&& other) noexcept
    : role(other.role),
      is_ready(other.is_ready),
      is_retired(other.is_retired),
      processes_alive(other.processes_alive),
      processes_made(other.processes_made),
      started_us(other.started_us),
      layers(other.layers),
      engine(std::move(other.engine)),
      pid_(std::exchange(other.pid_, 0)),
      socket_(std::move(other.socket_)) {}

ZygoteLink::~ZygoteLink() {
  if (pid_ > 0) posix::kill_child(pid_);
}

Result<std::optional<Heard>> ZygoteLink::next() {
  NSL_TRY(auto packet, posix::receive_packet(socket_.number()));
  if (!packet.has_value()) return std::nullopt;
  NSL_TRY(const auto notice, zygote::parse_notice(packet->bytes));
  return Heard{.notice = notice, .pidfd = std::move(packet->passed)};
}

Result<bool> ZygoteLink::fork_run(const zygote::ForkRequest& request,
                                  const posix::Descriptor& socket) {
  return posix::send_packet(socket_.number(), zygote::to_bytes(request), socket.number());
}

void ZygoteLink::forget_process() {
  NSL_ASSERT(processes_alive > 0);
  --processes_alive;
}

}  // namespace nsl::runner::supervisor
