#include "runner/guest/random_stream.h"

#include <bit>

namespace nsl::runner::guest {
namespace {

using State = std::array<std::uint32_t, 16>;

// "expand 32-byte k", RFC 8439, section 2.3.
constexpr std::array<std::uint32_t, 4> kConstants = {0x61707865, 0x3320646e, 0x79622d32,
                                                     0x6b206574};

void quarter_round(State& state, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  state[a] += state[b];
  state[d] = std::rotl(state[d] ^ state[a], 16);
  state[c] += state[d];
  state[b] = std::rotl(state[b] ^ state[c], 12);
  state[a] += state[b];
  state[d] = std::rotl(state[d] ^ state[a], 8);
  state[c] += state[d];
  state[b] = std::rotl(state[b] ^ state[c], 7);
}

}  // namespace

RandomStream::RandomStream(const abi::Seed& seed) {
  for (std::size_t i = 0; i < seed.size(); ++i) {
    key_[2 * i] = static_cast<std::uint32_t>(seed[i]);
    key_[2 * i + 1] = static_cast<std::uint32_t>(seed[i] >> 32);
  }
}

void RandomStream::fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) {
    if (used_ == buffer_.size()) refill();
    byte = buffer_[used_++];
  }
}

void RandomStream::refill() {
  State first = {};
  for (std::size_t i = 0; i < kConstants.size(); ++i) first[i] = kConstants[i];
  for (std::size_t i = 0; i < key_.size(); ++i) first[4 + i] = key_[i];
  first[12] = block_++;
  State state = first;
  for (int round = 0; round < 10; ++round) {
    quarter_round(state, 0, 4, 8, 12);
    quarter_round(state, 1, 5, 9, 13);
    quarter_round(state, 2, 6, 10, 14);
    quarter_round(state, 3, 7, 11, 15);
    quarter_round(state, 0, 5, 10, 15);
    quarter_round(state, 1, 6, 11, 12);
    quarter_round(state, 2, 7, 8, 13);
    quarter_round(state, 3, 4, 9, 14);
  }
  for (std::size_t i = 0; i < state.size(); ++i) {
    const std::uint32_t word = state[i] + first[i];
    for (std::size_t j = 0; j < 4; ++j) {
      buffer_[4 * i + j] = static_cast<std::uint8_t>(word >> (8 * j));
    }
  }
  used_ = 0;
}

}  // namespace nsl::runner::guest
