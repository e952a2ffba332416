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

// A process whose cage could not be closed ends with this code before it reads anything.
constexpr int kExitNoCage = 70;
// A template that could not load its code.
constexpr int kExitNotLoaded = 72;

struct Filters {
  sandbox::SyscallFilter run;
  sandbox::SyscallFilter version_template;
};

class Server {
 public:
  Server(Engine& engine, const Setting& setting, Filters filters)
      : engine_(engine),
        control_(setting.control),
        waived_(setting.waived),
        filters_(std::move(filters)) {}

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
        filters_.run, waived_);
  }

  bool take_request() {
    auto packet = posix::receive_packet(control_);
    if (!packet.has_value()) return false;
    if (!packet->has_value()) return true;
    const auto request = parse_fork_request((*packet)->bytes);
    if (!request.has_value() || !(*packet)->passed.is_open()) return false;
    return fork_process(*request, (*packet)->passed);
  }

  bool fork_process(const ForkRequest& request, const Descriptor& socket) {
    const pid_t parent = ::getpid();
    // SAFETY: this process has one thread, so the child may go on as usual.
    const posix::Forked forked = posix::fork_with_pidfd();
    if (forked.pid == 0) {
      posix::end_process(request.kind == ForkRequest::Kind::version_template
                             ? live_as_template(parent, socket, request)
                             : live_as_run(parent, socket, request));
    }
    if (forked.pid < 0) return notify({.kind = Notice::Kind::not_started, .slot = request.slot});
    children_[forked.pid] = {.slot = request.slot,
                             .is_template = request.kind == ForkRequest::Kind::version_template};
    return notify({.kind = Notice::Kind::started, .slot = request.slot}, forked.pidfd.number());
  }

  int live_as_run(pid_t parent, const Descriptor& socket, const ForkRequest& request) {
    if (!posix::die_with_parent(parent) || !enter(socket.number(), request)) return kExitNoCage;
    if (request.kind == ForkRequest::Kind::early_run) engine_.rehearse();
    return engine_.run(sandbox::kRunSocket);
  }

  int live_as_template(pid_t parent, const Descriptor& socket, const ForkRequest& request) {
    posix::name_process("nsl-template");
    // A group of its own, which no process below it can leave: who ends it ends them all.
    const bool is_caged =
        posix::die_with_parent(parent) && posix::lead_process_group() &&
        sandbox::keep_only_socket(socket.number()) && place_descriptors() &&
        sandbox::enter_template_cage(
            {.data_bytes = data_bytes_ + request.memory_bytes, .cpu_ms = request.cpu_ms},
            filters_.version_template, waived_);
    if (!is_caged) return kExitNoCage;
    children_.clear();
    if (!engine_.load(sandbox::kTemplateCode)) return kExitNotLoaded;
    ::close(sandbox::kTemplateCode);
    if (notify({.kind = Notice::Kind::ready})) serve();
    return 0;
  }

  // Of a template, whose descriptors but its socket are closed: signals and code.
  bool place_descriptors() {
    control_ = sandbox::kRunSocket;
    // Its number was the zygote's and is closed.
    signals_.release();
    auto packet = posix::receive_packet(control_);
    const bool has_code = packet.has_value() && packet->has_value() && (*packet)->passed.is_open();
    if (!has_code || ::dup2((*packet)->passed.number(), sandbox::kTemplateCode) < 0) return false;
    if (!open_signals().has_value()) return false;
    if (::dup2(signals_.number(), sandbox::kTemplateSignals) < 0) return false;
    signals_ = Descriptor(sandbox::kTemplateSignals);
    return true;
  }

  void reap() {
    signalfd_siginfo information;
    while (::read(signals_.number(), &information, sizeof(information)) > 0) {
    }
    int status = 0;
    rusage used{};
    for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &used)) > 0;) {
      const auto child = children_.find(pid);
      // What a template left behind.
      if (child == children_.end()) continue;
      // Its runs are ending by themselves; what a captured one has forked beside them may not be.
      if (child->second.is_template) posix::kill_process_group(pid);
      const auto to_us = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(time.tv_usec);
      };
      notify({.kind = Notice::Kind::ended,
              .slot = child->second.slot,
              .wait_status = status,
              .reserved = 0,
              .cpu_us = to_us(used.ru_utime) + to_us(used.ru_stime),
              .memory_peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) * 1024});
      children_.erase(child);
    }
  }

  struct Child {
    std::uint64_t slot = 0;
    bool is_template = false;
  };

  Engine& engine_;
  int control_;
  const sandbox::Layers waived_;
  Filters filters_;
  Descriptor signals_;
  // Measured when the engine is ready: what every run starts with.
  std::uint64_t data_bytes_ = sandbox::data_bytes_mapped();
  std::unordered_map<pid_t, Child> children_;
};

// The layers of a run of this zygote, all in force.
Result<sandbox::Layers> prepare(Engine& engine, sandbox::OuterCage& cage,
                                std::optional<Server>& server, const Setting& setting) {
  cage.enter();
  NSL_TRY_VOID(engine.prepare());
  NSL_TRY(auto for_run, sandbox::SyscallFilter::make_for_run(engine.executable_memory()));
  NSL_TRY(auto for_template, sandbox::SyscallFilter::make_for_template(engine.executable_memory(),
                                                                       posix::fork_flags()));
  server.emplace(engine, setting, Filters{std::move(for_run), std::move(for_template)});
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
