// Neo nodes for tests: chains of real blocks without transactions (and, where asked for, with
// events told of in their logs only), served by the pool's own connections without a network.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/codec/base64.h"
#include "core/neo/block.h"
#include "host/nodes/node_connection.h"

namespace nsl::host::nodes::testing {

// Blocks 0 to `height`; two chains of different `salt` share none.
inline std::vector<neo::Block> make_chain(std::uint32_t height, std::uint64_t salt,
                                          std::size_t transactions_each = 0) {
  std::vector<neo::Block> chain;
  for (std::uint32_t index = 0; index <= height; ++index) {
    neo::Block block;
    block.header.index = neo::BlockIndex(index);
    block.header.nonce = salt;
    block.header.timestamp_ms = index;
    if (!chain.empty()) block.header.previous_hash = neo::hash_of(chain.back().header);
    std::vector<neo::UInt256> hashes;
    for (std::size_t i = 0; i < transactions_each; ++i) {
      neo::Transaction transaction;
      transaction.nonce =
          static_cast<std::uint32_t>(salt * 1'000'000 + index * transactions_each + i);
      transaction.valid_until_block = neo::BlockIndex(index + 1);
      transaction.script = {0x40};
      transaction.signers.resize(1);
      transaction.witnesses.resize(1);
      hashes.push_back(neo::hash_of(transaction));
      block.transactions.push_back(std::move(transaction));
    }
    block.header.merkle_root = neo::merkle_root_of(hashes);
    chain.push_back(std::move(block));
  }
  return chain;
}

// One node, shared by all connections to it; every member may be changed while it serves.
class ScriptedNode {
 public:
  explicit ScriptedNode(std::vector<neo::Block> chain, std::uint32_t network = 56753)
      : chain_(std::move(chain)), network_(network) {}

  // Stops answering, or starts again with (perhaps) another chain: every open connection is lost.
  void go_away() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_away_ = true;
    ++life_;
  }
  void come_back() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    is_away_ = false;
  }
  void come_back_with(std::vector<neo::Block> chain) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    chain_ = std::move(chain);
    is_away_ = false;
  }
  // Instead of the result of one request: its "result" or "error" member, or nothing for the truth.
  using Lie = std::function<std::string(std::string_view method, std::string_view parameters)>;
  void set_lie(Lie lie) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    lie_ = std::move(lie);
  }
  // Replies larger than this are refused by the connection.
  void set_reply_bytes_max(std::size_t bytes) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    reply_bytes_max_ = bytes;
  }
  // How often a method was asked, and the largest batch.
  std::size_t asked(const std::string& method) const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto found = asked_.find(method);
    return found == asked_.end() ? 0 : found->second;
  }
  std::size_t batch_max() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return batch_max_;
  }

  std::uint64_t life() const NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return life_;
  }
  Result<std::string> answer(const std::string& body, std::uint64_t life) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (is_away_ || life != life_) return fail(Code::node_unavailable);
    simdjson::dom::parser parser;
    const simdjson::dom::array requests = parser.parse(body);
    std::string reply;
    std::size_t count = 0;
    for (const simdjson::dom::element request : requests) {
      reply += fmt::format("{}{{\"id\":{},{}}}", reply.empty() ? "[" : ",",
                           std::uint64_t(request["id"]), member_for(request));
      ++count;
    }
    batch_max_ = std::max(batch_max_, count);
    if (reply.size() > reply_bytes_max_) return fail(Code::limit_exceeded);
    return reply + "]";
  }

 private:
  std::string member_for(const simdjson::dom::element& request) NSL_REQUIRES(mutex_) {
    const std::string method{std::string_view(request["method"])};
    const std::string parameters = simdjson::minify(request["params"]);
    ++asked_[method];
    if (lie_) {
      std::string told = lie_(method, parameters);
      if (!told.empty()) return told;
    }
    if (method == "getversion") {
      return fmt::format(R"("result":{{"protocol":{{"network":{}}}}})", network_);
    }
    if (method == "getblockcount") return fmt::format(R"("result":{})", chain_.size());
    const simdjson::dom::element parameter = request["params"].at(0);
    if (method == "getapplicationlog") return log_of(parameter);
    const std::uint64_t index = parameter;
    if (index >= chain_.size()) return R"("error":{"code":-109,"message":"Unknown height"})";
    const neo::Block& block = chain_[index];
    if (method == "getblockhash") {
      return fmt::format(R"("result":"{}")", neo::hash_of(block.header).to_text());
    }
    return fmt::format(R"("result":"{}")", codec::encode_base64(neo::encode(block)));
  }
  // Every transaction makes two events.
  static std::string log_of(std::string_view hash) {
    return fmt::format(
        R"("result":{{"txid":"{}","executions":[{{"trigger":"Application","vmstate":"HALT",)"
        R"("notifications":[{{"contract":"0xaa","eventname":"Requested"}},)"
        R"({{"contract":"0xbb","eventname":"Transfer"}}]}}]}})",
        hash);
  }

  mutable Mutex mutex_;
  std::vector<neo::Block> chain_ NSL_GUARDED_BY(mutex_);
  const std::uint32_t network_;
  Lie lie_ NSL_GUARDED_BY(mutex_);
  bool is_away_ NSL_GUARDED_BY(mutex_) = false;
  std::uint64_t life_ NSL_GUARDED_BY(mutex_) = 0;
  std::size_t reply_bytes_max_ NSL_GUARDED_BY(mutex_) = SIZE_MAX;
  std::size_t batch_max_ NSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::size_t> asked_ NSL_GUARDED_BY(mutex_);
};

class ScriptedConnection final : public NodeConnection {
 public:
  explicit ScriptedConnection(ScriptedNode& node) : node_(node), life_(node.life()) {}
  Result<std::string> exchange(const std::string& body) override {
    return node_.answer(body, life_);
  }

 private:
  ScriptedNode& node_;
  const std::uint64_t life_;
};

// The nodes of a test, which must outlive the pool that asks them.
class ScriptedNodes {
 public:
  ScriptedNode& make(std::vector<neo::Block> chain, std::uint32_t network = 56753) {
    nodes_.push_back(std::make_unique<ScriptedNode>(std::move(chain), network));
    return *nodes_.back();
  }

 private:
  std::vector<std::unique_ptr<ScriptedNode>> nodes_;
};

// Nodes by their port: "0", "1", and so on.
inline Dial dial_scripted(std::vector<ScriptedNode*> nodes) {
  return [nodes = std::move(nodes)](const NodeAddress& address) {
    return std::make_unique<ScriptedConnection>(*nodes.at(std::stoul(address.port)));
  };
}

inline std::vector<NodeAddress> scripted_addresses(std::size_t count) {
  std::vector<NodeAddress> addresses;
  for (std::size_t i = 0; i < count; ++i) {
    addresses.push_back({.host = "node", .port = std::to_string(i)});
  }
  return addresses;
}

}  // namespace nsl::host::nodes::testing
