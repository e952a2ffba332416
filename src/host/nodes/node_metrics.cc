#include "host/nodes/node_metrics.h"

namespace nsl::host::nodes {
namespace {

std::string_view name_of(NodeState state) {
  switch (state) {
    case NodeState::unknown:
      return "unknown";
    case NodeState::serving:
      return "serving";
    case NodeState::resting:
      return "resting";
    case NodeState::refused:
      return "refused";
  }
  return "unknown";
}

}  // namespace

NodeMetrics::NodeMetrics(telemetry::Metrics& metrics)
    : requests_(metrics.counters("nsl_node_requests_total", "Exchanges with a Neo node",
                                 {"node", "outcome"})),
      durations_(metrics.histograms("nsl_node_request_seconds",
                                    "Time a Neo node took to answer an exchange", {"node"})),
      signals_(metrics.counters("nsl_node_websocket_frames_total",
                                "What a Neo node's websocket brought", {"node", "kind"})),
      states_(
          metrics.gauges("nsl_node_state", "1 for the state a Neo node is in", {"node", "state"})),
      heights_(metrics.gauges("nsl_node_height", "Newest block a Neo node has", {"node"})),
      failures_(metrics.gauges("nsl_node_recent_failures",
                               "Failures among a Neo node's last 64 exchanges", {"node"})),
      latencies_(metrics.gauges("nsl_node_latency_us",
                                "Moving average of the time to answer, microseconds", {"node"})),
      in_use_(metrics.gauges("nsl_node_connections_in_use", "Connections lent at this moment",
                             {"node"})) {}

void NodeMetrics::note_request(const std::string& node, bool is_answered,
                               std::int64_t duration_us) {
  requests_.with({node, is_answered ? "answered" : "failed"}).add();
  if (is_answered) durations_.with({node}).observe_us(duration_us);
}

void NodeMetrics::note_signal(const std::string& node, std::string_view kind) {
  signals_.with({node, kind}).add();
}

void NodeMetrics::show(const std::string& node, const NodeHealth& health, std::int64_t height,
                       std::int64_t in_use) {
  for (const NodeState state :
       {NodeState::unknown, NodeState::serving, NodeState::resting, NodeState::refused}) {
    states_.with({node, name_of(state)}).set(health.state() == state ? 1 : 0);
  }
  heights_.with({node}).set(height);
  failures_.with({node}).set(health.failures());
  latencies_.with({node}).set(health.latency_us());
  in_use_.with({node}).set(in_use);
}

}  // namespace nsl::host::nodes
