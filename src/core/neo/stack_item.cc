#include "core/neo/stack_item.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/codec/utf8.h"

namespace nsl::neo {
namespace {

struct TypeName {
  StackItemType type;
  std::string_view name;
};

constexpr std::array<TypeName, 10> kTypeNames = {{{StackItemType::any, "Any"},
                                                  {StackItemType::pointer, "Pointer"},
                                                  {StackItemType::boolean, "Boolean"},
                                                  {StackItemType::integer, "Integer"},
                                                  {StackItemType::byte_string, "ByteString"},
                                                  {StackItemType::buffer, "Buffer"},
                                                  {StackItemType::array, "Array"},
                                                  {StackItemType::structure, "Struct"},
                                                  {StackItemType::map, "Map"},
                                                  {StackItemType::interop, "InteropInterface"}}};

bool is_any_set(const Bytes& bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; });
}

}  // namespace

std::string_view stack_item_type_name(StackItemType type) {
  const auto* row = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                 [type](const TypeName& each) { return each.type == type; });
  NSL_ASSERT(row != kTypeNames.end());
  return row->name;
}

Result<StackItemType> parse_stack_item_type(std::string_view name) {
  for (const TypeName& row : kTypeNames) {
    if (row.name == name) return row.type;
  }
  return fail(Code::invalid_stack_item, "Unknown stack item type");
}

std::optional<StackItemType> find_stack_item_type(std::uint8_t byte) {
  for (const TypeName& row : kTypeNames) {
    if (static_cast<std::uint8_t>(row.type) == byte) return row.type;
  }
  return std::nullopt;
}

StackItem StackItem::boolean(bool value) { return {StackItemType::boolean, value}; }
StackItem StackItem::integer(const Integer& value) { return {StackItemType::integer, value}; }
StackItem StackItem::integer(std::int64_t value) { return integer(Integer(value)); }
StackItem StackItem::byte_string(Bytes value) {
  return {StackItemType::byte_string, std::move(value)};
}
StackItem StackItem::byte_string(std::string_view value) {
  return byte_string(nsl::to_bytes(value));
}
StackItem StackItem::buffer(Bytes value) { return {StackItemType::buffer, std::move(value)}; }
StackItem StackItem::array(List items) { return {StackItemType::array, std::move(items)}; }
StackItem StackItem::structure(List items) { return {StackItemType::structure, std::move(items)}; }
StackItem StackItem::map(Entries entries) { return {StackItemType::map, std::move(entries)}; }

StackItem StackItem::opaque(StackItemType type, std::string text) {
  NSL_ASSERT(type == StackItemType::pointer || type == StackItemType::interop);
  return {type, std::move(text)};
}

std::string_view StackItem::opaque_text() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text == nullptr ? std::string_view{} : std::string_view{*text};
}

Result<bool> StackItem::to_boolean() const {
  if (const auto* value = std::get_if<bool>(&value_)) return *value;
  if (const auto* value = std::get_if<Integer>(&value_)) return !value->is_zero();
  if (const auto* value = std::get_if<Bytes>(&value_)) {
    if (type_ == StackItemType::buffer) return true;
    if (value->size() > Integer::kBytesMax) {
      return fail(Code::invalid_stack_item, "More than 32 bytes are not a boolean");
    }
    return is_any_set(*value);
  }
  return !is_null();
}

Result<Integer> StackItem::to_integer() const {
  if (const auto* value = std::get_if<bool>(&value_)) return Integer(*value ? 1 : 0);
  if (const auto* value = std::get_if<Integer>(&value_)) return *value;
  if (const auto* value = std::get_if<Bytes>(&value_)) return Integer::parse_little_endian(*value);
  return fail(Code::invalid_stack_item, "The item is not an integer");
}

Result<Bytes> StackItem::to_bytes() const {
  if (const auto* value = std::get_if<bool>(&value_)) {
    return Bytes{static_cast<std::uint8_t>(*value ? 1 : 0)};
  }
  if (const auto* value = std::get_if<Integer>(&value_)) return value->to_little_endian();
  if (const auto* value = std::get_if<Bytes>(&value_)) return *value;
  return fail(Code::invalid_stack_item, "The item is not a byte string");
}

Result<std::string> StackItem::to_text() const {
  NSL_TRY(const Bytes bytes, to_bytes());
  if (!codec::is_valid_utf8(bytes)) {
    return fail(Code::invalid_stack_item, "The item is not UTF-8 text");
  }
  return to_string(ByteView(bytes));
}

Result<std::reference_wrapper<const StackItem::List>> StackItem::items() const {
  const auto* value = std::get_if<List>(&value_);
  if (value == nullptr) return fail(Code::invalid_stack_item, "The item is not an array");
  return std::cref(*value);
}

Result<std::reference_wrapper<const StackItem::Entries>> StackItem::entries() const {
  const auto* value = std::get_if<Entries>(&value_);
  if (value == nullptr) return fail(Code::invalid_stack_item, "The item is not a map");
  return std::cref(*value);
}

bool operator==(const StackItem& left, const StackItem& right) {
  return left.type_ == right.type_ && left.value_ == right.value_;
}

}  // namespace nsl::neo
