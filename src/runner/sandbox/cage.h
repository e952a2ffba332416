// The cage around hostile code, in two parts.
//
// The outer cage goes around a zygote, once, and every run inherits it: another user, no
// capabilities, name spaces of its own, an empty read-only root, no file system (Landlock), no new
// privileges, not dumpable.
//
// The run's cage goes around one run, before it reads a byte of its job: no descriptor but the one
// socket, resource limits, and the system call filter.
//
// A layer that cannot be had is a reason not to start, unless the operator has waived it by name.
// What is in force is what receipts say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nsl::runner::sandbox {

// Bits of a layer set. The names are what receipts carry and what `--without-layer` takes.
enum Layer : std::uint32_t {
  kLayerProcess = 1U << 0,         // a fresh process per run
  kLayerDescriptors = 1U << 1,     // one socket, nothing else open
  kLayerResourceLimits = 1U << 2,  // CPU, memory, files, processes
  kLayerSeccomp = 1U << 3,         // system call allow-list
  kLayerNoNewPrivileges = 1U << 4,
  kLayerNotDumpable = 1U << 5,
  kLayerUser = 1U << 6,              // a user and a group of its own
  kLayerNetworkNamespace = 1U << 7,  // no interface but a loopback that is down
  kLayerLandlock = 1U << 8,          // no file system
  kLayerNoExecutableMemory = 1U << 9,
  kLayerEngineSandbox = 1U << 10,  // the engine's own sandbox, if it says so
  kLayerCapabilities = 1U << 11,   // none
  kLayerUserNamespace = 1U << 12,  // root of nothing outside
  kLayerPidNamespace = 1U << 13,   // sees and signals no process but its siblings
  kLayerIpcNamespace = 1U << 14,
  kLayerHostName = 1U << 15,   // a UTS name space whose name says nothing
  kLayerEmptyRoot = 1U << 16,  // a mount name space that holds one empty read-only directory
};
using Layers = std::uint32_t;

inline constexpr Layers kNoLayers = 0;
// What an operator may go without on a machine that lacks it. The others are no option: without
// them one run could reach another.
inline constexpr Layers kOptionalLayers = kLayerUser | kLayerNetworkNamespace | kLayerLandlock |
                                          kLayerUserNamespace | kLayerPidNamespace |
                                          kLayerIpcNamespace | kLayerHostName | kLayerEmptyRoot;
// What the outer cage consists of.
inline constexpr Layers kOuterLayers =
    kOptionalLayers | kLayerCapabilities | kLayerNoNewPrivileges | kLayerNotDumpable;
// What a run adds.
inline constexpr Layers kRunLayers =
    kLayerProcess | kLayerDescriptors | kLayerResourceLimits | kLayerSeccomp;

std::vector<std::string> layer_names(Layers layers);
// The layer of that name; nothing when there is none.
std::optional<Layer> find_layer(std::string_view name);

// Whether the engine writes machine code at run time.
enum class ExecutableMemory : std::uint8_t { refused, allowed };

// A compiled system call filter. All are made in the zygote (libseccomp); the zygote's is installed
// once and inherited, the run's on top of it in every run, a template's on top of it in every
// template and below that of its runs. A process is safe under all it has together.
class SyscallFilter {
 public:
  static Result<SyscallFilter> make_for_zygote();
  static Result<SyscallFilter> make_for_run(ExecutableMemory executable_memory);
  // A run's, and what it takes to make one: to fork with exactly `fork_flags`, to wait for its
  // children, to take requests from its socket and answer them, and to lock a child down.
  static Result<SyscallFilter> make_for_template(ExecutableMemory executable_memory,
                                                 unsigned long fork_flags);
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

// Goes around this process, in two steps because an engine reads files while it starts.
class OuterCage {
 public:
  // A layer that could not be had, and why.
  struct Missing {
    Layer layer;
    std::string reason;
  };

  explicit OuterCage(Layers waived) : waived_(waived) {}

  // Before the engine starts: user and name spaces. A process in a process name space of its own is
  // a child of the one that made it, so this forks: it returns in the child, and the process that
  // called it stays behind, holding nothing, and ends with the child. The one capability kept is
  // the one close() needs.
  void enter();
  // After the engine started: empty root, Landlock, no capabilities, no new privileges, not
  // dumpable, limits that are the same for every run, the zygote's filter.
  void close();

  Layers layers() const { return layers_; }
  // Layers that are neither in force nor waived.
  const std::vector<Missing>& missing() const { return missing_; }
  // Code::sandbox_unavailable, naming the first one, when any is missing.
  Result<Layers> require_all() const;

 private:
  template <class Step>
  void take(Layer layer, Step step);

  const Layers waived_;
  Layers layers_ = 0;
  std::vector<Missing> missing_;
};

// Bytes of writable private memory this process has mapped now (not touched: mapped).
std::uint64_t data_bytes_mapped();

struct RunLimits {
  std::uint64_t data_bytes = 0;  // all writable private memory, the zygote's share included
  std::uint32_t cpu_ms = 0;
};

// The number of the run's only descriptor.
inline constexpr int kRunSocket = 3;

// Descriptors of a template beside its socket, which has a run's number: the signals of its
// children, and the code it loads.
inline constexpr int kTemplateSignals = 4;
inline constexpr int kTemplateCode = 5;

// Only `socket` stays open, as descriptor 3. False when a step failed.
[[nodiscard]] bool keep_only_socket(int socket);

// The cage of a template, whose descriptors are in their places: limits, then the filter. Its runs
// enter theirs on top of it. `data_bytes` and `cpu_ms` are the most that a run of it may have.
[[nodiscard]] bool enter_template_cage(const RunLimits& limits, const SyscallFilter& filter,
                                       Layers waived = kNoLayers);

// `socket` becomes descriptor 3, all others are closed, then limits and filter; of these only what
// is in `waived` is left out. False when a step failed: the caller must exit at once.
[[nodiscard]] bool enter_run_cage(int socket, const RunLimits& limits, const SyscallFilter& filter,
                                  Layers waived = kNoLayers);

}  // namespace nsl::runner::sandbox
