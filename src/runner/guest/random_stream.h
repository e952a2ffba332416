// Random bytes from a seed: the key stream of ChaCha20 (RFC 8439, section 2.4) with the seed as key
// and a nonce of zeros. Of its own because a runner links no cryptographic library, whose code
// would lie in the process with the hostile one.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "runner/abi/abi.h"

namespace nsl::runner::guest {

class RandomStream {
 public:
  RandomStream() = default;
  // The key's bytes are the parts one after the other, each with its least byte first.
  explicit RandomStream(const abi::Seed& seed);
  void fill(std::span<std::uint8_t> bytes);

 private:
  void refill();

  std::array<std::uint32_t, 8> key_ = {};
  std::uint32_t block_ = 0;
  std::array<std::uint8_t, 64> buffer_ = {};
  std::size_t used_ = buffer_.size();
};

}  // namespace nsl::runner::guest
