// What the supervisor knows of one run, and the two pure decisions about it: which limits hold, and
// how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "nsl/runner/v1/runner.pb.h"
#include "runner/abi/abi.h"
#include "runner/abi/frame_buffer.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::supervisor {

// Why the supervisor killed a run. The first reason wins.
enum class KillReason : std::uint8_t { none, wall_time, cpu_time, cancelled, protocol };

// What is known when a run's process is gone.
struct Ending {
  enum class Process : std::uint8_t { ended, lost, not_started };
  Process process = Process::ended;
  KillReason kill = KillReason::none;
  int wait_status = 0;
  std::uint32_t output_bytes_max = 0;
  bool is_compile = false;
  std::optional<abi::Done> done = {};
};

struct Run {
  std::uint64_t key = 0;
  // The supervisor's own number; never used twice, so that a late notice meets no other run.
  std::uint64_t slot = 0;
  v1::RunLimits limits;
  v1::RunKind kind = v1::INVOKE;

  posix::Descriptor socket;
  posix::Descriptor pidfd;
  abi::FrameReader in{0};
  abi::OutBuffer out;
  bool is_socket_closed = false;

  std::int64_t started_us = 0;
  std::int64_t deadline_us = 0;
  std::int64_t cpu_check_us = 0;
  std::int64_t killed_us = 0;

  std::uint32_t calls_made = 0;
  std::set<std::uint32_t> calls_open;
  std::uint64_t log_bytes = 0;
  std::uint32_t log_lines = 0;
  std::uint32_t log_dropped = 0;

  KillReason kill = KillReason::none;
  std::optional<abi::Done> done;
};

// 0 becomes the product's default, more than the product's maximum becomes the maximum.
v1::RunLimits to_effective_limits(const v1::RunLimits& asked);

// The largest frame body a run may send: its output, its artifact or one call, with room for the
// fields.
std::size_t to_frame_bytes_max(const v1::RunLimits& limits, v1::RunKind kind = v1::INVOKE);

abi::Job to_job(const v1::StartRun& start, const v1::RunLimits& limits);

// The part of the request that is code: what a template is made of, and nothing of a run.
v1::StartRun to_code(const v1::StartRun& start);
bool is_same_code(const v1::StartRun& one, const v1::StartRun& other);
// Alike for the same code; a hint only, because two contents may be made to have the same.
std::size_t to_code_hint(const v1::StartRun& start);
// What a template reads.
abi::Job to_template_job(const v1::StartRun& code);

// Status, output and error; not key, stats or layers.
v1::RunFinished to_finished(Ending ending);

// Whether this wait status speaks of a corrupted process, after which its zygote's address layout
// must not be reused.
bool is_suspicious(int wait_status);

}  // namespace nsl::runner::supervisor
