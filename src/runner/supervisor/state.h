// The supervisor's state and its handlers; supervisor.cc holds the loop, the zygotes and the queue,
// relay.cc what passes between enclave and runs, processes.cc the processes made ahead and the
// templates. Only these include this header.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "runner/supervisor/channel.h"
#include "runner/supervisor/run.h"
#include "runner/supervisor/supervisor.h"
#include "runner/supervisor/zygote_link.h"

namespace nsl::runner::supervisor {

// A process that serves one run after the other, for one function of one account.
struct Reuse {
  // All that its runs have in common, beside the code.
  std::string key;
  v1::StartRun code;
  std::int64_t born_us = 0;
  std::int64_t rested_us = 0;
  std::int64_t runs = 0;
  // When its run began.
  std::int64_t cpu_before_us = 0;
  // Before its first run.
  std::uint64_t bytes_before = 0;
};

struct LiveRun : Run {
  ZygoteLink* zygote = nullptr;
  // Null in a process that ends with its run.
  std::unique_ptr<Reuse> reuse = {};
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

  // Zygotes; the templates among them.
  Result<void> keep_zygotes();
  Result<void> keep_zygote(ZygoteRole role);
  ZygoteLink* serving_zygote(ZygoteRole role);
  Result<void> start_zygote(ZygoteRole role);
  ZygoteRole role_for(v1::RunKind kind) const;
  void hear_zygote(ZygoteLink& zygote);
  void take_notice(ZygoteLink& zygote, Heard heard);
  void take_ready(ZygoteLink& zygote, const zygote::Notice& notice);
  void retire_if_suspicious(ZygoteLink& link, int wait_status);
  bool is_link(const ZygoteLink* link) const;
  // When one that is not ready is given up.
  std::int64_t late_us(const ZygoteLink& link) const;
  // It gets no new runs; those it has end as they would.
  void retire(ZygoteLink& zygote);
  void bury(ZygoteLink* zygote);
  // What a zygote that is gone left behind.
  void reap_orphans() const;

  // The queue.
  void launch_waiting();
  Result<bool> launch(const v1::StartRun& start);
  // A process of that zygote, in its cage and without a job; null while the zygote has no room for
  // a request.
  Result<std::unique_ptr<LiveRun>> make_process(ZygoteLink& zygote, const v1::RunLimits& limits,
                                                zygote::ForkRequest::Kind kind);

  // Processes that wait for the next run of their zygote or template, so that its making does not.
  void keep_spares();
  // Null when there is none that fits.
  std::unique_ptr<LiveRun> take_spare(const ZygoteLink& zygote, const v1::RunLimits& limits);
  void drop_spare(const ZygoteLink& zygote);
  // Whether the notice was about a process that waits.
  bool take_spare_notice(const ZygoteLink& link, Heard& heard);

  // The zygote or template that the run's process is forked from; null while none serves.
  ZygoteLink* find_link(const v1::StartRun& start);
  ZygoteLink* find_template(const v1::StartRun& start, std::size_t code_hint);
  // Makes a template when this is the code's second run within the time.
  void note_use(const v1::StartRun& start);
  void start_template(const v1::StartRun& start);
  void make_room_for_template(std::int64_t count_max, std::uint64_t bytes_max);
  void take_template_ready(ZygoteLink& link);
  // Whether the notice of a zygote was about a template of it.
  bool take_template_notice(ZygoteLink& zygote, Heard& heard);
  void check_template_timers(std::int64_t now_us);
  void note_hopeless(const ZygoteLink& link);

  // Processes that are reused. One that rests and fits the run, or a new one; null while the zygote
  // takes no request.
  Result<std::unique_ptr<LiveRun>> make_reused(const v1::StartRun& start,
                                               const v1::RunLimits& limits, ZygoteLink& zygote);
  std::unique_ptr<LiveRun> take_resting(const v1::StartRun& start, const v1::RunLimits& limits);
  // When its run has said its result: tells the enclave, and lets the process rest if it may.
  void end_if_reused(std::uint64_t slot);
  bool may_rest(const LiveRun& run, const v1::RunFinished& finished) const;
  bool take_resting_notice(const ZygoteLink& link, const Heard& heard);
  void drop_resting(const ZygoteLink& zygote);
  void check_resting_timers(std::int64_t now_us);
  void describe(const LiveRun& run, v1::RunFinished& finished) const;

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
  // Never had a job: fresh as any. At most one of a zygote or template.
  std::vector<std::unique_ptr<LiveRun>> spares_;
  std::vector<std::unique_ptr<LiveRun>> resting_;
  // When codes have run, by their hints, for those that have no template.
  struct Use {
    std::int64_t at_us = 0;
    // A template of it did not load; none is made again while it is remembered.
    bool is_hopeless = false;
  };
  std::unordered_map<std::size_t, Use> uses_;
  std::deque<v1::StartRun> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::unordered_set<std::uint64_t> keys_;
  std::uint64_t next_slot_ = 1;
  std::int64_t failed_starts_ = 0;
  bool is_compiler_wanted_ = false;
};

}  // namespace nsl::runner::supervisor
