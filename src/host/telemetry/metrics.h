// Metrics of one process as Prometheus text (exposition format 0.0.4). A family is made once, at
// start; a series is one combination of label values. Series are bounded: past
// limits::kMetricSeriesMax everything new is counted under "other", so that no client can make the
// page grow. Label values never hold account ids, names or payload.
//
// Everything may be called from any thread. References stay valid as long as the Metrics live.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/mutex.h"

namespace nsl::host::telemetry {

class Counter final {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge final {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t change) { value_.fetch_add(change, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Durations. The buckets run from 50 microseconds to 10 seconds.
class Histogram final {
 public:
  static constexpr std::array<std::int64_t, 16> kBoundsUs = {
      50,    100,   250,    500,    1000,   2500,    5000,    10000,
      25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};

  void observe_us(std::int64_t duration_us);
  std::uint64_t count() const;
  std::int64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }
  // Observations in bucket `index` alone; the last is above every bound.
  std::uint64_t bucket(std::size_t index) const {
    return buckets_[index].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets_{};
  std::atomic<std::int64_t> sum_us_{0};
};

// All series of one name. Metric is Counter, Gauge or Histogram.
template <class Metric>
class Family final {
 public:
  explicit Family(std::vector<std::string> label_names) : label_names_(std::move(label_names)) {}

  // As many values as the family has labels, in their order.
  Metric& with(std::initializer_list<std::string_view> label_values) NSL_EXCLUDES(mutex_);
  // Appends every series; `name` is the family's.
  void print(std::string_view name, std::string& text) const NSL_EXCLUDES(mutex_);

 private:
  const std::vector<std::string> label_names_;
  mutable Mutex mutex_;
  // By printed labels: `route="/v1/secrets",status="200"`.
  std::map<std::string, std::unique_ptr<Metric>, std::less<>> series_ NSL_GUARDED_BY(mutex_);
};

class Metrics final {
 public:
  Metrics() = default;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Names are `nsl_<area>_<thing>_<unit>[_total]`. The same name gives the same family again.
  Family<Counter>& counters(std::string name, std::string help,
                            std::vector<std::string> label_names);
  Family<Gauge>& gauges(std::string name, std::string help, std::vector<std::string> label_names);
  // Printed in seconds.
  Family<Histogram>& histograms(std::string name, std::string help,
                                std::vector<std::string> label_names);
  // A gauge read at each scrape; `read` must not block.
  void watch(std::string name, std::string help, std::function<std::int64_t()> read);

  std::string print() const;

 private:
  struct Entry {
    std::string help;
    std::unique_ptr<Family<Counter>> counters;
    std::unique_ptr<Family<Gauge>> gauges;
    std::unique_ptr<Family<Histogram>> histograms;
    std::function<std::int64_t()> read;
  };

  Entry& entry_of(const std::string& name, std::string help) NSL_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Entry> entries_ NSL_GUARDED_BY(mutex_);
};

extern template class Family<Counter>;
extern template class Family<Gauge>;
extern template class Family<Histogram>;

}  // namespace nsl::host::telemetry
