#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

#include "runner/sandbox/cage.h"
#include "runner/sandbox/resource_limit.h"

namespace nsl::runner::sandbox {
namespace {

bool close_all_but_the_socket() {
  // SAFETY: closes everything but the run's socket; nothing here is used again.
  return ::syscall(SYS_close_range, 0, kRunSocket - 1, 0) == 0 &&
         ::syscall(SYS_close_range, kRunSocket + 1, ~0U, 0) == 0;
}

// More than all runs, templates and waiting processes of the three languages together; what it
// stops is a template that forks for ever.
constexpr rlim_t kTemplateProcessesMax = 512;
// It has a handful open; but descriptors that were sent and not yet received count for the user,
// who is that of all templates and zygotes (unix(7), ETOOMANYREFS).
constexpr rlim_t kTemplateDescriptorsMax = 1024;

bool set_template_limits(const RunLimits& limits) {
  return set_limit(RLIMIT_CPU, limits.cpu_ms / 1000 + 2) &&
         set_limit(RLIMIT_DATA, limits.data_bytes) &&
         set_limit(RLIMIT_NOFILE, kTemplateDescriptorsMax) &&
         set_limit(RLIMIT_NPROC, kTemplateProcessesMax);
}

bool set_run_limits(const RunLimits& limits) {
  // The supervisor's deadline is exact; this one, in whole seconds, holds when it is gone.
  const rlim_t cpu_seconds = limits.cpu_ms / 1000 + 2;
  return set_limit(RLIMIT_CPU, cpu_seconds) && set_limit(RLIMIT_DATA, limits.data_bytes) &&
         set_limit(RLIMIT_NOFILE, kRunSocket + 1) && set_limit(RLIMIT_NPROC, 0);
}

}  // namespace

std::uint64_t data_bytes_mapped() {
  // Fields of /proc/self/statm in pages: size resident shared text lib data dirty.
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long pages = 0;
  const int count = std::fscanf(file, "%*u %*u %*u %*u %*u %lu", &pages);
  std::fclose(file);
  return count == 1 ? std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))
                    : 0;
}

bool keep_only_socket(int socket) {
  return (socket == kRunSocket || ::dup2(socket, kRunSocket) >= 0) && close_all_but_the_socket();
}

bool enter_template_cage(const RunLimits& limits, const SyscallFilter& filter, Layers waived) {
  if ((waived & kLayerResourceLimits) == 0 && !set_template_limits(limits)) return false;
  return (waived & kLayerSeccomp) != 0 || filter.install();
}

bool enter_run_cage(int socket, const RunLimits& limits, const SyscallFilter& filter,
                    Layers waived) {
  if (socket != kRunSocket && ::dup2(socket, kRunSocket) < 0) return false;
  const auto holds = [waived](Layer layer) { return (waived & layer) == 0; };
  if (holds(kLayerDescriptors) && !close_all_but_the_socket()) return false;
  if (holds(kLayerResourceLimits) && !set_run_limits(limits)) return false;
  return !holds(kLayerSeccomp) || filter.install();
}

}  // namespace nsl::runner::sandbox
