// What the cage costs a run, layer by layer: a process is forked, enters the run's cage and ends,
// below a parent that is in the outer cage. Each row has one layer more than the row before; they
// take turns, each turn in a parent of its own. The process does nothing else, so that the
// difference between two rows is the layer.
//
//   runner_sandbox_bench
//
// CPU is that of parent and child together, which a busy machine distorts less than wall time. The
// last column is what the parent's own cage took, once, with those of its layers above.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "runner/posix/descriptor.h"
#include "runner/posix/process.h"
#include "runner/sandbox/cage.h"

namespace nsl::runner::sandbox {
namespace {

constexpr int kRounds = 9;
constexpr int kForks = 200;
constexpr Layers kAllLayers = kOuterLayers | kRunLayers;

struct Row {
  const char* name;
  Layers outer = kNoLayers;
  Layers run = kNoLayers;
  std::vector<double> wall_us = {};
  std::vector<double> cpu_us = {};
  std::vector<double> enter_us = {};
};

// Layers in the order in which they are taken; the zygote's filter and limits are `outer` too.
std::vector<Row> make_rows() {
  std::vector<Row> rows{{.name = "fork, exit, wait"}};
  const auto add = [&rows](const char* name, Layers outer, Layers run) {
    rows.push_back(
        {.name = name, .outer = rows.back().outer | outer, .run = rows.back().run | run});
  };
  add("user", kLayerUser, 0);
  add("user_namespace", kLayerUserNamespace, 0);
  add("network_namespace", kLayerNetworkNamespace, 0);
  add("ipc_, uts_namespace", kLayerIpcNamespace | kLayerHostName, 0);
  add("pid_namespace", kLayerPidNamespace, 0);
  add("empty_root", kLayerEmptyRoot, 0);
  add("no_capabilities", kLayerCapabilities, 0);
  add("no_new_privs", kLayerNoNewPrivileges, 0);
  add("landlock", kLayerLandlock, 0);
  add("not_dumpable", kLayerNotDumpable, 0);
  add("rlimits, the zygote's", kLayerResourceLimits, 0);
  add("seccomp, the zygote's", kLayerSeccomp, 0);
  add("descriptors", 0, kLayerDescriptors);
  add("rlimits", 0, kLayerResourceLimits);
  add("seccomp", 0, kLayerSeccomp);
  return rows;
}

double cpu_us_so_far() {
  double total = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& time : {used.ru_utime, used.ru_stime}) {
      total += static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    }
  }
  return total;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

bool run_once(const Row& row, const RunLimits& limits, const SyscallFilter& filter) {
  const auto pair = posix::make_stream_pair();
  if (!pair.has_value()) return false;
  const pid_t child = ::fork();
  if (child == 0) {
    const bool is_caged = row.run == kNoLayers || enter_run_cage(pair->theirs.number(), limits,
                                                                 filter, kAllLayers & ~row.run);
    ::_exit(is_caged ? 0 : 1);
  }
  return child > 0 && posix::wait_for(child) == 0;
}

// In a process of its own: "wall cpu enter" in microseconds, or what went wrong.
std::string measure(const Row& row, const SyscallFilter& filter) {
  const RunLimits limits{.data_bytes = data_bytes_mapped() + (64U << 20), .cpu_ms = 1000};
  std::int64_t begin_us = posix::monotonic_us();
  OuterCage cage(kAllLayers & ~row.outer);
  cage.enter();
  cage.close();
  const auto enter_us = posix::monotonic_us() - begin_us;
  if (const auto all = cage.require_all(); !all.has_value()) return all.error().detail();
  if (!run_once(row, limits, filter)) return "the run's cage could not be closed";
  std::vector<double> wall_us;
  const double cpu_before_us = cpu_us_so_far();
  for (int i = 0; i < kForks; ++i) {
    begin_us = posix::monotonic_us();
    if (!run_once(row, limits, filter)) return "a run failed";
    wall_us.push_back(static_cast<double>(posix::monotonic_us() - begin_us));
  }
  std::array<char, 100> text{};
  std::snprintf(text.data(), text.size(), "%.3f %.3f %.3f", median(wall_us),
                (cpu_us_so_far() - cpu_before_us) / kForks, static_cast<double>(enter_us));
  return text.data();
}

bool measure_turn(Row& row, const SyscallFilter& filter) {
  const auto said = posix::ask_child([&row, &filter] { return measure(row, filter); });
  double wall_us = 0;
  double cpu_us = 0;
  double enter_us = 0;
  if (!said.has_value() ||
      std::sscanf(said->c_str(), "%lf %lf %lf", &wall_us, &cpu_us, &enter_us) != 3) {
    std::printf("%-22s left out: %s\n", row.name, said.has_value() ? said->c_str() : "no child");
    return false;
  }
  row.wall_us.push_back(wall_us);
  row.cpu_us.push_back(cpu_us);
  row.enter_us.push_back(enter_us);
  return true;
}

// What else a machine does only adds: the least of the turns is the layer's own.
double least(const std::vector<double>& values) { return *std::ranges::min_element(values); }

void print(const std::vector<Row>& rows) {
  std::printf("%-22s %24s %10s %8s %10s %8s %10s\n", "layer", "wall us, of all turns", "the least",
              "more", "CPU, least", "more", "once us");
  const Row* before = &rows.front();
  for (const Row& row : rows) {
    std::array<char, 60> text{};
    std::snprintf(text.data(), text.size(), "%.0f (%.0f..%.0f)", median(row.wall_us),
                  least(row.wall_us), *std::ranges::max_element(row.wall_us));
    std::printf("%-22s %24s %10.1f %+8.1f %10.1f %+8.1f %10.0f\n", row.name, text.data(),
                least(row.wall_us), least(row.wall_us) - least(before->wall_us), least(row.cpu_us),
                least(row.cpu_us) - least(before->cpu_us), median(row.enter_us));
    before = &row;
  }
  const Row& bare = rows.front();
  std::printf("the whole cage: %.2fx the bare fork's wall time, %.2fx its CPU time\n",
              least(rows.back().wall_us) / least(bare.wall_us),
              least(rows.back().cpu_us) / least(bare.cpu_us));
}

int run_benchmark() {
  const auto filter = SyscallFilter::make_for_run(ExecutableMemory::refused);
  if (!filter.has_value()) return 1;
  std::vector<Row> rows = make_rows();
  for (int round = 0; round < kRounds; ++round) {
    for (Row& row : rows) {
      if (!measure_turn(row, *filter)) return 1;
    }
  }
  print(rows);
  return 0;
}

}  // namespace
}  // namespace nsl::runner::sandbox

int main() { return nsl::runner::sandbox::run_benchmark(); }
