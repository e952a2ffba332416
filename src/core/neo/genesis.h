// The first block of a network, computed from its configuration: with the keys of the standby
// committee pinned, every later header can be verified from nothing (header.h).
#pragma once

#include <cstddef>
#include <span>

#include "core/base/result.h"
#include "core/neo/block.h"
#include "core/neo/header.h"
#include "core/neo/key.h"

namespace nsl::neo {

// neo-project/neo NeoSystem.CreateGenesisBlock. The first `validators_count` keys of the standby
// committee are the first validators.
Result<Block> make_genesis_block(std::span<const PublicKey> standby_committee,
                                 std::size_t validators_count);

}  // namespace nsl::neo
