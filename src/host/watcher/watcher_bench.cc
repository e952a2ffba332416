// How fast the watcher reads a chain and keeps its events durably: a whole catch-up from the node
// that NSL_BENCH_NODE names ("http://127.0.0.1:20331"), into a store on disk, with an enclave that
// takes every event at once. Without that variable there is nothing to measure. Used by
// tests/bench/bench_catchup.py.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "core/base/assert.h"
#include "core/base/mutex.h"
#include "host/store/store_testing.h"
#include "host/watcher/watcher.h"
#include "nsl/internal/v1/work.pb.h"

namespace nsl::host::watcher {
namespace {

// Wants the transfers of GAS from block 1 on.
class TakingEnclave final : public wire::Transport {
 public:
  Result<std::string> call(std::string_view, std::string_view method, std::string,
                           const Deadline&) override {
    if (method != "ListSubscriptions") return std::string();
    internal::v1::ListSubscriptionsReply reply;
    auto* subscription = reply.add_subscriptions();
    subscription->set_contract("0xd2a4cff31913016155e38e474a2c06d08be276cf");
    subscription->set_event("Transfer");
    subscription->set_from_block(1);
    return reply.SerializeAsString();
  }
};

// Waits until so many blocks are stored.
class Finish {
 public:
  explicit Finish(std::int64_t blocks) : blocks_(blocks) {}

  void wait(const telemetry::Counter& read) NSL_EXCLUDES(mutex_) {
    constexpr auto kLook = std::chrono::milliseconds(1);
    MutexLock lock(mutex_);
    while (read.value() < static_cast<std::uint64_t>(blocks_)) {
      never_.wait_until(lock, std::chrono::steady_clock::now() + kLook);
    }
  }

 private:
  const std::int64_t blocks_;
  Mutex mutex_;
  CondVar never_;
};

void catch_up(benchmark::State& state, const char* url, std::int64_t blocks) {
  const SystemClock clock;
  TakingEnclave enclave;
  std::uint64_t events = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const store::testing::TemporaryDirectory directory;
    const auto store = store::testing::must_open(directory.file("store.db"));
    telemetry::Metrics metrics;
    const telemetry::Counter& read = metrics.counters("nsl_watcher_blocks_total", "", {}).with({});
    nodes::NodePool pool({.nodes = {nodes::parse_node_url(url).value()}}, clock, metrics);
    state.ResumeTiming();
    {
      const Watcher watcher(
          {.store = *store, .enclave = enclave, .nodes = pool, .clock = clock, .metrics = metrics});
      Finish(blocks).wait(read);
      state.PauseTiming();
    }
    events = metrics.counters("nsl_watcher_events_total", "", {}).with({}).value();
    state.ResumeTiming();
  }
  state.counters["blocks"] = static_cast<double>(blocks);
  state.counters["events"] = static_cast<double>(events);
}

}  // namespace
}  // namespace nsl::host::watcher

int main(int argc, char** argv) {
  const char* url = std::getenv("NSL_BENCH_NODE");
  const char* blocks = std::getenv("NSL_BENCH_BLOCKS");
  if (url != nullptr && blocks != nullptr) {
    benchmark::RegisterBenchmark("catch_up", nsl::host::watcher::catch_up, url, std::atol(blocks))
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
