// Trust: where the light client begins when nothing is sealed yet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/neo/hash.h"
#include "core/neo/key.h"
#include "core/neo/network.h"

namespace nsl::enclave::light_client {

// A block an operator vouches for, so that a long chain need not be read from its first block.
struct Checkpoint {
  neo::BlockIndex index;
  neo::UInt256 hash;
};

struct Trust {
  enum class Rule : std::uint8_t {
    // Only what is named below is trusted, and the chain never loses a block.
    pinned,
    // Development: what is not named below is learnt from the first node that answers, once, and
    // sealed. A network of one node that is killed loses its newest blocks and makes others; they
    // are followed from the sealed header on.
    first_seen,
  };
  Rule rule = Rule::pinned;
  // The standby committee and how many of it, from the first on, are the first consensus nodes.
  // From them the genesis block is computed.
  std::vector<neo::PublicKey> committee;
  std::uint32_t validators_count = 0;
  std::optional<Checkpoint> checkpoint;
  // Who signs state roots at the block trust begins with.
  std::vector<neo::PublicKey> state_validators;
  // Development: a block of the chain to trust from now on, when the nodes no longer show the one
  // that is sealed.
  std::optional<neo::UInt256> accepted_block;
};

}  // namespace nsl::enclave::light_client
