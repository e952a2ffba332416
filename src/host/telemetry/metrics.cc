#include "host/telemetry/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::host::telemetry {
namespace {

// Label values escape backslash, quote and line feed (exposition format 0.0.4).
void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
}

std::string labels_text(const std::vector<std::string>& names,
                        std::initializer_list<std::string_view> values) {
  std::string text;
  const auto* value = values.begin();
  for (const std::string& name : names) {
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    append_escaped(text, *value++);
    text += '"';
  }
  return text;
}

// nsl_x_total{labels} 5
template <class Number>
void append_line(std::string& text, std::string_view name, std::string_view labels, Number number) {
  if (labels.empty()) {
    text += fmt::format("{} {}\n", name, number);
  } else {
    text += fmt::format("{}{{{}}} {}\n", name, labels, number);
  }
}

void append_metric(std::string& text, std::string_view name, std::string_view labels,
                   const Counter& counter) {
  append_line(text, name, labels, counter.value());
}

void append_metric(std::string& text, std::string_view name, std::string_view labels,
                   const Gauge& gauge) {
  append_line(text, name, labels, gauge.value());
}

double to_seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

void append_metric(std::string& text, std::string_view name, std::string_view labels,
                   const Histogram& histogram) {
  const std::string_view comma = labels.empty() ? "" : ",";
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < Histogram::kBoundsUs.size(); ++i) {
    cumulative += histogram.bucket(i);
    text += fmt::format("{}_bucket{{{}{}le=\"{}\"}} {}\n", name, labels, comma,
                        to_seconds(Histogram::kBoundsUs[i]), cumulative);
  }
  cumulative += histogram.bucket(Histogram::kBoundsUs.size());
  text += fmt::format("{}_bucket{{{}{}le=\"+Inf\"}} {}\n", name, labels, comma, cumulative);
  append_line(text, fmt::format("{}_sum", name), labels, to_seconds(histogram.sum_us()));
  append_line(text, fmt::format("{}_count", name), labels, cumulative);
}

bool is_metric_name(std::string_view name) {
  return name.starts_with("nsl_") && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace

void Histogram::observe_us(std::int64_t duration_us) {
  const auto* bound = std::ranges::lower_bound(kBoundsUs, duration_us);
  const auto index = static_cast<std::size_t>(bound - kBoundsUs.begin());
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(duration_us, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  return total;
}

template <class Metric>
Metric& Family<Metric>::with(std::initializer_list<std::string_view> label_values) {
  NSL_ASSERT(label_values.size() == label_names_.size());
  std::string labels = labels_text(label_names_, label_values);
  MutexLock lock(mutex_);
  if (const auto found = series_.find(labels); found != series_.end()) return *found->second;
  if (series_.size() >= static_cast<std::size_t>(limits::kMetricSeriesMax)) {
    labels.clear();
    for (const std::string& name : label_names_) {
      labels += fmt::format("{}{}=\"other\"", labels.empty() ? "" : ",", name);
    }
  }
  std::unique_ptr<Metric>& place = series_[std::move(labels)];
  if (place == nullptr) place = std::make_unique<Metric>();
  return *place;
}

template <class Metric>
void Family<Metric>::print(std::string_view name, std::string& text) const {
  MutexLock lock(mutex_);
  for (const auto& [labels, metric] : series_) append_metric(text, name, labels, *metric);
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

Metrics::Entry& Metrics::entry_of(const std::string& name, std::string help) {
  NSL_ASSERT(is_metric_name(name));
  Entry& entry = entries_[name];
  if (entry.help.empty()) entry.help = std::move(help);
  return entry;
}

Family<Counter>& Metrics::counters(std::string name, std::string help,
                                   std::vector<std::string> label_names) {
  NSL_ASSERT(name.ends_with("_total"));
  MutexLock lock(mutex_);
  auto& family = entry_of(name, std::move(help)).counters;
  if (family == nullptr) family = std::make_unique<Family<Counter>>(std::move(label_names));
  return *family;
}

Family<Gauge>& Metrics::gauges(std::string name, std::string help,
                               std::vector<std::string> label_names) {
  MutexLock lock(mutex_);
  auto& family = entry_of(name, std::move(help)).gauges;
  if (family == nullptr) family = std::make_unique<Family<Gauge>>(std::move(label_names));
  return *family;
}

Family<Histogram>& Metrics::histograms(std::string name, std::string help,
                                       std::vector<std::string> label_names) {
  NSL_ASSERT(name.ends_with("_seconds"));
  MutexLock lock(mutex_);
  auto& family = entry_of(name, std::move(help)).histograms;
  if (family == nullptr) family = std::make_unique<Family<Histogram>>(std::move(label_names));
  return *family;
}

void Metrics::watch(std::string name, std::string help, std::function<std::int64_t()> read) {
  MutexLock lock(mutex_);
  entry_of(name, std::move(help)).read = std::move(read);
}

std::string Metrics::print() const {
  std::string text;
  MutexLock lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    const std::string_view kind = entry.counters != nullptr     ? "counter"
                                  : entry.histograms != nullptr ? "histogram"
                                                                : "gauge";
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, entry.help, name, kind);
    if (entry.counters != nullptr) entry.counters->print(name, text);
    if (entry.gauges != nullptr) entry.gauges->print(name, text);
    if (entry.histograms != nullptr) entry.histograms->print(name, text);
    if (entry.read) append_line(text, name, "", entry.read());
  }
  return text;
}

}  // namespace nsl::host::telemetry
