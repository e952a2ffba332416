#include "host/nodes/node_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "core/base/assert.h"
#include "core/base/log.h"

namespace nsl::host::nodes {
namespace {

Result<neo::BlockIndex> height_from(const RpcReplies& replies, std::size_t index) {
  NSL_TRY(const auto result, replies.result(index));
  NSL_TRY(const std::uint32_t count, to_number(result));
  if (count == 0) return malformed_reply("getblockcount");
  return neo::BlockIndex(count - 1);
}

Result<neo::NetworkMagic> network_from(const RpcReplies& replies, std::size_t index) {
  NSL_TRY(const auto version, replies.result(index));
  simdjson::dom::element network;
  if (version["protocol"]["network"].get(network) != simdjson::SUCCESS) {
    return malformed_reply("getversion");
  }
  NSL_TRY(const std::uint32_t magic, to_number(network));
  return neo::NetworkMagic(magic);
}

// Nothing when the node has no such block.
Result<std::optional<neo::UInt256>> hash_from(const RpcReplies& replies, std::size_t index) {
  const auto result = replies.result(index);
  if (!result.has_value()) {
    if (result.error().code() == Code::not_found) return std::optional<neo::UInt256>();
    return fail(result.error());
  }
  std::string_view text;
  if (result->get_string().get(text) != simdjson::SUCCESS) return malformed_reply("getblockhash");
  NSL_TRY(const neo::UInt256 hash, neo::UInt256::parse(text));
  return std::optional<neo::UInt256>(hash);
}

RpcRequest hash_request(neo::BlockIndex index) {
  return {.method = "getblockhash", .parameters = fmt::format("[{}]", index.value())};
}

std::string_view name_of(SignalFrame::Kind kind) {
  switch (kind) {
    case SignalFrame::Kind::block:
      return "block";
    case SignalFrame::Kind::missed:
      return "missed";
    case SignalFrame::Kind::subscribed:
      return "subscribed";
    case SignalFrame::Kind::refused:
      return "refused";
  }
  return "block";
}

}  // namespace

NodePool::Lease::Lease(Lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)),
      node_(other.node_),
      connection_(std::move(other.connection_)) {}

NodePool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(node_, std::move(connection_));
}

Result<RpcReplies> NodePool::Lease::ask(std::span<const RpcRequest> requests) {
  if (connection_ == nullptr) return fail(Code::node_unavailable);
  Result<RpcReplies> replies = pool_->exchange(node_, *connection_, requests);
  if (replies.has_value()) return replies;
  connection_ = nullptr;
  if (replies.error().code() != Code::limit_exceeded) {
    pool_->note_failure(node_, replies.error());
  }
  return replies;
}

void NodePool::Lease::note_failure(const Error& error) {
  connection_ = nullptr;
  pool_->note_failure(node_, error);
}

NodePool::NodePool(Options options, const Clock& clock, telemetry::Metrics& metrics)
    : options_(std::move(options)),
      clock_(clock),
      metrics_(metrics),
      watches_(options_.nodes.size()),
      entries_(options_.nodes.size()) {
  NSL_ASSERT(!options_.nodes.empty());
  for (std::size_t i = 0; i < size(); ++i) watches_[i].name = options_.nodes[i].to_text();
}

NodePool::~NodePool() { stop(); }

void NodePool::start(const ChainIdentity& known, std::function<void()> changed) {
  changed_ = std::move(changed);
  {
    MutexLock lock(mutex_);
    known_ = known;
    is_stopping_ = false;
    for (std::size_t i = 0; i < size(); ++i) show(i);
  }
  for (std::size_t i = 0; i < size(); ++i) {
    if (options_.listen == Listen::yes) {
      watches_[i].signal =
          std::make_unique<BlockSignal>(options_.nodes[i], limits::kNodeWebsocketRetryMs,
                                        [this, i](const SignalFrame& frame) { hear(i, frame); });
    }
    watches_[i].thread = std::thread([this, i] { watch(i); });
  }
}

void NodePool::stop() {
  {
    MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  woken_.notify_all();
  for (Watch& watch : watches_) {
    watch.signal.reset();
    if (watch.thread.joinable()) watch.thread.join();
  }
}

Result<NodePool::Lease> NodePool::take(neo::BlockIndex needed) {
  MutexLock lock(mutex_);
  std::optional<std::size_t> best;
  std::int64_t best_cost = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    const bool is_fit = entry.health.state() == NodeState::serving && entry.height >= needed;
    const std::int64_t cost = entry.health.cost(entry.in_use);
    if (!is_fit || cost >= best_cost) continue;
    best = i;
    best_cost = cost;
  }
  if (!best.has_value()) {
    const std::optional<ChainRefusal> refusal = refusal_of_all();
    if (refusal.has_value()) return fail(refusal->code, refusal->text);
    return fail(Code::node_unavailable, "No Neo node serves",
                fmt::format("block {}", needed.value()));
  }
  Entry& entry = entries_[*best];
  ++entry.in_use;
  std::unique_ptr<NodeConnection> connection;
  if (entry.idle.empty()) {
    connection = options_.dial(options_.nodes[*best]);
  } else {
    connection = std::move(entry.idle.back());
    entry.idle.pop_back();
  }
  show(*best);
  return Lease(*this, *best, std::move(connection));
}

std::optional<neo::BlockIndex> NodePool::height() const {
  MutexLock lock(mutex_);
  std::optional<neo::BlockIndex> highest;
  for (const Entry& entry : entries_) {
    if (entry.health.state() == NodeState::serving) highest = std::max(highest, entry.height);
  }
  return highest;
}

std::optional<ChainRefusal> NodePool::refusal() const {
  MutexLock lock(mutex_);
  return refusal_of_all();
}

std::optional<ChainRefusal> NodePool::refusal_of_all() const {
  std::optional<ChainRefusal> found;
  for (const Entry& entry : entries_) {
    if (entry.health.state() == NodeState::serving) return std::nullopt;
    if (!found.has_value()) found = entry.refusal;
  }
  return found;
}

ChainIdentity NodePool::identity() const {
  MutexLock lock(mutex_);
  return known_;
}

void NodePool::set_top(const KnownBlock& top) {
  MutexLock lock(mutex_);
  known_.top = top;
}

void NodePool::forget_chain() {
  {
    MutexLock lock(mutex_);
    known_.first_block.reset();
    known_.top.reset();
    for (Entry& entry : entries_) {
      entry.refusal.reset();
      entry.health.end_rest();
      entry.must_look = true;
    }
  }
  woken_.notify_all();
}

void NodePool::watch(std::size_t node) {
  do {
    look_at(node);
  } while (wait(node));
}

void NodePool::look_at(std::size_t node) {
  std::unique_ptr<NodeConnection>& own = watches_[node].connection;
  {
    MutexLock lock(mutex_);
    const NodeHealth& health = entries_[node].health;
    if (!health.may_be_looked_at(clock_.monotonic_time())) return;
    if (health.state() != NodeState::serving) own = nullptr;
  }
  // A connection the node has closed meanwhile says nothing about the node; a new one does.
  if (own != nullptr && ask_height(node).has_value()) return;
  const Result<void> met = meet(node);
  if (met.has_value()) return;
  own = nullptr;
  note_failure(node, met.error());
}

Result<void> NodePool::ask_height(std::size_t node) {
  const std::array requests = {RpcRequest{.method = "getblockcount", .parameters = "[]"}};
  NSL_TRY(const RpcReplies replies, exchange(node, *watches_[node].connection, requests));
  NSL_TRY(const neo::BlockIndex height, height_from(replies, 0));
  {
    MutexLock lock(mutex_);
    Entry& entry = entries_[node];
    // A failure meanwhile: the next look meets the node anew.
    if (entry.health.state() != NodeState::serving) return {};
    const bool is_new = entry.height != height;
    entry.height = height;
    show(node);
    if (!is_new) return {};
  }
  changed_();
  return {};
}

Result<NodeIdentity> NodePool::ask_identity(std::size_t node) {
  const ChainIdentity known = identity();
  std::vector<RpcRequest> requests = {{.method = "getversion", .parameters = "[]"},
                                      {.method = "getblockcount", .parameters = "[]"},
                                      hash_request(neo::BlockIndex(1))};
  if (known.top.has_value()) requests.push_back(hash_request(known.top->index));
  NSL_TRY(const RpcReplies replies, exchange(node, *watches_[node].connection, requests));
  NodeIdentity identity;
  NSL_TRY(identity.network, network_from(replies, 0));
  NSL_TRY(identity.height, height_from(replies, 1));
  NSL_TRY(identity.first_block, hash_from(replies, 2));
  if (known.top.has_value()) {
    NSL_TRY(identity.at_top, hash_from(replies, 3));
  }
  return identity;
}

Result<void> NodePool::meet(std::size_t node) {
  watches_[node].connection = options_.dial(options_.nodes[node]);
  NSL_TRY(const NodeIdentity identity, ask_identity(node));
  std::optional<ChainRefusal> refusal;
  {
    MutexLock lock(mutex_);
    refusal = check_identity(known_, identity);
    if (!refusal.has_value()) {
      known_.network = identity.network;
      if (!known_.first_block.has_value()) known_.first_block = identity.first_block;
      Entry& entry = entries_[node];
      entry.health.admit();
      entry.height = identity.height;
      entry.refusal.reset();
      show(node);
    }
  }
  if (refusal.has_value()) {
    refuse(node, *refusal);
  } else {
    log_info("nodes", "A Neo node serves",
             {{"node", watches_[node].name}, {"height", identity.height.value()}});
  }
  changed_();
  return {};
}

Result<RpcReplies> NodePool::exchange(std::size_t node, NodeConnection& connection,
                                      std::span<const RpcRequest> requests) {
  const auto begun = std::chrono::steady_clock::now();
  const Result<std::string> reply = connection.exchange(to_batch_text(requests));
  const auto took = std::chrono::steady_clock::now() - begun;
  const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  metrics_.note_request(watches_[node].name, reply.has_value(), us);
  if (!reply.has_value()) return fail(reply.error());
  NSL_TRY(RpcReplies replies, RpcReplies::parse(*reply, requests.size()));
  MutexLock lock(mutex_);
  entries_[node].health.note_answer(us / static_cast<std::int64_t>(requests.size()));
  return replies;
}

void NodePool::hear(std::size_t node, const SignalFrame& frame) {
  metrics_.note_signal(watches_[node].name, name_of(frame.kind));
  bool is_new_block = false;
  {
    MutexLock lock(mutex_);
    Entry& entry = entries_[node];
    is_new_block =
        frame.kind == SignalFrame::Kind::block && entry.health.state() == NodeState::serving;
    if (is_new_block) {
      entry.height = std::max(entry.height, std::optional(frame.index));
      show(node);
    }
  }
  if (is_new_block) return changed_();
  // News were lost, or may have been while nobody listened: the height tells.
  if (frame.kind != SignalFrame::Kind::refused) look_soon(node);
}

void NodePool::note_failure(std::size_t node, const Error& error) {
  log_failure("nodes", watches_[node].name + " fails", error);
  {
    MutexLock lock(mutex_);
    Entry& entry = entries_[node];
    const bool was_serving = entry.health.state() == NodeState::serving;
    entry.health.note_failure(clock_.monotonic_time());
    entry.refusal.reset();
    entry.idle.clear();
    entry.must_look = was_serving;
    show(node);
  }
  woken_.notify_all();
}

void NodePool::refuse(std::size_t node, const ChainRefusal& refusal) {
  log_error(
      "nodes", "A Neo node is refused",
      {{"node", watches_[node].name}, {"code", code_text(refusal.code)}, {"reason", refusal.text}});
  MutexLock lock(mutex_);
  Entry& entry = entries_[node];
  entry.health.refuse(refusal.code, clock_.monotonic_time());
  entry.refusal = refusal;
  entry.idle.clear();
  show(node);
}

void NodePool::give_back(std::size_t node, std::unique_ptr<NodeConnection> connection) {
  MutexLock lock(mutex_);
  Entry& entry = entries_[node];
  --entry.in_use;
  // One lent before a failure may lead to what the node was before.
  const bool is_fit = connection != nullptr && entry.health.state() == NodeState::serving;
  if (is_fit) entry.idle.push_back(std::move(connection));
  show(node);
}

void NodePool::look_soon(std::size_t node) {
  {
    MutexLock lock(mutex_);
    entries_[node].must_look = true;
  }
  woken_.notify_all();
}

bool NodePool::wait(std::size_t node) {
  const Deadline deadline = Deadline::after_ms(clock_, options_.poll_ms);
  MutexLock lock(mutex_);
  while (!is_stopping_ && !entries_[node].must_look) {
    if (woken_.wait_until(lock, deadline.steady_time()) == std::cv_status::timeout) break;
  }
  entries_[node].must_look = false;
  return !is_stopping_;
}

void NodePool::show(std::size_t node) {
  const Entry& entry = entries_[node];
  const std::int64_t height = entry.height.has_value() ? entry.height->value() : -1;
  metrics_.show(watches_[node].name, entry.health, height, entry.in_use);
}

}  // namespace nsl::host::nodes
