#include "host/telemetry/metrics.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/base/limits.h"

namespace nsl::host::telemetry {
namespace {

TEST(Metrics, PrintsCountersGaugesAndWatchedValues) {
  Metrics metrics;
  metrics.counters("nsl_a_requests_total", "Requests", {"route", "status"})
      .with({"/v1/a", "200"})
      .add(3);
  metrics.gauges("nsl_b_open", "Open", {}).with({}).set(-2);
  metrics.watch("nsl_c_up", "Up", [] { return std::int64_t{1}; });
  EXPECT_EQ(metrics.print(),
            "# HELP nsl_a_requests_total Requests\n"
            "# TYPE nsl_a_requests_total counter\n"
            "nsl_a_requests_total{route=\"/v1/a\",status=\"200\"} 3\n"
            "# HELP nsl_b_open Open\n"
            "# TYPE nsl_b_open gauge\n"
            "nsl_b_open -2\n"
            "# HELP nsl_c_up Up\n"
            "# TYPE nsl_c_up gauge\n"
            "nsl_c_up 1\n");
}

TEST(Metrics, PrintsCumulativeBucketsInSeconds) {
  Metrics metrics;
  Histogram& histogram = metrics.histograms("nsl_a_request_seconds", "Time", {"route"}).with({"/"});
  histogram.observe_us(50);
  histogram.observe_us(51);
  histogram.observe_us(20000000);
  const std::string text = metrics.print();
  EXPECT_NE(text.find("nsl_a_request_seconds_bucket{route=\"/\",le=\"5e-05\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("nsl_a_request_seconds_bucket{route=\"/\",le=\"0.0001\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("nsl_a_request_seconds_bucket{route=\"/\",le=\"10\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("nsl_a_request_seconds_bucket{route=\"/\",le=\"+Inf\"} 3\n"),
            std::string::npos);
  EXPECT_NE(text.find("nsl_a_request_seconds_sum{route=\"/\"} 20.000101\n"), std::string::npos);
  EXPECT_NE(text.find("nsl_a_request_seconds_count{route=\"/\"} 3\n"), std::string::npos);
  EXPECT_EQ(histogram.count(), 3U);
}

TEST(Metrics, EscapesLabelValues) {
  Metrics metrics;
  metrics.counters("nsl_a_total", "A", {"x"}).with({"a\"b\\c\nd"}).add();
  EXPECT_NE(metrics.print().find("nsl_a_total{x=\"a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos);
}

TEST(Metrics, GivesTheSameSeriesForTheSameLabels) {
  Metrics metrics;
  auto& family = metrics.counters("nsl_a_total", "A", {"x"});
  EXPECT_EQ(&family, &metrics.counters("nsl_a_total", "A", {"x"}));
  EXPECT_EQ(&family.with({"1"}), &family.with({"1"}));
  EXPECT_NE(&family.with({"1"}), &family.with({"2"}));
}

TEST(Metrics, CountsWhatIsPastTheBoundAsOther) {
  Metrics metrics;
  auto& family = metrics.counters("nsl_a_total", "A", {"x"});
  for (std::int64_t i = 0; i < limits::kMetricSeriesMax + 10; ++i) {
    family.with({std::to_string(i)}).add();
  }
  EXPECT_NE(metrics.print().find("nsl_a_total{x=\"other\"} 10\n"), std::string::npos);
}

TEST(Metrics, CountsFromManyThreads) {
  Metrics metrics;
  auto& family = metrics.counters("nsl_a_total", "A", {"x"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&family] {
      for (int n = 0; n < 1000; ++n) family.with({n % 2 == 0 ? "even" : "odd"}).add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(family.with({"even"}).value(), 2000U);
}

}  // namespace
}  // namespace nsl::host::telemetry
