// Value is what an expression reads and computes: null, a bool, an integer of 256 bits, text,
// bytes, a list, a map, the name of a type, or something opaque that can only be passed on.
//
// Values are immutable and cheap to copy. A map keeps its entries in the order of their keys, so
// that whatever walks over it does so in one order everywhere. Every value knows its weight (what
// it costs to copy or compare) and its depth before anybody walks into it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/integer.h"

namespace nsl::expression {

enum class Kind : std::uint8_t { null, boolean, integer, text, bytes, list, map, type, opaque };

inline constexpr std::size_t kKindCount = 9;

// What the language calls the type of such a value: "null_type", "bool", "int", "string".
std::string_view kind_name(Kind kind);
std::optional<Kind> find_kind(std::string_view name);

class Value {
 public:
  using List = std::vector<Value>;
  using Entry = std::pair<Value, Value>;
  using Entries = std::vector<Entry>;

  // Null.
  Value() = default;
  static Value boolean(bool value);
  static Value integer(const neo::Integer& value);
  static Value integer(std::int64_t value);
  // UTF-8, which the caller has checked.
  static Value text(std::string value);
  static Value bytes(Bytes value);
  static Value list(List items);
  // Keys must be different, and each a bool, int, string or bytes.
  static Result<Value> map(Entries entries);
  static Value type(Kind kind);
  // What has no meaning outside of the Neo virtual machine. `name` tells people what it is.
  static Value opaque(std::string name);

  Kind kind() const { return static_cast<Kind>(value_.index()); }

  // Each only for its own kind. References are valid as long as a copy of this value lives.
  bool as_boolean() const;
  const neo::Integer& as_integer() const;
  const std::string& as_text() const;
  const Bytes& as_bytes() const;
  const List& as_list() const;
  const Entries& as_map() const;
  Kind as_type() const;
  const std::string& as_opaque() const;

  // The value under `key` of a map, null when there is none.
  const Value* find(const Value& key) const;

  // One, and one for every 16 bytes of text and every item, key and value at any depth.
  std::int64_t weight() const;
  // 0, or one more than the deepest item of a list or map.
  std::int64_t depth() const;

  // Values of different kinds are different. Takes at most as long as the smaller weight.
  friend bool operator==(const Value& left, const Value& right);

 private:
  template <class T>
  struct Composite {
    T items;
    std::int64_t weight = 1;
    std::int64_t depth = 1;
  };
  struct Opaque {
    std::string name;
  };
  // Shared by the copies of a value; never changed once made.
  template <class T>
  using Shared = std::shared_ptr<const T>;
  // In the order of Kind.
  using Storage =
      std::variant<std::monostate, bool, neo::Integer, Shared<std::string>, Shared<Bytes>,
                   Shared<Composite<List>>, Shared<Composite<Entries>>, Kind, Shared<Opaque>>;

  explicit Value(Storage value) : value_(std::move(value)) {}
  template <Kind kKind>
  const auto& get() const;

  Storage value_;
};

// The order of two bools, ints, strings or bytes; nothing for other or different kinds.
std::optional<std::strong_ordering> compare(const Value& left, const Value& right);

// The literal that gives the value. Only types and opaque values have none; they give their name.
std::string to_text(const Value& value);

// What an expression may read, by name.
using Variables = std::map<std::string, Value, std::less<>>;

}  // namespace nsl::expression
