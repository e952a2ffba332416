// StackItem is a value of the Neo virtual machine: what contracts take, return, store and notify.
//
// The binary form is StdLib.serialize (neo-project/neo BinarySerializer). Decoding is stricter than
// a node: one form for each value, at most limits::kNeoStackItemsMax items and
// limits::kNeoStackDepthMax levels, so that a hostile contract can neither fill the memory nor the
// call stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/integer.h"

namespace nsl::neo {

enum class StackItemType : std::uint8_t {
  any = 0x00,
  pointer = 0x10,
  boolean = 0x20,
  integer = 0x21,
  byte_string = 0x28,
  buffer = 0x30,
  array = 0x40,
  structure = 0x41,
  map = 0x48,
  interop = 0x60,
};

// "ByteString"; "Any" is the name of null.
std::string_view stack_item_type_name(StackItemType type);
Result<StackItemType> parse_stack_item_type(std::string_view name);
// Nothing for a byte that is no type.
std::optional<StackItemType> find_stack_item_type(std::uint8_t byte);

class StackItem {
 public:
  using List = std::vector<StackItem>;
  using Entry = std::pair<StackItem, StackItem>;
  using Entries = std::vector<Entry>;

  // Null.
  StackItem() = default;
  static StackItem boolean(bool value);
  static StackItem integer(const Integer& value);
  static StackItem integer(std::int64_t value);
  static StackItem byte_string(Bytes value);
  static StackItem byte_string(std::string_view value);
  static StackItem buffer(Bytes value);
  static StackItem array(List items);
  static StackItem structure(List items);
  // Keys must be primitive and different.
  static StackItem map(Entries entries);
  // What cannot leave the virtual machine. `text` names it for people: an iterator's id.
  static StackItem opaque(StackItemType type, std::string text);

  StackItemType type() const { return type_; }
  bool is_null() const { return type_ == StackItemType::any; }

  // The conversions of the virtual machine; they fail where it would FAULT.
  Result<bool> to_boolean() const;
  Result<Integer> to_integer() const;
  Result<Bytes> to_bytes() const;
  // to_bytes() that are UTF-8.
  Result<std::string> to_text() const;
  // Items of an array or struct; the reference is valid as long as this item is.
  Result<std::reference_wrapper<const List>> items() const;
  Result<std::reference_wrapper<const Entries>> entries() const;
  // What opaque() was given; empty for everything else. Valid as long as this item is.
  std::string_view opaque_text() const;

  friend bool operator==(const StackItem& left, const StackItem& right);

 private:
  using Value = std::variant<std::monostate, bool, Integer, Bytes, List, Entries, std::string>;

  StackItem(StackItemType type, Value value) : type_(type), value_(std::move(value)) {}

  StackItemType type_ = StackItemType::any;
  Value value_;
};

// StdLib.serialize; fails for pointers and interop items and above the limits.
Result<Bytes> serialize(const StackItem& item);
// StdLib.deserialize; the whole input must be one item.
Result<StackItem> parse_stack_item(ByteView bytes);

// `key` may stand in a map beside `others`: a primitive, short enough, and not there yet.
Result<void> check_map_key(const StackItem& key, const StackItem::Entries& others);
// Items, itself included, and levels of nesting are within the limits.
Result<void> check_stack_item_limits(const StackItem& item);

}  // namespace nsl::neo
