#include "host/main/host.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::host::program {
namespace {

constexpr std::size_t kStoreWorkers = 16;
constexpr std::size_t kDialWorkers = 8;
constexpr std::size_t kWatchWorkers = 1;
constexpr std::string_view kLoopback = "127.0.0.1:";

Result<std::uint16_t> parse_listen(const std::string& text) {
  if (!text.starts_with(kLoopback)) {
    return fail(Code::invalid_configuration,
                "--listen is 127.0.0.1:PORT; TLS ends before nsl-host");
  }
  const std::string port = text.substr(kLoopback.size());
  if (port == "0") return std::uint16_t{0};
  return net::parse_port(port);
}

// The nodes' own addresses may be dialled too: in development they are on this machine.
Result<std::vector<net::IpEndpoint>> parse_addresses(const flags::Flags& flags,
                                                     const std::vector<nodes::NodeAddress>& nodes) {
  std::vector<net::IpEndpoint> addresses;
  for (const std::string& text : flags.list("allow-address")) {
    NSL_TRY(const net::IpEndpoint address, net::parse_ip_endpoint(text));
    addresses.push_back(address);
  }
  for (const nodes::NodeAddress& node : nodes) {
    const auto own = net::parse_ip_endpoint(node.to_text());
    if (own.has_value()) addresses.push_back(*own);
  }
  return addresses;
}

Result<std::optional<neo::NetworkMagic>> parse_network(const std::optional<std::string>& text) {
  if (!text.has_value()) return std::optional<neo::NetworkMagic>();
  std::uint32_t magic = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), magic);
  if (text->empty() || error != std::errc() || end != text->data() + text->size()) {
    return fail(Code::invalid_configuration, "--network takes the network's magic number");
  }
  return std::optional(neo::NetworkMagic(magic));
}

Result<std::optional<neo::UInt256>> parse_block_hash(const std::optional<std::string>& text) {
  if (!text.has_value()) return std::optional<neo::UInt256>();
  const Result<neo::UInt256> hash = neo::UInt256::parse(*text);
  if (!hash.has_value()) {
    return fail(Code::invalid_configuration, "--accept-chain takes the hash of a block");
  }
  return std::optional(*hash);
}

// What is wrong with the chain, for /readyz.
std::optional<Code> chain_trouble(const nodes::NodePool& nodes) {
  const std::optional<nodes::ChainRefusal> refusal = nodes.refusal();
  if (refusal.has_value()) return refusal->code;
  return nodes.height().has_value() ? std::nullopt : std::optional(Code::node_unavailable);
}

}  // namespace

class Host::WatchService final : public internal::v1::WatchServiceInterface<link::OutcallContext> {
 public:
  explicit WatchService(const std::atomic<watcher::Watcher*>& watcher) : watcher_(watcher) {}

  Result<internal::v1::RefreshReply> refresh(
      const link::OutcallContext& /*call*/,
      const internal::v1::RefreshRequest& /*request*/) override {
    if (watcher::Watcher* watcher = watcher_) watcher->refresh();
    return internal::v1::RefreshReply();
  }

 private:
  const std::atomic<watcher::Watcher*>& watcher_;
};

std::vector<flags::Flag> host_flags() {
  using flags::FlagKind;
  return {
      {"enclave", FlagKind::value, "the enclave: unix:PATH or vsock:CID:PORT"},
      {"dial-listen", FlagKind::value, "where the enclave brings dial tokens"},
      {"state", FlagKind::value, "directory of the store"},
      {"listen", FlagKind::value, "127.0.0.1:PORT of the API; port 0 takes a free one"},
      {"chain", FlagKind::list, "JSON-RPC URL of a Neo N3 node; may be repeated"},
      {"network", FlagKind::value, "magic of the Neo network; default: as the nodes say"},
      {"accept-chain", FlagKind::value,
       "hash of a block: read the chain that has it instead of the old one"},
      {"allow-address", FlagKind::list, "ADDRESS:PORT that is not public but may be dialled"},
      {"ready-file", FlagKind::value, "written with the URL once everything serves"},
      {"print-openapi", FlagKind::presence, "print the OpenAPI document"},
      {"version", FlagKind::presence, "print the version"},
      {"help", FlagKind::presence, "print this"},
  };
}

Result<Options> parse_options(const flags::Flags& flags) {
  Options options;
  NSL_TRY(const std::string enclave, flags.get("enclave"));
  NSL_TRY(options.enclave, wire::parse_endpoint(enclave));
  NSL_TRY(const std::string dial, flags.get("dial-listen"));
  NSL_TRY(options.dial, wire::parse_endpoint(dial));
  NSL_TRY(options.state, flags.get("state"));
  NSL_TRY(const std::string listen, flags.get("listen"));
  NSL_TRY(options.port, parse_listen(listen));
  NSL_TRY(options.nodes, nodes::parse_node_urls(flags.list("chain")));
  NSL_TRY(options.network, parse_network(flags.find("network")));
  NSL_TRY(options.accepted_chain, parse_block_hash(flags.find("accept-chain")));
  NSL_TRY(options.allowed_addresses, parse_addresses(flags, options.nodes));
  options.ready_file = flags.find("ready-file").value_or("");
  return options;
}

Host::Host(const Options& options, std::unique_ptr<store::SqliteStore> store)
    : store_(std::move(store)),
      proxy_({.endpoint = options.dial, .allowed_addresses = options.allowed_addresses}, random_),
      store_service_(*store_, clock_,
                     [this] {
                       if (orchestrator::Orchestrator* jobs = wake_jobs_) jobs->wake();
                     }),
      watch_service_(std::make_unique<WatchService>(wake_watcher_)),
      link_(std::make_unique<link::Link>(
          link::Link::Options{.endpoint = options.enclave},
          std::vector<link::OutcallService>{{&store_service_, kStoreWorkers},
                                            {&proxy_, kDialWorkers},
                                            {watch_service_.get(), kWatchWorkers}},
          clock_)),
      enclave_(*link_, clock_),
      nodes_({.nodes = options.nodes}, clock_, metrics_),
      orchestrator_(std::make_unique<orchestrator::Orchestrator>(
          *store_, enclave_, clock_, static_cast<std::size_t>(limits::kJobsParallelMax))),
      watcher_(std::make_unique<watcher::Watcher>(
          watcher::Watcher::Parts{.store = *store_,
                                  .enclave = enclave_,
                                  .nodes = nodes_,
                                  .clock = clock_,
                                  .metrics = metrics_,
                                  .network = options.network,
                                  .accepted = options.accepted_chain})),
      gateway_({.port = options.port,
                .is_store_healthy = [this] { return store_->find_meta("health").has_value(); },
                .chain_trouble = [this] { return chain_trouble(nodes_); },
                .version = options.version},
               *link_, metrics_, clock_, random_) {
  wake_jobs_ = orchestrator_.get();
  wake_watcher_ = watcher_.get();
}

Result<std::unique_ptr<Host>> Host::start(const Options& options) {
  NSL_TRY(auto store, store::SqliteStore::open({.path = options.state + "/store.sqlite"}));
  std::unique_ptr<Host> host(new Host(options, std::move(store)));
  NSL_TRY_VOID(host->proxy_.start());
  NSL_TRY(const std::uint16_t port, host->gateway_.start());
  host->url_ = fmt::format("http://127.0.0.1:{}", port);
  return host;
}

Host::~Host() {
  gateway_.drain_and_stop();
  // A run that outlasts this is not lost: without its host the enclave leaves it undecided, and it
  // is carried out again.
  orchestrator_->drain(Deadline::after_ms(clock_, limits::kDrainMsMax));
  link_->close();
  wake_jobs_ = nullptr;
  wake_watcher_ = nullptr;
}

Result<void> Host::probe(std::int64_t deadline_ms) {
  const internal::v1::WorkServiceStub enclave(enclave_);
  NSL_TRY(const auto subscriptions,
          enclave.list_subscriptions({}, Deadline::after_ms(clock_, deadline_ms)));
  static_cast<void>(subscriptions);
  return {};
}

}  // namespace nsl::host::program
