// NodePool: the Neo nodes a host reads the chain from. One thread for each node looks at it again
// and again (limits::kWatcherPollMs) and listens to its websocket; requests go to the node that is
// likely to answer soonest among those that serve and are far enough.
//
// A node serves only after a look has shown that it is of the known network and chain: another one
// is refused until it is mended or the operator accepts it. With no chain known yet, the first node
// that answers says which it is.
//
// TRUST: all of this keeps honest mistakes apart, not liars; what nodes say is checked by whoever
// acts on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/mutex.h"
#include "host/nodes/block_signal.h"
#include "host/nodes/chain_identity.h"
#include "host/nodes/node_connection.h"
#include "host/nodes/node_health.h"
#include "host/nodes/node_metrics.h"
#include "host/nodes/rpc_batch.h"

namespace nsl::host::nodes {

class NodePool {
 public:
  enum class Listen : std::uint8_t { yes, no };
  struct Options {
    // At least one.
    std::vector<NodeAddress> nodes;
    Dial dial = dial_http;
    Listen listen = Listen::yes;
    std::int64_t poll_ms = limits::kWatcherPollMs;
  };

  // One node, to be asked any number of times. Gives its connection back at the end of its life,
  // which must lie within the pool's.
  class Lease {
   public:
    ~Lease();
    Lease(Lease&& other) noexcept;
    Lease(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;
    Lease& operator=(const Lease&) = delete;

    // Code::node_unavailable and Code::node_malformed_reply count against the node;
    // Code::limit_exceeded does not: the batch was too much for one reply. After any of them the
    // lease is of no more use.
    Result<RpcReplies> ask(std::span<const RpcRequest> requests);
    // It does not have what it should have, or tells nonsense.
    void note_failure(const Error& error);
    std::size_t node() const { return node_; }

   private:
    friend class NodePool;
    Lease(NodePool& pool, std::size_t node, std::unique_ptr<NodeConnection> connection)
        : pool_(&pool), node_(node), connection_(std::move(connection)) {}

    NodePool* pool_;
    std::size_t node_;
    std::unique_ptr<NodeConnection> connection_;
  };

  NodePool(Options options, const Clock& clock, telemetry::Metrics& metrics);
  ~NodePool();
  NodePool(const NodePool&) = delete;
  NodePool& operator=(const NodePool&) = delete;

  // Starts to look at the nodes. `changed` is called on the pool's threads when there may be new
  // blocks to read, or a node to read them from; it must not block.
  void start(const ChainIdentity& known, std::function<void()> changed) NSL_EXCLUDES(mutex_);
  // Ends and joins the threads; leases may still be given back.
  void stop() NSL_EXCLUDES(mutex_);

  // A node that has block `needed`. When there is none: Code::node_unavailable, or the code of the
  // refusal when there are only refused ones.
  Result<Lease> take(neo::BlockIndex needed) NSL_EXCLUDES(mutex_);
  // What the node told is of another chain.
  void refuse(std::size_t node, const ChainRefusal& refusal) NSL_EXCLUDES(mutex_);
  // The newest block any serving node has.
  std::optional<neo::BlockIndex> height() const NSL_EXCLUDES(mutex_);
  std::size_t size() const { return options_.nodes.size(); }

  // Why no node is left to serve, when at least one was refused.
  std::optional<ChainRefusal> refusal() const NSL_EXCLUDES(mutex_);
  ChainIdentity identity() const NSL_EXCLUDES(mutex_);
  // The highest block read so far.
  void set_top(const KnownBlock& top) NSL_EXCLUDES(mutex_);
  // Whatever chain of the same network comes next is the one.
  void forget_chain() NSL_EXCLUDES(mutex_);

 private:
  // What everybody knows of a node.
  struct Entry {
    NodeHealth health;
    std::optional<neo::BlockIndex> height;
    // LIMIT: never more than there are leases at a time.
    std::vector<std::unique_ptr<NodeConnection>> idle;
    std::int64_t in_use = 0;
    bool must_look = false;
    std::optional<ChainRefusal> refusal;
  };
  // What only the thread that looks at it touches, once that runs.
  struct Watch {
    std::string name;
    std::unique_ptr<NodeConnection> connection;
    std::unique_ptr<BlockSignal> signal;
    std::thread thread;
  };

  void watch(std::size_t node) NSL_EXCLUDES(mutex_);
  void look_at(std::size_t node) NSL_EXCLUDES(mutex_);
  Result<void> meet(std::size_t node) NSL_EXCLUDES(mutex_);
  Result<void> ask_height(std::size_t node) NSL_EXCLUDES(mutex_);
  Result<NodeIdentity> ask_identity(std::size_t node) NSL_EXCLUDES(mutex_);
  Result<RpcReplies> exchange(std::size_t node, NodeConnection& connection,
                              std::span<const RpcRequest> requests) NSL_EXCLUDES(mutex_);
  void hear(std::size_t node, const SignalFrame& frame) NSL_EXCLUDES(mutex_);
  void note_failure(std::size_t node, const Error& error) NSL_EXCLUDES(mutex_);
  void give_back(std::size_t node, std::unique_ptr<NodeConnection> connection) NSL_EXCLUDES(mutex_);
  void look_soon(std::size_t node) NSL_EXCLUDES(mutex_);
  // Whether to go on.
  bool wait(std::size_t node) NSL_EXCLUDES(mutex_);
  void show(std::size_t node) NSL_REQUIRES(mutex_);
  std::optional<ChainRefusal> refusal_of_all() const NSL_REQUIRES(mutex_);

  const Options options_;
  const Clock& clock_;
  NodeMetrics metrics_;
  std::function<void()> changed_;
  // One for each of options_.nodes, as in entries_.
  std::vector<Watch> watches_;
  mutable Mutex mutex_;
  CondVar woken_;
  bool is_stopping_ NSL_GUARDED_BY(mutex_) = false;
  ChainIdentity known_ NSL_GUARDED_BY(mutex_);
  std::vector<Entry> entries_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::host::nodes
