// The supervisor: the engine-free process between the enclave and the runs. It starts zygotes,
// gives each run a socket of its own, relays host calls and log lines, and enforces every limit
// that a run could talk about but must not decide: wall and CPU time, counts and sizes.
//
// It trusts the enclave and the kernel. Of a run it believes nothing: what breaks the protocol is
// killed. One thread, one poll loop, nothing blocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::supervisor {

// A version gets a template, made beside its run, when it runs a second time within `again_ms`: who
// runs once and goes costs nothing, and no run waits for a template to load.
struct TemplateOptions {
  std::int64_t count_max = limits::kTemplatesMax;
  std::int64_t bytes_max = limits::kTemplatesBytesMax;
  std::int64_t again_ms = limits::kTemplateAgainMsMax;
  std::int64_t load_ms = limits::kTemplateLoadMsMax;
  std::int64_t runs_max = limits::kTemplateRunsMax;
};

// Processes that serve many runs, for functions that ask for it.
struct ReuseOptions {
  std::int64_t count_max = limits::kReuseProcessesMax;
  std::int64_t runs_max = limits::kReuseRunsMax;
  std::int64_t age_ms = limits::kReuseMsMax;
  std::int64_t idle_ms = limits::kReuseIdleMsMax;
  std::int64_t bytes_max = limits::kReuseBytesMax;
};

struct Options {
  // The arguments that make this executable a zygote on descriptor 3.
  std::vector<std::string> zygote_arguments;
  // The same for one that only compiles, started when the first source comes; empty: the one zygote
  // does both.
  std::vector<std::string> compiler_arguments = {};
  // A zygote that does not serve by then is replaced.
  std::int64_t zygote_start_ms = limits::kZygoteStartMsMax;
  // The same for one that only compiles: it warms a whole compiler up, which takes seconds on a
  // machine with nothing else to do.
  std::int64_t compiler_start_ms = 6 * limits::kZygoteStartMsMax;
  // A zygote that has forked as many runs is replaced once another is ready.
  std::int64_t zygote_runs_max = limits::kZygoteRunsMax;
  TemplateOptions templates = {};
  ReuseOptions reuse = {};
};

// Serves until `control` closes or breaks the protocol, then leaves no process behind. The result
// is the exit code: 0 when the enclave closed the socket.
int supervise(posix::Descriptor control, const Options& options);

}  // namespace nsl::runner::supervisor
