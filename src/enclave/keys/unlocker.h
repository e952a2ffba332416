// Where the root seed comes from, and where the last state head is remembered outside the host's
// store. Development keeps both in files of the enclave's own directory; other unlockers get the
// seed from a key service, from operators, or from the image they replace.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/result.h"
#include "core/base/secret.h"

namespace nsl::enclave::keys {

// The state of all sealed records after `counter` commits: a hash over every record, the audit
// chain and the previous head. Counter 0 with a zero head: nothing was ever written.
struct StateHead {
  std::uint64_t counter = 0;
  std::array<std::uint8_t, 32> head{};

  friend bool operator==(const StateHead&, const StateHead&) = default;
};

class Unlocker {
 public:
  virtual ~Unlocker() = default;
  // The root seed; made at the first call of an installation. Code::unlock_failed.
  virtual Result<Secret<32>> unlock() = 0;
  // The last head saved.
  virtual Result<StateHead> load_head() = 0;
  // Durable when it returns. A failure leaves the old or the new head, never a mixture.
  virtual Result<void> save_head(const StateHead& head) = 0;
};

}  // namespace nsl::enclave::keys
