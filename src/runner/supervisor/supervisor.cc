#include "runner/supervisor/supervisor.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "runner/supervisor/state.h"

namespace nsl::runner::supervisor {
namespace {

// A killed process is gone within milliseconds; a zygote that does not say so hangs.
constexpr std::int64_t kReapUsMax = 5'000'000;
// While the enclave does not read, runs are not read either, so that their output waits in their
// own sockets.
constexpr std::size_t kUnreadBytesMax = std::size_t{4} << 20;

constexpr int kNoticesMax = 128;

// TRUST: a zygote has read nothing hostile, but a template has, and may be captured: it is believed
// about its own processes only, and heard about each no more often than there is something to say.
bool is_plausible(const ZygoteLink& link, const zygote::Notice& notice) {
  // Of each process that it starts and that it ends, and once that it is ready.
  if (link.notices_heard > 2 * link.processes_made + 1) return false;
  if (notice.kind == zygote::Notice::Kind::ready) return !link.is_ready;
  return link.has_process(notice.slot);
}

template <class Pointers, class Pointer>
void erase_pointer(Pointers& pointers, const Pointer* wanted) {
  std::erase_if(pointers, [wanted](const auto& pointer) { return pointer.get() == wanted; });
}

}  // namespace

Supervisor::Supervisor(posix::Descriptor control, const Options& options)
    : channel_(std::move(control)), options_(options) {}

int Supervisor::serve() {
  for (;;) {
    const auto turned = turn();
    if (turned.has_value()) continue;
    if (turned.error().code() == Code::unavailable) return 0;
    log_failure("supervisor", "stops", turned.error());
    return 1;
  }
}

Result<void> Supervisor::turn() {
  NSL_TRY_VOID(keep_zygotes());
  launch_waiting();
  keep_spares();
  NSL_TRY_VOID(channel_.flush());

  std::vector<ZygoteLink*> zygotes;
  std::vector<std::uint64_t> slots;
  std::vector<posix::PollEntry> entries;
  entries.push_back(
      {.number = channel_.number(), .wants_read = true, .wants_write = channel_.wants_write()});
  for (const auto& zygote : zygotes_) {
    zygotes.push_back(zygote.get());
    entries.push_back({.number = zygote->number(), .wants_read = true});
  }
  for (const auto& zygote : zygotes_) {
    const bool sends = zygote->version != nullptr && !zygote->version->code_out.is_empty();
    entries.push_back(
        {.number = sends ? zygote->version->code_socket.number() : -1, .wants_write = sends});
  }
  const bool is_enclave_slow = channel_.bytes_waiting() > kUnreadBytesMax;
  for (const auto& run : runs_) {
    slots.push_back(run->slot);
    entries.push_back({.number = run->socket.number(),
                       .wants_read = !run->is_socket_closed && !is_enclave_slow,
                       .wants_write = !run->is_socket_closed && !run->out.is_empty()});
  }
  posix::poll_entries(entries, ms_until_timer(posix::monotonic_us()));

  if (entries[0].can_write) NSL_TRY_VOID(channel_.flush());
  if (entries[0].can_read) NSL_TRY_VOID(hear_enclave());
  // Runs before zygotes: a result is read before the notice that its process is gone.
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const posix::PollEntry& entry = entries[1 + 2 * zygotes.size() + i];
    const auto run = std::ranges::find_if(
        runs_, [slot = slots[i]](const auto& candidate) { return candidate->slot == slot; });
    if (run == runs_.end()) continue;
    if (entry.can_write) write_run(**run);
    if (entry.can_read) read_run(**run);
    if (entry.can_read) end_if_reused(slots[i]);
  }
  for (std::size_t i = 0; i < zygotes.size(); ++i) {
    // The one before may have taken its templates with it.
    if (!is_link(zygotes[i])) continue;
    if (entries[1 + zygotes.size() + i].can_write) zygotes[i]->send_code();
    if (entries[1 + i].can_read) hear_zygote(*zygotes[i]);
  }
  check_timers(posix::monotonic_us());
  return {};
}

Result<void> Supervisor::hear_enclave() {
  NSL_TRY_VOID(channel_.receive());
  for (;;) {
    NSL_TRY(const auto message, channel_.next());
    if (!message.has_value()) return {};
    switch (message->message_case()) {
      case v1::ToRunner::kStartRun:
        take(message->start_run());
        break;
      case v1::ToRunner::kHostReply:
        take(message->host_reply());
        break;
      case v1::ToRunner::kCancelRun:
        take(message->cancel_run());
        break;
      case v1::ToRunner::MESSAGE_NOT_SET:
        return fail(Code::runner_protocol, "Empty message to the runner");
    }
  }
}

std::int64_t Supervisor::ms_until_timer(std::int64_t now_us) const {
  std::int64_t next_us = now_us + 60'000'000;
  for (const auto& run : runs_) {
    next_us = std::min(next_us, run->killed_us > 0 ? run->killed_us + kReapUsMax
                                                   : std::min(run->deadline_us, run->cpu_check_us));
  }
  for (const auto& zygote : zygotes_) {
    if (!zygote->is_ready) {
      next_us = std::min(next_us, late_us(*zygote));
    } else if (zygote->version != nullptr && !zygote->is_retired) {
      next_us = std::min(next_us, zygote->version->used_us + options_.templates.again_ms * 1000);
    }
  }
  for (const auto& process : resting_) {
    next_us = std::min(next_us, process->reuse->rested_us + options_.reuse.idle_ms * 1000);
  }
  return std::max<std::int64_t>(0, (next_us - now_us + 999) / 1000);
}

void Supervisor::check_timers(std::int64_t now_us) {
  std::vector<ZygoteLink*> hanging;
  for (const auto& run : runs_) {
    if (run->killed_us > 0) {
      if (now_us - run->killed_us > kReapUsMax) hanging.push_back(run->zygote);
      continue;
    }
    if (now_us >= run->deadline_us) {
      kill(*run, KillReason::wall_time);
    } else if (now_us >= run->cpu_check_us) {
      // One thread uses at most as much CPU time as passes, so the next look can wait for what is
      // left of the limit.
      const std::int64_t limit_us = std::int64_t{run->limits.cpu_ms()} * 1000;
      const std::int64_t used_us =
          (run->pidfd.is_open() ? posix::cpu_time_us(run->pidfd.number()).value_or(0) : 0) -
          (run->reuse != nullptr ? run->reuse->cpu_before_us : 0);
      if (used_us >= limit_us) {
        kill(*run, KillReason::cpu_time);
      } else {
        run->cpu_check_us = now_us + std::max<std::int64_t>(1000, limit_us - used_us);
      }
    }
  }
  for (const auto& zygote : zygotes_) {
    if (!zygote->is_ready && now_us > late_us(*zygote)) hanging.push_back(zygote.get());
  }
  for (ZygoteLink* zygote : hanging) bury(zygote);
  check_template_timers(now_us);
  check_resting_timers(now_us);
}

std::int64_t Supervisor::late_us(const ZygoteLink& link) const {
  const std::int64_t most_ms = link.version != nullptr             ? options_.templates.load_ms
                               : link.role == ZygoteRole::compiles ? options_.compiler_start_ms
                                                                   : options_.zygote_start_ms;
  return link.started_us + most_ms * 1000;
}

bool Supervisor::is_link(const ZygoteLink* link) const {
  return std::ranges::any_of(zygotes_,
                             [link](const auto& candidate) { return candidate.get() == link; });
}

ZygoteRole Supervisor::role_for(v1::RunKind kind) const {
  return kind == v1::COMPILE && !options_.compiler_arguments.empty() ? ZygoteRole::compiles
                                                                     : ZygoteRole::runs;
}

ZygoteLink* Supervisor::serving_zygote(ZygoteRole role) {
  for (const auto& zygote : zygotes_) {
    if (!zygote->is_retired && zygote->role == role) return zygote.get();
  }
  return nullptr;
}

Result<void> Supervisor::keep_zygotes() {
  std::erase_if(zygotes_, [](const auto& zygote) {
    return zygote->is_retired && zygote->processes_alive() == 0;
  });
  NSL_TRY_VOID(keep_zygote(ZygoteRole::runs));
  return is_compiler_wanted_ ? keep_zygote(ZygoteRole::compiles) : Result<void>();
}

Result<void> Supervisor::keep_zygote(ZygoteRole role) {
  const ZygoteLink* serving = serving_zygote(role);
  if (serving == nullptr) return start_zygote(role);
  // Runs of one zygote share an address layout: what one learnt of it must not serve for ever. The
  // next one starts beside it, so that no run waits.
  const bool is_due = serving->processes_made >= options_.zygote_runs_max;
  const auto is_serving = [role](const auto& zygote) {
    return !zygote->is_retired && zygote->role == role;
  };
  if (is_due && std::ranges::count_if(zygotes_, is_serving) == 1) return start_zygote(role);
  return {};
}

Result<void> Supervisor::start_zygote(ZygoteRole role) {
  if (failed_starts_ > limits::kRestartsMax) {
    return fail(Code::runner_unavailable, "The zygote does not start");
  }
  reap_orphans();
  NSL_TRY(auto zygote, ZygoteLink::start(role == ZygoteRole::compiles ? options_.compiler_arguments
                                                                      : options_.zygote_arguments,
                                         role));
  zygotes_.push_back(std::make_unique<ZygoteLink>(std::move(zygote)));
  return {};
}

void Supervisor::hear_zygote(ZygoteLink& zygote) {
  // As many as its processes can have to say at a time; who says more waits for the next turn.
  for (int i = 0; i < kNoticesMax; ++i) {
    auto heard = zygote.next();
    if (!heard.has_value()) {
      log_warning("supervisor", "zygote died", {{"processes", zygote.processes_alive()}});
      bury(&zygote);
      return;
    }
    if (!heard->has_value()) return;
    ++zygote.notices_heard;
    if (!is_plausible(zygote, heard->value().notice)) {
      log_warning("supervisor", "notice of no process", {{"slot", heard->value().notice.slot}});
      if (zygote.version != nullptr) note_hopeless(zygote);
      bury(&zygote);
      return;
    }
    take_notice(zygote, std::move(**heard));
    if (!is_link(&zygote)) return;
  }
}

void Supervisor::take_notice(ZygoteLink& zygote, Heard heard) {
  const zygote::Notice& notice = heard.notice;
  if (notice.kind == zygote::Notice::Kind::ready) {
    zygote.version != nullptr ? take_template_ready(zygote) : take_ready(zygote, notice);
    return;
  }
  if (take_spare_notice(zygote, heard) || take_template_notice(zygote, heard)) return;
  if (take_resting_notice(zygote, heard)) return;
  const auto found = std::ranges::find_if(
      runs_, [&notice](const auto& candidate) { return candidate->slot == notice.slot; });
  if (found == runs_.end()) {
    // A process that never had a job, or has nobody waiting for it.
    if (notice.kind == zygote::Notice::Kind::started) return;
    zygote.forget_process(notice.slot);
    retire_if_suspicious(zygote, notice.wait_status);
    return;
  }
  LiveRun& run = **found;
  if (notice.kind == zygote::Notice::Kind::started) {
    run.pidfd = std::move(heard.pidfd);
    // The decision to kill may be older than the process.
    if (run.killed_us > 0) posix::kill_by_pidfd(run.pidfd.number());
    if (run.reuse != nullptr) {
      run.reuse->bytes_before = posix::memory_bytes(run.pidfd.number()).value_or(0);
    }
    end_if_reused(notice.slot);
    return;
  }
  if (notice.kind == zygote::Notice::Kind::not_started) {
    finish(run, Ending::Process::not_started, notice);
    return;
  }
  // What the run said last may still be in its socket.
  while (read_run(run)) {
  }
  retire_if_suspicious(zygote, notice.wait_status);
  finish(run, Ending::Process::ended, notice);
}

void Supervisor::take_ready(ZygoteLink& zygote, const zygote::Notice& notice) {
  zygote.is_ready = true;
  zygote.layers = notice.layers;
  zygote.engine = notice.engine;
  failed_starts_ = 0;
  for (const auto& other : zygotes_) {
    if (other.get() != &zygote && other->role == zygote.role) retire(*other);
  }
  if (zygote.role != ZygoteRole::runs) return;
  zygote.is_spare_due = true;
  v1::FromRunner message;
  message.mutable_ready()->set_engine(zygote.engine);
  for (const auto& name : sandbox::layer_names(zygote.layers)) {
    message.mutable_ready()->add_layers(name);
  }
  channel_.send(message);
}

void Supervisor::retire_if_suspicious(ZygoteLink& link, int wait_status) {
  if (!is_suspicious(wait_status)) return;
  // A template has the address layout of its zygote.
  ZygoteLink& zygote = link.version != nullptr ? *link.version->zygote : link;
  if (zygote.is_retired) return;
  log_warning("supervisor", "zygote replaced after a crash", {{"wait_status", wait_status}});
  retire(zygote);
}

void Supervisor::retire(ZygoteLink& zygote) {
  zygote.is_retired = true;
  drop_spare(zygote);
  drop_resting(zygote);
  for (const auto& other : zygotes_) {
    if (other->version != nullptr && other->version->zygote == &zygote && !other->is_retired) {
      retire(*other);
    }
  }
}

void Supervisor::bury(ZygoteLink* zygote) {
  if (!is_link(zygote)) return;
  std::vector<ZygoteLink*> templates;
  for (const auto& other : zygotes_) {
    if (other->version != nullptr && other->version->zygote == zygote) {
      templates.push_back(other.get());
    }
  }
  for (ZygoteLink* of_version : templates) bury(of_version);
  if (!zygote->is_ready) {
    zygote->version != nullptr ? note_hopeless(*zygote) : static_cast<void>(++failed_starts_);
  }
  std::vector<LiveRun*> lost;
  for (const auto& run : runs_) {
    if (run->zygote == zygote) lost.push_back(run.get());
  }
  for (LiveRun* run : lost) {
    if (run->pidfd.is_open()) posix::kill_by_pidfd(run->pidfd.number());
    finish(*run, Ending::Process::lost, {});
  }
  drop_spare(*zygote);
  drop_resting(*zygote);
  erase_pointer(zygotes_, zygote);
  reap_orphans();
}

void Supervisor::reap_orphans() const {
  std::vector<pid_t> zygotes;
  for (const auto& zygote : zygotes_) {
    if (zygote->version == nullptr) zygotes.push_back(zygote->pid());
  }
  posix::reap_orphans(zygotes);
}

void Supervisor::launch_waiting() {
  const auto most = static_cast<std::size_t>(limits::kRunsInFlightMax);
  for (auto start = waiting_.begin(); start != waiting_.end() && runs_.size() < most;) {
    // A zygote that is still starting holds up only what it is for.
    const ZygoteRole role = role_for(start->kind());
    const ZygoteLink* zygote = serving_zygote(role);
    if (zygote == nullptr || !zygote->is_ready) {
      ++start;
      continue;
    }
    const auto launched = launch(*start);
    if (launched.has_value() && !*launched) return;
    if (!launched.has_value()) {
      log_failure("supervisor", "run not started", launched.error());
      const std::uint64_t key = start->run_key();
      keys_.erase(key);
      send_finished(to_finished({.process = Ending::Process::not_started}), key);
    }
    waiting_bytes_ -= start->ByteSizeLong();
    start = waiting_.erase(start);
  }
}

Result<bool> Supervisor::launch(const v1::StartRun& start) {
  ZygoteLink* zygote = find_link(start);
  NSL_ASSERT(zygote != nullptr && zygote->is_ready);
  const v1::RunLimits limits = to_effective_limits(start.limits());
  const bool is_reused = !start.reuse_key().empty() && start.kind() != v1::COMPILE;
  std::unique_ptr<LiveRun> run;
  if (!is_reused) run = take_spare(*zygote, limits);
  if (run == nullptr) {
    auto made = is_reused ? make_reused(start, limits, *zygote)
                          : make_process(*zygote, limits, zygote::ForkRequest::Kind::run);
    if (!made.has_value()) {
      // It died and nobody has heard yet. The run keeps its place for the next one.
      log_failure("supervisor", "zygote does not listen", made.error());
      const bool is_template = zygote->version != nullptr;
      bury(zygote);
      return is_template ? launch(start) : Result<bool>(false);
    }
    run = *std::move(made);
    if (run == nullptr && zygote->version == nullptr) return false;
    if (run == nullptr) {
      // A template that leaves its requests lying holds up nobody.
      bury(zygote);
      return launch(start);
    }
  }
  run->key = start.run_key();
  run->kind = start.kind();
  run->limits = limits;
  run->started_us = posix::monotonic_us();
  run->deadline_us = run->started_us + std::int64_t{limits.wall_ms()} * 1000;
  run->cpu_check_us = run->started_us + std::int64_t{limits.cpu_ms()} * 1000;
  run->in = abi::FrameReader(to_frame_bytes_max(limits, run->kind));
  // A process that is made for this run is made while the job is being written to its socket.
  abi::Job job = to_job(start, limits);
  job.has_successor = is_reused;
  const bool has_code = zygote->version != nullptr || (is_reused && run->reuse->runs > 0);
  if (has_code) abi::copy_code({}, job);
  run->out.put(abi::encode(job));
  zygote->is_spare_due = true;
  runs_.push_back(std::move(run));
  write_run(*runs_.back());
  if (!is_reused) note_use(start);
  return true;
}

void Supervisor::kill(LiveRun& run, KillReason reason) {
  if (run.killed_us > 0) return;
  run.kill = reason;
  run.killed_us = posix::monotonic_us();
  if (run.pidfd.is_open()) posix::kill_by_pidfd(run.pidfd.number());
}

void Supervisor::finish(LiveRun& run, Ending::Process process, const zygote::Notice& notice) {
  v1::RunFinished finished = to_finished({.process = process,
                                          .kill = run.kill,
                                          .wait_status = notice.wait_status,
                                          .output_bytes_max = run.limits.output_bytes(),
                                          .is_compile = run.kind == v1::COMPILE,
                                          .done = std::move(run.done)});
  const std::uint64_t cpu_before_us =
      run.reuse != nullptr ? static_cast<std::uint64_t>(run.reuse->cpu_before_us) : 0;
  finished.mutable_stats()->set_cpu_us(notice.cpu_us - std::min(notice.cpu_us, cpu_before_us));
  finished.mutable_stats()->set_memory_peak_bytes(notice.memory_peak_bytes);
  describe(run, finished);
  run.zygote->forget_process(run.slot);
  keys_.erase(run.key);
  send_finished(std::move(finished), run.key);
  erase_pointer(runs_, &run);
}

void Supervisor::send_finished(v1::RunFinished finished, std::uint64_t key) {
  finished.set_run_key(key);
  v1::FromRunner message;
  *message.mutable_run_finished() = std::move(finished);
  channel_.send(message);
}

int supervise(posix::Descriptor control, const Options& options) {
  if (!posix::set_nonblocking(control.number()).has_value()) return 1;
  posix::adopt_orphans();
  return Supervisor(std::move(control), options).serve();
}

}  // namespace nsl::runner::supervisor
