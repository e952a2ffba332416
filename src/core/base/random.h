// Randomness is a constructor argument. SystemRandom is the kernel's getrandom; SeededRandom is for
// tests and must never reach a program.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/result.h"

namespace nsl {

class Random {
 public:
  virtual ~Random() = default;
  // Fills the whole span or aborts the process: there is no safe way to go on without entropy.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  template <std::size_t N>
  std::array<std::uint8_t, N> bytes() {
    std::array<std::uint8_t, N> result{};
    fill(result);
    return result;
  }
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

// splitmix64 (Steele, Lea, Flood 2014): reproducible, not secret. Tests only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;

 private:
  std::uint64_t state_;
};

}  // namespace nsl
