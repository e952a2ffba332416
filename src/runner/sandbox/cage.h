// The cage around hostile code, in two parts.
//
// The outer cage goes around a zygote, once, and every run inherits it: another user, no
// capabilities, empty network and IPC namespaces, no file system (Landlock), no new privileges, not
// dumpable. What the kernel does not offer is left out and missing from the returned layers.
//
// The run's cage goes around one run, before it reads a byte of its job: no descriptor but the one
// socket, resource limits, and the system call filter. It is all or nothing: enter_run_cage()
// returns only when every step of it holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::runner::sandbox {

// Bits of a layer set. The names are what receipts carry.
enum Layer : std::uint32_t {
  kLayerProcess = 1U << 0,         // a fresh process per run
  kLayerDescriptors = 1U << 1,     // one socket, nothing else open
  kLayerResourceLimits = 1U << 2,  // CPU, memory, files, processes
  kLayerSeccomp = 1U << 3,         // system call allow-list
  kLayerNoNewPrivileges = 1U << 4,
  kLayerNotDumpable = 1U << 5,
  kLayerUser = 1U << 6,        // a user of its own, no capabilities
  kLayerNamespaces = 1U << 7,  // empty network and IPC namespaces
  kLayerLandlock = 1U << 8,    // no file system
  kLayerNoExecutableMemory = 1U << 9,
  kLayerEngineSandbox = 1U << 10,  // the engine's own sandbox, if it says so
};
using Layers = std::uint32_t;

std::vector<std::string> layer_names(Layers layers);

// Whether the engine writes machine code at run time.
enum class ExecutableMemory : std::uint8_t { refused, allowed };

// A compiled system call filter. Both are made in the zygote (libseccomp); the zygote's is
// installed once and inherited, the run's on top of it in every run. A run is safe under both
// together.
class SyscallFilter {
 public:
  static Result<SyscallFilter> make_for_zygote();
  static Result<SyscallFilter> make_for_run(ExecutableMemory executable_memory);
  ~SyscallFilter();
  SyscallFilter(SyscallFilter&&) noexcept;
  SyscallFilter& operator=(SyscallFilter&&) noexcept;

  // False when the kernel refuses it. There is no way back.
  bool install() const;
  std::size_t instruction_count() const;

 private:
  struct Program;
  explicit SyscallFilter(std::unique_ptr<Program> program);
  std::unique_ptr<Program> program_;
};

// Before the engine starts: namespaces and user.
Layers enter_outer_cage();
// After the engine started (it reads /proc): Landlock, no new privileges, not dumpable, limits that
// are the same for every run, the zygote's filter. Fails when the kernel cannot give the layers
// that are not optional.
Result<Layers> close_outer_cage();

// Bytes of writable private memory this process has mapped now (not touched: mapped).
std::uint64_t data_bytes_mapped();

struct RunLimits {
  std::uint64_t data_bytes = 0;  // all writable private memory, the zygote's share included
  std::uint32_t cpu_ms = 0;
};

// The number of the run's only descriptor.
inline constexpr int kRunSocket = 3;

// `socket` becomes descriptor 3, all others are closed, then limits and filter. False when a step
// failed: the caller must exit at once.
[[nodiscard]] bool enter_run_cage(int socket, const RunLimits& limits, const SyscallFilter& filter);

}  // namespace nsl::runner::sandbox
