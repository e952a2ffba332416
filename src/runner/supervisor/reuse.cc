// Processes that serve many runs, for functions that ask for it: one account, one version, one run
// at a time. A run that does anything but succeed is the last of its process.
#include <algorithm>
#include <string>
#include <utility>

#include "core/base/assert.h"
#include "runner/supervisor/state.h"

namespace nsl::runner::supervisor {
namespace {

// Of all runs of a process together; a limit of the kernel's stands behind it, with one run's more.
constexpr std::int64_t kCpuMsMax = 60'000;

std::string to_key(const v1::StartRun& start, const v1::RunLimits& limits) {
  std::string key = std::to_string(start.kind()) + ' ' + std::to_string(limits.memory_bytes());
  key += ' ' + std::to_string(limits.cpu_ms()) + ' ' + start.entry_point() + ' ';
  return key + start.reuse_key();
}

std::int64_t cpu_us_of(const LiveRun& run) {
  return run.pidfd.is_open() ? posix::cpu_time_us(run.pidfd.number()).value_or(0) : 0;
}

std::uint64_t bytes_of(const LiveRun& run) {
  return run.pidfd.is_open() ? posix::memory_bytes(run.pidfd.number()).value_or(0) : 0;
}

// Its socket closes with it, but it may not be reading.
void end_process(const LiveRun& run) {
  if (run.pidfd.is_open()) posix::kill_by_pidfd(run.pidfd.number());
}

}  // namespace

Result<std::unique_ptr<LiveRun>> Supervisor::make_reused(const v1::StartRun& start,
                                                         const v1::RunLimits& limits,
                                                         ZygoteLink& zygote) {
  if (auto resting = take_resting(start, limits); resting != nullptr) return resting;
  v1::RunLimits of_process = limits;
  of_process.set_cpu_ms(limits.cpu_ms() + static_cast<std::uint32_t>(kCpuMsMax));
  NSL_TRY(auto run, make_process(zygote, of_process, zygote::ForkRequest::Kind::run));
  if (run == nullptr) return run;
  run->reuse = std::make_unique<Reuse>();
  run->reuse->key = to_key(start, limits);
  run->reuse->code = to_code(start);
  run->reuse->born_us = posix::monotonic_us();
  return run;
}

std::unique_ptr<LiveRun> Supervisor::take_resting(const v1::StartRun& start,
                                                  const v1::RunLimits& limits) {
  const auto found =
      std::ranges::find_if(resting_, [&start, key = to_key(start, limits)](const auto& process) {
        return process->reuse->key == key && is_same_code(process->reuse->code, start);
      });
  if (found == resting_.end()) return nullptr;
  std::unique_ptr<LiveRun> process = std::move(*found);
  resting_.erase(found);
  const std::int64_t age_us = posix::monotonic_us() - process->reuse->born_us;
  if (posix::has_ended(process->pidfd.number()) || age_us > options_.reuse.age_ms * 1000) {
    end_process(*process);
    return nullptr;
  }
  process->reuse->cpu_before_us = cpu_us_of(*process);
  return process;
}

void Supervisor::end_if_reused(std::uint64_t slot) {
  const auto found =
      std::ranges::find_if(runs_, [slot](const auto& run) { return run->slot == slot; });
  if (found == runs_.end() || (*found)->reuse == nullptr) return;
  LiveRun& run = **found;
  // Until its pidfd is here it can be neither measured nor ended; the notice of it follows.
  if (!run.done.has_value() || run.killed_us > 0 || !run.pidfd.is_open()) return;
  v1::RunFinished finished =
      to_finished({.output_bytes_max = run.limits.output_bytes(), .done = std::move(run.done)});
  const std::int64_t cpu_us = cpu_us_of(run) - run.reuse->cpu_before_us;
  finished.mutable_stats()->set_cpu_us(
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, cpu_us)));
  finished.mutable_stats()->set_memory_peak_bytes(bytes_of(run));
  describe(run, finished);
  ++run.reuse->runs;
  const bool is_kept = may_rest(run, finished);
  const std::uint64_t key = run.key;
  std::unique_ptr<LiveRun> process = std::move(*found);
  runs_.erase(found);
  keys_.erase(key);
  send_finished(std::move(finished), key);
  if (!is_kept) {
    end_process(*process);
    return;
  }
  // Nothing of the run stays with it.
  static_cast<Run&>(*process) = {.slot = process->slot,
                                 .limits = {},
                                 .socket = std::move(process->socket),
                                 .pidfd = std::move(process->pidfd),
                                 .in = abi::FrameReader(0),
                                 .out = {},
                                 .calls_open = {},
                                 .done = {}};
  process->reuse->rested_us = posix::monotonic_us();
  resting_.push_back(std::move(process));
  if (resting_.size() > static_cast<std::size_t>(options_.reuse.count_max)) {
    end_process(*resting_.front());
    resting_.erase(resting_.begin());
  }
}

bool Supervisor::may_rest(const LiveRun& run, const v1::RunFinished& finished) const {
  const std::uint64_t bytes = bytes_of(run);
  const bool is_clean = finished.status() == v1::RunFinished::SUCCEEDED && run.calls_open.empty() &&
                        run.log_dropped == 0 && run.out.is_empty() && run.in.pending() == 0 &&
                        !run.is_socket_closed;
  return is_clean && !run.zygote->is_retired && run.reuse->runs < options_.reuse.runs_max &&
         cpu_us_of(run) < kCpuMsMax * 1000 && bytes > 0 &&
         bytes <= run.reuse->bytes_before + static_cast<std::uint64_t>(options_.reuse.bytes_max);
}

bool Supervisor::take_resting_notice(const ZygoteLink& link, const Heard& heard) {
  if (heard.notice.kind == zygote::Notice::Kind::started) return false;
  std::erase_if(resting_, [&link, &heard](const auto& process) {
    return process->zygote == &link && process->slot == heard.notice.slot;
  });
  return false;
}

void Supervisor::drop_resting(const ZygoteLink& zygote) {
  std::erase_if(resting_, [&zygote](const auto& process) {
    if (process->zygote == &zygote) end_process(*process);
    return process->zygote == &zygote;
  });
}

void Supervisor::check_resting_timers(std::int64_t now_us) {
  std::erase_if(resting_, [this, now_us](const auto& process) {
    const bool is_over = now_us - process->reuse->rested_us > options_.reuse.idle_ms * 1000;
    if (is_over) end_process(*process);
    return is_over;
  });
}

void Supervisor::describe(const LiveRun& run, v1::RunFinished& finished) const {
  v1::RunStats& stats = *finished.mutable_stats();
  stats.set_wall_us(static_cast<std::uint64_t>(posix::monotonic_us() - run.started_us));
  stats.set_host_calls(std::min(run.calls_made, run.limits.host_calls()));
  for (std::string& name : sandbox::layer_names(run.zygote->layers)) {
    // A process that others have run in, or will, is no fresh one.
    const bool is_process = name == sandbox::layer_names(sandbox::kLayerProcess).front();
    finished.add_layers(is_process && run.reuse != nullptr ? "reused_process" : std::move(name));
  }
  finished.set_engine(run.zygote->engine);
}

}  // namespace nsl::runner::supervisor
