#include "core/expression/value.h"

#include <algorithm>
#include <array>
#include <limits>

#include "core/base/assert.h"

namespace nsl::expression {
namespace {

constexpr std::array<std::string_view, kKindCount> kKindNames = {
    "null_type", "bool", "int", "string", "bytes", "list", "map", "type", "opaque"};
constexpr std::int64_t kBytesPerStep = 16;

std::int64_t weight_of_bytes(std::size_t size) {
  return 1 + static_cast<std::int64_t>(size) / kBytesPerStep;
}

// Lists may share their items, so a weight can outgrow what memory holds.
std::int64_t saturating_add(std::int64_t left, std::int64_t right) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

bool may_be_key(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::text:
    case Kind::bytes:
      return true;
    case Kind::null:
    case Kind::list:
    case Kind::map:
    case Kind::type:
    case Kind::opaque:
      return false;
  }
  return false;
}

// Orders keys of all kinds; those that may not be keys are equal to each other.
bool key_less(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return left.kind() < right.kind();
  return compare(left, right) == std::strong_ordering::less;
}

}  // namespace

std::string_view kind_name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<Kind> find_kind(std::string_view name) {
  const auto* found = std::find(kKindNames.begin(), kKindNames.end(), name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<Kind>(found - kKindNames.begin());
}

Value Value::boolean(bool value) { return Value(Storage(value)); }
Value Value::integer(const neo::Integer& value) { return Value(Storage(value)); }
Value Value::integer(std::int64_t value) { return integer(neo::Integer(value)); }
Value Value::text(std::string value) {
  return Value(Storage(std::make_shared<const std::string>(std::move(value))));
}
Value Value::bytes(Bytes value) {
  return Value(Storage(std::make_shared<const Bytes>(std::move(value))));
}
Value Value::type(Kind kind) { return Value(Storage(kind)); }
Value Value::opaque(std::string name) {
  return Value(Storage(std::make_shared<const Opaque>(Opaque{.name = std::move(name)})));
}

Value Value::list(List items) {
  Composite<List> composite;
  for (const Value& item : items) {
    composite.weight = saturating_add(composite.weight, item.weight());
    composite.depth = std::max(composite.depth, item.depth() + 1);
  }
  composite.items = std::move(items);
  return Value(Storage(std::make_shared<const Composite<List>>(std::move(composite))));
}

Result<Value> Value::map(Entries entries) {
  Composite<Entries> composite;
  for (const auto& [key, value] : entries) {
    if (!may_be_key(key)) {
      return fail(Code::expression_failed, "A map's key must be a bool, int, string or bytes");
    }
    composite.weight = saturating_add(composite.weight, key.weight());
    composite.weight = saturating_add(composite.weight, value.weight());
    composite.depth = std::max(composite.depth, value.depth() + 1);
  }
  const auto by_key = [](const Entry& left, const Entry& right) {
    return key_less(left.first, right.first);
  };
  std::sort(entries.begin(), entries.end(), by_key);
  const auto same_key = [](const Entry& left, const Entry& right) {
    return left.first == right.first;
  };
  if (std::adjacent_find(entries.begin(), entries.end(), same_key) != entries.end()) {
    return fail(Code::expression_failed, "A map holds a key twice");
  }
  composite.items = std::move(entries);
  return Value(Storage(std::make_shared<const Composite<Entries>>(std::move(composite))));
}

template <Kind kKind>
const auto& Value::get() const {
  const auto* value = std::get_if<static_cast<std::size_t>(kKind)>(&value_);
  NSL_ASSERT(value != nullptr);
  return *value;
}

bool Value::as_boolean() const { return get<Kind::boolean>(); }
const neo::Integer& Value::as_integer() const { return get<Kind::integer>(); }
const std::string& Value::as_text() const { return *get<Kind::text>(); }
const Bytes& Value::as_bytes() const { return *get<Kind::bytes>(); }
const Value::List& Value::as_list() const { return get<Kind::list>()->items; }
const Value::Entries& Value::as_map() const { return get<Kind::map>()->items; }
Kind Value::as_type() const { return get<Kind::type>(); }
const std::string& Value::as_opaque() const { return get<Kind::opaque>()->name; }

const Value* Value::find(const Value& key) const {
  const Entries& entries = as_map();
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), key,
      [](const Entry& entry, const Value& wanted) { return key_less(entry.first, wanted); });
  return found != entries.end() && found->first == key ? &found->second : nullptr;
}

std::int64_t Value::weight() const {
  switch (kind()) {
    case Kind::null:
    case Kind::boolean:
    case Kind::integer:
    case Kind::type:
      return 1;
    case Kind::text:
      return weight_of_bytes(as_text().size());
    case Kind::bytes:
      return weight_of_bytes(as_bytes().size());
    case Kind::list:
      return get<Kind::list>()->weight;
    case Kind::map:
      return get<Kind::map>()->weight;
    case Kind::opaque:
      return weight_of_bytes(as_opaque().size());
  }
  return 1;
}

std::int64_t Value::depth() const {
  if (kind() == Kind::list) return get<Kind::list>()->depth;
  return kind() == Kind::map ? get<Kind::map>()->depth : 0;
}

bool operator==(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return left.as_boolean() == right.as_boolean();
    case Kind::integer:
      return left.as_integer() == right.as_integer();
    case Kind::text:
      return left.as_text() == right.as_text();
    case Kind::bytes:
      return left.as_bytes() == right.as_bytes();
    case Kind::list:
      return left.as_list() == right.as_list();
    case Kind::map:
      return left.as_map() == right.as_map();
    case Kind::type:
      return left.as_type() == right.as_type();
    case Kind::opaque:
      return left.as_opaque() == right.as_opaque();
  }
  return false;
}

std::optional<std::strong_ordering> compare(const Value& left, const Value& right) {
  if (left.kind() != right.kind()) return std::nullopt;
  switch (left.kind()) {
    case Kind::boolean:
      return left.as_boolean() <=> right.as_boolean();
    case Kind::integer:
      return left.as_integer() <=> right.as_integer();
    case Kind::text:
      return left.as_text() <=> right.as_text();
    case Kind::bytes:
      return left.as_bytes() <=> right.as_bytes();
    case Kind::null:
    case Kind::list:
    case Kind::map:
    case Kind::type:
    case Kind::opaque:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace nsl::expression
