// Keys that live for one boot and never leave memory. The attestation document binds their public
// halves; clients seal requests to one and check receipts with the other.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/random.h"
#include "core/crypto/p256.h"

namespace nsl::enclave::keys {

struct LiveKeys {
  std::array<std::uint8_t, 16> boot_id;
  crypto::P256PrivateKey sealing;
  crypto::P256PrivateKey receipt;
};

LiveKeys make_live_keys(Random& random);

}  // namespace nsl::enclave::keys
