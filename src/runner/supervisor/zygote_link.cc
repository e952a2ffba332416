#include "runner/supervisor/zygote_link.h"

#include <utility>

#include "core/base/assert.h"
#include "runner/supervisor/run.h"

namespace nsl::runner::supervisor {

Result<ZygoteLink> ZygoteLink::start(const std::vector<std::string>& arguments, ZygoteRole role) {
  NSL_TRY(auto pair, posix::make_packet_pair());
  NSL_TRY(const pid_t pid, posix::spawn_self(arguments, pair.theirs));
  ZygoteLink link(pid, std::move(pair.ours));
  link.role = role;
  return link;
}

Result<std::optional<ZygoteLink>> ZygoteLink::start_template(ZygoteLink& zygote,
                                                             const zygote::ForkRequest& request,
                                                             const v1::StartRun& start) {
  NSL_TRY(auto control, posix::make_packet_pair());
  NSL_TRY(auto code, posix::make_stream_pair());
  NSL_TRY(const bool is_asked, zygote.fork_process(request, control.theirs));
  if (!is_asked) return std::nullopt;
  zygote.add_process(request.slot);
  ZygoteLink link(0, std::move(control.ours));
  link.role = ZygoteRole::version_template;
  link.layers = zygote.layers;
  link.engine = zygote.engine;
  link.version = std::make_unique<VersionTemplate>();
  link.version->zygote = &zygote;
  link.version->slot = request.slot;
  link.version->code = to_code(start);
  link.version->code_hint = to_code_hint(start);
  link.version->used_us = link.started_us;
  NSL_TRY_VOID(link.fork_process(request, code.theirs));
  link.version->code_socket = std::move(code.ours);
  return std::optional<ZygoteLink>(std::move(link));
}

ZygoteLink::ZygoteLink(pid_t pid, posix::Descriptor socket)
    : started_us(posix::monotonic_us()), pid_(pid), socket_(std::move(socket)) {}

ZygoteLink::ZygoteLink(ZygoteLink&& other) noexcept
    : role(other.role),
      is_ready(other.is_ready),
      is_retired(other.is_retired),
      processes_made(other.processes_made),
      notices_heard(other.notices_heard),
      started_us(other.started_us),
      is_spare_due(other.is_spare_due),
      layers(other.layers),
      engine(std::move(other.engine)),
      version(std::move(other.version)),
      pid_(std::exchange(other.pid_, 0)),
      socket_(std::move(other.socket_)),
      slots_(std::move(other.slots_)) {}

ZygoteLink::~ZygoteLink() {
  if (pid_ > 0) posix::kill_child(pid_);
  if (version != nullptr && version->pidfd.is_open()) {
    posix::kill_by_pidfd(version->pidfd.number());
  }
}

Result<std::optional<Heard>> ZygoteLink::next() {
  NSL_TRY(auto packet, posix::receive_packet(socket_.number()));
  if (!packet.has_value()) return std::nullopt;
  NSL_TRY(const auto notice, zygote::parse_notice(packet->bytes));
  return Heard{.notice = notice, .pidfd = std::move(packet->passed)};
}

Result<bool> ZygoteLink::fork_process(const zygote::ForkRequest& request,
                                      const posix::Descriptor& socket) {
  return posix::send_packet(socket_.number(), zygote::to_bytes(request), socket.number());
}

void ZygoteLink::send_code() {
  NSL_ASSERT(version != nullptr);
  while (!version->code_out.is_empty()) {
    const auto transfer =
        posix::write_some(version->code_socket.number(), version->code_out.view());
    if (transfer.is_closed) version->code_out = {};
    if (transfer.count == 0) break;
    version->code_out.consume(transfer.count);
  }
  if (version->code_out.is_empty()) version->code_socket.reset();
}

void ZygoteLink::add_process(std::uint64_t slot) {
  const bool is_new = slots_.insert(slot).second;
  NSL_ASSERT(is_new);
  ++processes_made;
}

void ZygoteLink::forget_process(std::uint64_t slot) {
  const std::size_t count = slots_.erase(slot);
  NSL_ASSERT(count == 1);
}

}  // namespace nsl::runner::supervisor
