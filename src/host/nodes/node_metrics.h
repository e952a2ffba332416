// The figures of each Neo node in /metrics. A node is named by its address, "127.0.0.1:20331".
#pragma once

#include <cstdint>
#include <string>

#include "host/nodes/node_health.h"
#include "host/telemetry/metrics.h"

namespace nsl::host::nodes {

class NodeMetrics {
 public:
  explicit NodeMetrics(telemetry::Metrics& metrics);

  void note_request(const std::string& node, bool is_answered, std::int64_t duration_us);
  void note_signal(const std::string& node, std::string_view kind);
  void show(const std::string& node, const NodeHealth& health, std::int64_t height,
            std::int64_t in_use);

 private:
  telemetry::Family<telemetry::Counter>& requests_;
  telemetry::Family<telemetry::Histogram>& durations_;
  telemetry::Family<telemetry::Counter>& signals_;
  telemetry::Family<telemetry::Gauge>& states_;
  telemetry::Family<telemetry::Gauge>& heights_;
  telemetry::Family<telemetry::Gauge>& failures_;
  telemetry::Family<telemetry::Gauge>& latencies_;
  telemetry::Family<telemetry::Gauge>& in_use_;
};

}  // namespace nsl::host::nodes
