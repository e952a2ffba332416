// SLIP-10: a tree of P-256 keys under one seed (github.com/satoshilabs/slips, slip-0010), the form
// BIP-32 takes for curves other than Bitcoin's. A key and its chain code give every key below it.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/p256.h"

namespace nsl::crypto {

// Indices from here on are hardened: their keys do not follow from the public key above them.
inline constexpr std::uint32_t kSlip10Hardened = 0x80000000;

struct Slip10Node {
  P256PrivateKey key;
  Secret<32> chain_code;
};

// The root of the tree. `seed` is secret; BIP-39 makes 64 bytes.
Slip10Node slip10_root(ByteView seed);
Slip10Node slip10_child(const Slip10Node& parent, std::uint32_t index);
// The node at the end of a path, from the root on.
Slip10Node slip10_derive(ByteView seed, std::span<const std::uint32_t> path);

}  // namespace nsl::crypto
