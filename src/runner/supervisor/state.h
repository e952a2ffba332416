// The supervisor's state and its handlers; supervisor.cc holds the loop, the zygotes and the queue,
// relay.cc what passes between enclave and runs. Only these two include this header.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "runner/supervisor/channel.h"
#include "runner/supervisor/run.h"
#include "runner/supervisor/supervisor.h"
#include "runner/supervisor/zygote_link.h"

namespace nsl::runner::supervisor {

struct LiveRun : Run {
  ZygoteLink* zygote = nullptr;
};

class Supervisor {
 public:
  Supervisor(posix::Descriptor control, const Options& options);
  int serve();

 private:
  // The loop.
  Result<void> turn();
  Result<void> hear_enclave();
  std::int64_t ms_until_timer(std::int64_t now_us) const;
  void check_timers(std::int64_t now_us);

  // Zygotes.
  Result<void> keep_zygotes();
  Result<void> keep_zygote(ZygoteRole role);
  ZygoteLink* serving_zygote(ZygoteRole role);
  Result<void> start_zygote(ZygoteRole role);
  ZygoteRole role_for(v1::RunKind kind) const;
  void hear_zygote(ZygoteLink& zygote);
  void take_notice(ZygoteLink& zygote, Heard heard);
  // It gets no new runs; those it has end as they would.
  void retire(ZygoteLink& zygote);
  void bury(ZygoteLink* zygote);
  // What a zygote that is gone left behind.
  void reap_orphans() const;

  // The queue.
  void launch_waiting();
  Result<bool> launch(const v1::StartRun& start);
  enum class Purpose : std::uint8_t { run, spare };
  // A process of that zygote, in its cage and without a job; null while the zygote has no room for
  // a request.
  Result<std::unique_ptr<LiveRun>> make_process(ZygoteLink& zygote, const v1::RunLimits& limits,
                                                Purpose purpose);

  // The process that waits for the next run, so that its making does not.
  void keep_spare();
  // Null when there is none that fits.
  std::unique_ptr<LiveRun> take_spare(const ZygoteLink& zygote, const v1::RunLimits& limits);
  void drop_spare(const ZygoteLink& zygote);

  // Enclave to runs.
  void take(const v1::StartRun& start);
  void take(const v1::HostReply& reply);
  void take(const v1::CancelRun& cancel);

  // Runs to enclave.
  // False when nothing came.
  bool read_run(LiveRun& run);
  void write_run(LiveRun& run);
  void take_frames(LiveRun& run);
  void take(LiveRun& run, const abi::Call& call);
  void take(LiveRun& run, const abi::LogText& log);
  void take(LiveRun& run, abi::Done&& done);
  void reply(LiveRun& run, const abi::Reply& reply);
  void send_log(const Run& run, abi::LogLevel level, std::string_view text);

  void kill(LiveRun& run, KillReason reason);
  void finish(LiveRun& run, Ending::Process process, const zygote::Notice& notice);
  void send_finished(v1::RunFinished finished, std::uint64_t key);

  Channel channel_;
  const Options& options_;
  std::vector<std::unique_ptr<ZygoteLink>> zygotes_;
  std::vector<std::unique_ptr<LiveRun>> runs_;
  // Never had a job: fresh as any.
  std::unique_ptr<LiveRun> spare_;
  bool is_spare_due_ = false;
  std::deque<v1::StartRun> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::unordered_set<std::uint64_t> keys_;
  std::uint64_t next_slot_ = 1;
  std::int64_t failed_starts_ = 0;
  bool is_compiler_wanted_ = false;
};

}  // namespace nsl::runner::supervisor
