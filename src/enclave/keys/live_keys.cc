#include "enclave/keys/live_keys.h"

namespace nsl::enclave::keys {

LiveKeys make_live_keys(Random& random) {
  return {.boot_id = random.bytes<16>(),
          .sealing = crypto::P256PrivateKey::generate(random),
          .receipt = crypto::P256PrivateKey::generate(random)};
}

}  // namespace nsl::enclave::keys
