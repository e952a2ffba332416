// CPU time of one `GET` of a public operation through the whole gateway (parsing, routing, rate
// limit, request id, metrics, log line to a file) against the raw epoll server, interleaved in the
// same run, servers on one core and clients on another. Wall time is not judged: the machine is
// shared.
//
// Must: at most kRatioMax times the raw server (SPECIFICATION.md).
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/assert.h"
#include "host/gateway/bench_load.h"
#include "host/gateway/fake_link.h"
#include "host/gateway/gateway.h"
#include "host/telemetry/log_writer.h"
#include "nsl/v1/attestation.pb.h"

namespace nsl::host::gateway {
namespace {

constexpr double kRatioMax = 1.8;
constexpr int kRepetitions = 7;
constexpr int kConnections = 64;
constexpr int kRequests = 30'000;
constexpr unsigned kServerCore = 0;
constexpr unsigned kClientCore = 1;
constexpr std::string_view kRequest =
    "GET /v1/attestation/measurements HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

void serve_gateway(const ServerProcess::Ready& ready) {
  pin_to_core(kServerCore);
  redirect_log_to_file();
  telemetry::LogWriter log_writer(2);
  set_log_sink(log_writer.sink());
  FakeLink link;
  v1::Measurements measurements;
  measurements.set_mode(v1::Attestation::dev);
  measurements.set_module_id("i-0123456789abcdef0-enc0123456789abcdef");
  link.answer_with([response = response_of(measurements)](const internal::v1::Frame&,
                                                          std::int64_t) { return response; });
  telemetry::Metrics metrics;
  SystemClock clock;
  SystemRandom random;
  GatewayOptions options;
  options.thread_count = 1;
  // High enough never to refuse, so that the limiter's work is measured and not its refusals.
  options.rate_per_minute = 60'000'000;
  Gateway gateway(options, link, metrics, clock, random);
  const auto port = gateway.start();
  NSL_ASSERT(port.has_value());
  ready(*port);
  sleep_for_ever();
}

struct Figures {
  std::vector<double> us;

  void measure(const ServerProcess& server) {
    const std::int64_t before_ns = server.cpu_ns();
    drive(server.port(), kRequest, kConnections, kRequests);
    us.push_back(static_cast<double>(server.cpu_ns() - before_ns) / 1000.0 / kRequests);
  }
  double median() const {
    std::vector<double> sorted = us;
    std::ranges::sort(sorted);
    return sorted[sorted.size() / 2];
  }
  void print(std::string_view name) const {
    fmt::print("{:<10} CPU us/request: median {:.2f}, {:.2f}..{:.2f}\n", name, median(),
               *std::ranges::min_element(us), *std::ranges::max_element(us));
  }
};

int run() {
  ServerProcess gateway(serve_gateway);
  const std::string reply = fetch_once(gateway.port(), kRequest);
  ServerProcess raw([&reply](const ServerProcess::Ready& ready) {
    pin_to_core(kServerCore);
    serve_raw(reply, ready);
  });
  pin_to_core(kClientCore);
  Figures raw_figures;
  Figures gateway_figures;
  std::vector<double> ratios;
  for (int i = 0; i < kRepetitions; ++i) {
    raw_figures.measure(raw);
    gateway_figures.measure(gateway);
    ratios.push_back(gateway_figures.us.back() / raw_figures.us.back());
  }
  raw_figures.print("raw epoll");
  gateway_figures.print("gateway");
  const double ratio = gateway_figures.median() / raw_figures.median();
  fmt::print("ratio      {:.2f} ({:.2f}..{:.2f}), must be at most {:.2f}: {}\n", ratio,
             *std::ranges::min_element(ratios), *std::ranges::max_element(ratios), kRatioMax,
             ratio <= kRatioMax ? "met" : "MISSED");
  return ratio <= kRatioMax ? 0 : 1;
}

}  // namespace
}  // namespace nsl::host::gateway

int main() { return nsl::host::gateway::run(); }
