// What tells one chain from another: the network's magic, the hash of block 1 (which names the
// genesis block and was signed by its consensus nodes), and the hash of the highest block read.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"

namespace nsl::host::nodes {

struct KnownBlock {
  neo::BlockIndex index;
  neo::UInt256 hash;
  friend bool operator==(const KnownBlock&, const KnownBlock&) = default;
};

struct ChainIdentity {
  std::optional<neo::NetworkMagic> network;
  // The hash of block 1.
  std::optional<neo::UInt256> first_block;
  std::optional<KnownBlock> top;

  friend bool operator==(const ChainIdentity&, const ChainIdentity&) = default;
};

// What a node said of itself.
struct NodeIdentity {
  neo::NetworkMagic network;
  neo::BlockIndex height;
  // Absent where the node has no such block.
  std::optional<neo::UInt256> first_block;
  // At the height of the known chain's top.
  std::optional<neo::UInt256> at_top;
};

// Why a node is refused.
struct ChainRefusal {
  Code code = Code::chain_replaced;
  std::string text;
  // The block the node holds where another one is known; absent when it is the network that
  // differs.
  std::optional<KnownBlock> offered;
};

// Nothing when the node serves the known chain, as far as it has come.
std::optional<ChainRefusal> check_identity(const ChainIdentity& known, const NodeIdentity& node);
ChainRefusal replaced_block(const neo::UInt256& known, const KnownBlock& offered);

}  // namespace nsl::host::nodes
