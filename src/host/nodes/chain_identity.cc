#include "host/nodes/chain_identity.h"

#include <fmt/format.h>

namespace nsl::host::nodes {

ChainRefusal replaced_block(const neo::UInt256& known, const KnownBlock& offered) {
  return {.code = Code::chain_replaced,
          .text = fmt::format("Block {} is {} where {} was read before; to go on with this chain, "
                              "start once with --accept-chain {}",
                              offered.index.value(), offered.hash.to_text(), known.to_text(),
                              offered.hash.to_text()),
          .offered = offered};
}

std::optional<ChainRefusal> check_identity(const ChainIdentity& known, const NodeIdentity& node) {
  if (known.network.has_value() && node.network != *known.network) {
    return ChainRefusal{.code = Code::wrong_chain,
                        .text = fmt::format("The node serves network {}, not {}",
                                            node.network.value(), known.network->value()),
                        .offered = std::nullopt};
  }
  if (known.first_block.has_value() && node.first_block.has_value() &&
      *node.first_block != *known.first_block) {
    return replaced_block(*known.first_block,
                          {.index = neo::BlockIndex(1), .hash = *node.first_block});
  }
  if (known.top.has_value() && node.at_top.has_value() && *node.at_top != known.top->hash) {
    return replaced_block(known.top->hash, {.index = known.top->index, .hash = *node.at_top});
  }
  return std::nullopt;
}

}  // namespace nsl::host::nodes
