// Which network, and where in its chain.
#pragma once

#include <cstdint>

#include "core/base/strong.h"

namespace nsl::neo {

// The number that separates networks: part of every signed message.
using NetworkMagic = Strong<struct NetworkMagicTag, std::uint32_t>;
// Height of a block; the genesis block has 0.
using BlockIndex = Strong<struct BlockIndexTag, std::uint32_t>;

// neo-project/neo-node config.mainnet.json and config.testnet.json.
inline constexpr NetworkMagic kMainNet{860833102};
inline constexpr NetworkMagic kTestNet{894710606};

// First byte of an address: protocol constant AddressVersion of Neo N3.
inline constexpr std::uint8_t kAddressVersion = 0x35;

}  // namespace nsl::neo
