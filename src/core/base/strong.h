// Strong<Tag, T> makes two values of the same representation different types, so that they cannot
// be swapped in a call: `using BlockIndex = Strong<struct BlockIndexTag, std::uint32_t>;`
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace nsl {

template <class Tag, class T>
class Strong {
 public:
  using Value = T;

  constexpr Strong() = default;
  constexpr explicit Strong(T value) : value_(std::move(value)) {}

  constexpr const T& value() const { return value_; }

  friend constexpr bool operator==(const Strong&, const Strong&) = default;
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;

 private:
  T value_{};
};

// Untrusted<T> holds what came from outside. Only a parse_ function looks inside.
template <class T>
class Untrusted {
 public:
  explicit Untrusted(T value) : value_(std::move(value)) {}
  const T& unchecked() const { return value_; }

 private:
  T value_;
};

}  // namespace nsl

template <class Tag, class T>
struct std::hash<nsl::Strong<Tag, T>> {
  std::size_t operator()(const nsl::Strong<Tag, T>& strong) const {
    return std::hash<T>{}(strong.value());
  }
};
