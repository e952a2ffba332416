// Secret<N> and SecretBytes hold key material and secret values. Their memory comes from one locked
// arena that is excluded from core dumps, is zeroed when given back, and is never copied by
// accident: the types move, they do not copy, print, hash or compare (equality is constant-time and
// by name).
//
// LIMIT: the arena has limits::kSecretArenaBytes; when it is full the allocation fails loudly
// (the process aborts), because going on with unlocked memory would break the promise silently.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bytes.h"

namespace nsl {
namespace internal {

std::uint8_t* allocate_secret(std::size_t size);
void free_secret(std::uint8_t* memory, std::size_t size) noexcept;

}  // namespace internal

// Overwrites memory in a way the compiler may not remove.
void wipe(std::span<std::uint8_t> memory) noexcept;
// Takes the same time for every content of the same length.
bool equal_in_constant_time(ByteView left, ByteView right);
// Bytes of the arena in use; for tests and metrics.
std::size_t secret_arena_bytes_used();

// A secret whose length is known when it is made. The length itself is not secret.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size)
      : data_(size == 0 ? nullptr : internal::allocate_secret(size)), size_(size) {}
  // Copies; the caller wipes its own copy.
  static SecretBytes copy_of(ByteView bytes) {
    SecretBytes result(bytes.size());
    std::copy(bytes.begin(), bytes.end(), result.data_);
    return result;
  }
  ~SecretBytes() { reset(); }
  SecretBytes(SecretBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      reset();
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  bool operator==(const SecretBytes&) const = delete;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The views are valid as long as this object is. Named so that every use can be found.
  ByteView reveal() const { return {data_, size_}; }
  std::span<std::uint8_t> reveal_mutable() { return {data_, size_}; }
  // Gives the tail back; `size` must not be larger than size().
  void truncate(std::size_t size) {
    NSL_ASSERT(size <= size_);
    SecretBytes shorter = copy_of(reveal().first(size));
    *this = std::move(shorter);
  }

 private:
  void reset() noexcept {
    if (data_ != nullptr) internal::free_secret(data_, size_);
    data_ = nullptr;
    size_ = 0;
  }

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// A secret of exactly N bytes, such as a private key or a symmetric key.
template <std::size_t N>
class Secret {
 public:
  Secret() : bytes_(N) { wipe(bytes_.reveal_mutable()); }
  static Secret copy_of(std::span<const std::uint8_t, N> bytes) {
    Secret result;
    std::copy(bytes.begin(), bytes.end(), result.bytes_.reveal_mutable().begin());
    return result;
  }
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  bool operator==(const Secret&) const = delete;

  std::span<const std::uint8_t, N> reveal() const {
    return std::span<const std::uint8_t, N>(bytes_.reveal().data(), N);
  }
  std::span<std::uint8_t, N> reveal_mutable() {
    return std::span<std::uint8_t, N>(bytes_.reveal_mutable().data(), N);
  }
  // A second owner, asked for by name.
  Secret duplicate() const { return copy_of(reveal()); }

 private:
  SecretBytes bytes_;
};

}  // namespace nsl
