// Host: the object graph of nsl-host. Members stand in the order they are built; each uses only
// those above it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/flags/flags.h"
#include "host/gateway/gateway.h"
#include "host/link/link.h"
#include "host/link/link_transport.h"
#include "host/nodes/node_pool.h"
#include "host/orchestrator/orchestrator.h"
#include "host/proxy/proxy.h"
#include "host/store/sqlite_store.h"
#include "host/store/store_service.h"
#include "host/telemetry/metrics.h"
#include "host/watcher/watcher.h"

namespace nsl::host::program {

struct Options {
  wire::Endpoint enclave;
  wire::Endpoint dial;
  std::string state;
  std::uint16_t port = 0;
  std::vector<nodes::NodeAddress> nodes;
  // Magic of the Neo network; nothing: the nodes' own.
  std::optional<neo::NetworkMagic> network;
  // A block in whose place another one was read before.
  std::optional<neo::UInt256> accepted_chain;
  std::vector<net::IpEndpoint> allowed_addresses;
  // Written with {"url": ...} once serving; empty: not.
  std::string ready_file;
  std::string version;
};

std::vector<flags::Flag> host_flags();
Result<Options> parse_options(const flags::Flags& flags);

class Host {
 public:
  static Result<std::unique_ptr<Host>> start(const Options& options);
  // Drains, then stops everything in the reverse order.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const std::string& url() const { return url_; }
  // Whether the enclave answers and serves.
  Result<void> probe(std::int64_t deadline_ms);

 private:
  // The enclave says that its subscriptions changed.
  class WatchService;

  Host(const Options& options, std::unique_ptr<store::SqliteStore> store);

  SystemClock clock_;
  SystemRandom random_;
  telemetry::Metrics metrics_;
  const std::unique_ptr<store::SqliteStore> store_;
  proxy::Proxy proxy_;
  // The link's services call these two, which stand on the link: set once both exist.
  std::atomic<orchestrator::Orchestrator*> wake_jobs_ = nullptr;
  std::atomic<watcher::Watcher*> wake_watcher_ = nullptr;
  store::StoreServiceHandler<link::OutcallContext> store_service_;
  std::unique_ptr<WatchService> watch_service_;
  std::unique_ptr<link::Link> link_;
  link::LinkTransport enclave_;
  nodes::NodePool nodes_;
  std::unique_ptr<orchestrator::Orchestrator> orchestrator_;
  std::unique_ptr<watcher::Watcher> watcher_;
  gateway::Gateway gateway_;
  std::string url_;
};

}  // namespace nsl::host::program
