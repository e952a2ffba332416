#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <unordered_map>

#include "core/base/log.h"
#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"
#include "runner/zygote/zygote.h"

namespace nsl::runner::zygote {
namespace {

using posix::Descriptor;

// A run whose cage could not be closed ends with this code before it reads anything.
constexpr int kExitNoCage = 70;

class Server {
 public:
  Server(Engine& engine, const Setting& setting, sandbox::SyscallFilter filter)
      : engine_(engine),
        control_(setting.control),
        waived_(setting.waived),
        filter_(std::move(filter)) {}

  Result<void> open_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    signals_ = Descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.is_open()) return fail(Code::runner_unavailable, "Runner is away", "signalfd");
    return {};
  }

  // Kernels and containers differ: a process is put into the cage to see that it holds, before
  // anyone hears that this zygote is ready.
  Result<void> try_cage() {
    const pid_t child = ::fork();
    if (child == 0) {
      const int spare = ::dup(control_);
      posix::end_process(enter(spare, {.memory_bytes = 64 << 20, .cpu_ms = 1000}) ? 0
                                                                                  : kExitNoCage);
    }
    if (child < 0 || posix::wait_for(child) != 0) {
      return fail(Code::sandbox_unavailable, "A sandbox layer is not available", "run cage");
    }
    return {};
  }

  bool notify(const Notice& notice, int passed = -1) {
    return posix::send_packet(control_, to_bytes(notice), passed).value_or(false);
  }

  // Until the supervisor is gone.
  void serve() {
    for (;;) {
      pollfd entries[2] = {{.fd = control_, .events = POLLIN, .revents = 0},
                           {.fd = signals_.number(), .events = POLLIN, .revents = 0}};
      if (::poll(entries, 2, -1) < 0 && errno != EINTR) return;
      // Reaping first: it frees a place the next request may be waiting for.
      if (entries[1].revents != 0) reap();
      if (entries[0].revents != 0 && !take_request()) return;
    }
  }

 private:
  bool enter(int socket, const ForkRequest& request) {
    return sandbox::enter_run_cage(
        socket, {.data_bytes = data_bytes_ + request.memory_bytes, .cpu_ms = request.cpu_ms},
        filter_, waived_);
  }

  bool take_request() {
    auto packet = posix::receive_packet(control_);
    if (!packet.has_value()) return false;
    if (!packet->has_value()) return true;
    const auto request = parse_fork_request((*packet)->bytes);
    if (!request.has_value() || !(*packet)->passed.is_open()) return false;
    return fork_run(*request, (*packet)->passed);
  }

  bool fork_run(const ForkRequest& request, const Descriptor& socket) {
    const pid_t parent = ::getpid();
    // SAFETY: this process has one thread, so the child may go on as usual.
    const pid_t child = ::fork();
    if (child == 0) {
      const bool is_caged = posix::die_with_parent(parent) && enter(socket.number(), request);
      if (!is_caged) posix::end_process(kExitNoCage);
      if (request.is_early != 0) engine_.rehearse();
      posix::end_process(engine_.run(sandbox::kRunSocket));
    }
    Notice notice{.kind = Notice::Kind::not_started, .slot = request.slot};
    if (child < 0) return notify(notice);
    const auto pidfd = posix::open_pidfd(child);
    if (!pidfd.has_value()) {
      ::kill(child, SIGKILL);
      posix::wait_for(child);
      return notify(notice);
    }
    slots_[child] = request.slot;
    notice.kind = Notice::Kind::started;
    return notify(notice, pidfd->number());
  }

  void reap() {
    signalfd_siginfo information;
    while (::read(signals_.number(), &information, sizeof(information)) > 0) {
    }
    int status = 0;
    rusage used{};
    for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &used)) > 0;) {
      const auto slot = slots_.find(pid);
      if (slot == slots_.end()) continue;
      const auto to_us = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(time.tv_usec);
      };
      notify({.kind = Notice::Kind::ended,
              .slot = slot->second,
              .wait_status = status,
              .reserved = 0,
              .cpu_us = to_us(used.ru_utime) + to_us(used.ru_stime),
              .memory_peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024});
      slots_.erase(slot);
    }
  }

  Engine& engine_;
  const int control_;
  const sandbox::Layers waived_;
  sandbox::SyscallFilter filter_;
  Descriptor signals_;
  // Measured when the engine is ready: what every run starts with.
  std::uint64_t data_bytes_ = sandbox::data_bytes_mapped();
  std::unordered_map<pid_t, std::uint64_t> slots_;
};

// The layers of a run of this zygote, all in force.
Result<sandbox::Layers> prepare(Engine& engine, sandbox::OuterCage& cage,
                                std::optional<Server>& server, const Setting& setting) {
  cage.enter();
  NSL_TRY_VOID(engine.prepare());
  NSL_TRY(auto filter, sandbox::SyscallFilter::make_for_run(engine.executable_memory()));
  server.emplace(engine, setting, std::move(filter));
  cage.close();
  NSL_TRY(const sandbox::Layers outer, cage.require_all());
  NSL_TRY_VOID(server->open_signals());
  NSL_TRY_VOID(server->try_cage());
  sandbox::Layers layers = outer | engine.layers() | (sandbox::kRunLayers & ~setting.waived);
  const bool has_filter = (layers & sandbox::kLayerSeccomp) != 0;
  if (has_filter && engine.executable_memory() == sandbox::ExecutableMemory::refused) {
    layers |= sandbox::kLayerNoExecutableMemory;
  }
  return layers;
}

Result<void> serve_checked(Engine& engine, const Setting& setting) {
  posix::name_process("nsl-zygote");
  sandbox::OuterCage cage(setting.waived);
  std::optional<Server> server;
  NSL_TRY(const sandbox::Layers layers, prepare(engine, cage, server, setting));
  Notice ready{.kind = Notice::Kind::ready, .layers = layers};
  const std::string name = engine.name();
  name.copy(ready.engine, sizeof(ready.engine) - 1);
  if (!server->notify(ready)) return fail(Code::unavailable, "The supervisor is gone");
  server->serve();
  return {};
}

}  // namespace

int serve(Engine& engine, const Setting& setting) {
  const auto served = serve_checked(engine, setting);
  if (served.has_value()) return 0;
  log_failure("zygote", "cannot serve", served.error());
  return 1;
}

}  // namespace nsl::runner::zygote
