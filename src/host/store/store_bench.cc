// Durable writes per second with 64 requests in flight, against an append log of our own with the
// same group commit and one fdatasync a group: what the disk and the thread wake-ups allow.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "core/base/bounded_queue.h"
#include "core/base/mutex.h"
#include "host/store/store_testing.h"

namespace nsl::host::store {
namespace {

constexpr int kInFlight = 64;
constexpr int kWritesEach = 200;
const std::string kValue(200, 'v');

// The limit: length-prefixed entries, one fdatasync for all that waits.
class AppendLog {
 public:
  explicit AppendLog(const std::string& path)
      : file_(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), queue_(4096) {
    thread_ = std::thread([this] { write_groups(); });
  }
  ~AppendLog() {
    queue_.close();
    thread_.join();
    ::close(file_);
  }

  void append(std::string_view entry) {
    Request request(entry);
    while (!queue_.try_push(&request)) {
    }
    MutexLock lock(request.mutex);
    while (!request.is_done) request.changed.wait(lock);
  }

 private:
  struct Request {
    explicit Request(std::string_view what) : entry(what) {}
    const std::string_view entry;
    Mutex mutex;
    CondVar changed;
    bool is_done = false;
  };

  void write_groups() {
    std::string buffer;
    while (true) {
      const auto group = queue_.pop_batch(256);
      if (group.empty()) return;
      buffer.clear();
      for (const Request* request : group) {
        const auto size = static_cast<std::uint32_t>(request->entry.size());
        buffer.append(reinterpret_cast<const char*>(&size), sizeof(size));
        buffer.append(request->entry);
      }
      const auto written = ::write(file_, buffer.data(), buffer.size());
      NSL_ASSERT(written == static_cast<ssize_t>(buffer.size()));
      NSL_ASSERT(::fdatasync(file_) == 0);
      for (Request* request : group) {
        MutexLock lock(request->mutex);
        request->is_done = true;
        request->changed.notify_one();
      }
    }
  }

  const int file_;
  BoundedQueue<Request*> queue_;
  std::thread thread_;
};

template <class Write>
void run_in_flight(benchmark::State& state, Write write) {
  std::atomic<int> round = 0;
  for (auto _ : state) {
    const int base = (round++) * kWritesEach;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kInFlight; ++thread) {
      threads.emplace_back([&write, thread, base] {
        for (int i = 0; i < kWritesEach; ++i) write(thread, base + i);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  state.SetItemsProcessed(state.iterations() * kInFlight * kWritesEach);
}

void BM_AppendLogLimit(benchmark::State& state) {
  const testing::TemporaryDirectory directory;
  AppendLog log(directory.file("log"));
  run_in_flight(state, [&log](int /*thread*/, int /*number*/) { log.append(kValue); });
}

void BM_StorePut(benchmark::State& state) {
  const testing::TemporaryDirectory directory;
  const auto store = testing::must_open(directory.file("store.db"));
  run_in_flight(state, [&store](int thread, int number) {
    const std::string key = std::to_string(thread) + "/" + std::to_string(number);
    NSL_ASSERT(store->commit(testing::put_of(key, 0, 1, kValue), WallTime(0)).has_value());
  });
}

void BM_StoreAppend(benchmark::State& state) {
  const testing::TemporaryDirectory directory;
  const auto store = testing::must_open(directory.file("store.db"));
  run_in_flight(state, [&store](int thread, int number) {
    internal::v1::StoreCommitRequest request;
    *request.add_appends() = testing::append_of("log" + std::to_string(thread),
                                                static_cast<std::uint64_t>(number) + 1, kValue);
    NSL_ASSERT(store->commit(request, WallTime(0)).has_value());
  });
}

BENCHMARK(BM_AppendLogLimit)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK(BM_StorePut)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);
BENCHMARK(BM_StoreAppend)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);

}  // namespace
}  // namespace nsl::host::store

BENCHMARK_MAIN();
