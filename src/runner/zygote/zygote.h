// A zygote is a process that has started a language engine and then only forks: one run per
// request, each a fresh process that enters its cage before it reads its job. The zygote reaps its
// runs and tells the supervisor what the kernel knows of them. It never reads a byte of a run's.
//
// A template is a child of the zygote that has loaded the code of one version, in a cage, before
// any input or secret, and then does for this version what the zygote does for all: it forks one
// fresh process per run. It talks to the supervisor itself, over a socket of its own. The zygote
// does not read the code either. When a template ends, whatever it has forked ends with it.
//
// Supervisor and zygote are the same executable and talk over a packet socket, one structure a
// message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "runner/sandbox/cage.h"

namespace nsl::runner::zygote {

// A language engine. Everything before run() happens once, in the zygote.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;
  virtual sandbox::ExecutableMemory executable_memory() const = 0;
  virtual sandbox::Layers layers() const = 0;
  virtual Result<void> prepare() = 0;
  // In a run's process, caged, while it has no job yet: touches what every run will. Leaves nothing
  // behind that a run could see.
  virtual void rehearse() {}
  // In a template's process, caged: from `socket` comes an abi::Job that holds code and nothing
  // else. Does with the code what ends before a line of it runs; the runs forked from here, whose
  // jobs hold no code, begin there. False when the code cannot be loaded.
  virtual bool load(int socket) = 0;
  // In a run's process, caged; `socket` leads to the supervisor, which sends an abi::Job first.
  // The result is the exit code.
  virtual int run(int socket) = 0;
};

// Supervisor to zygote, with the new process's end of its socket.
struct ForkRequest {
  // `early_run`: the job is not there yet, so that there is time to rehearse. `version_template`:
  // the socket takes requests like this one; the first packet on it passes the socket the code
  // comes from.
  enum class Kind : std::uint32_t { run, early_run, version_template };
  std::uint64_t slot = 0;
  std::uint64_t memory_bytes = 0;
  std::uint32_t cpu_ms = 0;
  Kind kind = Kind::run;
};

// Zygote or template to supervisor. `started` carries a pidfd. `ready` of a template says nothing
// more.
struct Notice {
  enum class Kind : std::uint32_t { ready, started, not_started, ended };
  Kind kind = Kind::ready;
  std::uint32_t layers = 0;
  std::uint64_t slot = 0;
  std::int32_t wait_status = 0;
  std::int32_t reserved = 0;
  std::uint64_t cpu_us = 0;
  std::uint64_t memory_peak_bytes = 0;
  char engine[64] = {};
};

Bytes to_bytes(const ForkRequest& request);
Bytes to_bytes(const Notice& notice);
Result<ForkRequest> parse_fork_request(ByteView bytes);
Result<Notice> parse_notice(ByteView bytes);

struct Setting {
  // The packet socket to the supervisor.
  int control = -1;
  // Layers to go without.
  sandbox::Layers waived = sandbox::kNoLayers;
};

// The zygote's life: cage, engine, ready, then forks until the control socket closes. The result is
// the exit code of the process; a run's process never returns.
int serve(Engine& engine, const Setting& setting);

}  // namespace nsl::runner::zygote
