#include "core/neo/signer.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::neo {
namespace {

constexpr std::uint8_t kAllScopes = 0xF1;

struct ScopeName {
  WitnessScope scope;
  std::string_view name;
};

// In the order nodes print them.
constexpr std::array<ScopeName, 6> kScopeNames = {
    {{WitnessScope::none, "None"},
     {WitnessScope::called_by_entry, "CalledByEntry"},
     {WitnessScope::custom_contracts, "CustomContracts"},
     {WitnessScope::custom_groups, "CustomGroups"},
     {WitnessScope::witness_rules, "WitnessRules"},
     {WitnessScope::global, "Global"}}};

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_signer, std::move(message));
}

Result<void> check_scopes(WitnessScope scopes) {
  if ((static_cast<std::uint8_t>(scopes) & ~kAllScopes) != 0) return invalid("Unknown scope");
  if (has_scope(scopes, WitnessScope::global) && scopes != WitnessScope::global) {
    return invalid("The scope Global stands alone");
  }
  return {};
}

Result<void> check_list(std::size_t size, WitnessScope scopes, WitnessScope flag) {
  if (size > limits::kNeoSubitemsMax) return invalid("A signer's list is too long");
  if (size > 0 && !has_scope(scopes, flag)) return invalid("A signer's list needs its scope");
  return {};
}

void write_key(codec::ByteWriter& writer, const std::optional<PublicKey>& key) {
  NSL_ASSERT(key.has_value());
  writer.write_fixed(key->compressed());
}

Result<PublicKey> read_key(codec::ByteReader& reader) {
  NSL_TRY(const ByteView bytes, reader.read_fixed(crypto::kP256CompressedBytes));
  return parse_public_key(bytes);
}

Result<UInt160> read_hash(codec::ByteReader& reader) {
  NSL_TRY(const UInt160::Array bytes, reader.read_array<UInt160::kSize>());
  return UInt160(bytes);
}

Result<std::size_t> read_count(codec::ByteReader& reader) {
  NSL_TRY(const std::uint64_t count, reader.read_varint(limits::kNeoSubitemsMax));
  return static_cast<std::size_t>(count);
}

Result<void> check_condition(const WitnessCondition& condition, std::size_t depth) {
  if (depth > limits::kNeoConditionDepthMax) return invalid("Conditions are nested too deep");
  const std::size_t count = condition.expressions.size();
  switch (condition.type) {
    case WitnessConditionType::negation:
      if (count != 1) return invalid("Not takes one condition");
      break;
    case WitnessConditionType::conjunction:
    case WitnessConditionType::disjunction:
      if (count < 1 || count > limits::kNeoSubitemsMax) {
        return invalid("And and Or take 1 to 16 conditions");
      }
      break;
    case WitnessConditionType::group:
    case WitnessConditionType::called_by_group:
      if (!condition.key.has_value()) return invalid("The condition needs a key");
      [[fallthrough]];
    case WitnessConditionType::boolean:
    case WitnessConditionType::script_hash:
    case WitnessConditionType::called_by_entry:
    case WitnessConditionType::called_by_contract:
      if (count != 0) return invalid("The condition takes no other");
      break;
  }
  for (const WitnessCondition& each : condition.expressions) {
    NSL_TRY_VOID(check_condition(each, depth + 1));
  }
  return {};
}

void write_condition(codec::ByteWriter& writer, const WitnessCondition& condition) {
  writer.write_u8(static_cast<std::uint8_t>(condition.type));
  switch (condition.type) {
    case WitnessConditionType::boolean:
      writer.write_u8(condition.value ? 1 : 0);
      break;
    case WitnessConditionType::conjunction:
    case WitnessConditionType::disjunction:
      writer.write_varint(condition.expressions.size());
      break;
    case WitnessConditionType::script_hash:
    case WitnessConditionType::called_by_contract:
      writer.write_fixed(condition.hash.little_endian());
      break;
    case WitnessConditionType::group:
    case WitnessConditionType::called_by_group:
      write_key(writer, condition.key);
      break;
    case WitnessConditionType::negation:
    case WitnessConditionType::called_by_entry:
      break;
  }
  for (const WitnessCondition& each : condition.expressions) write_condition(writer, each);
}

Result<WitnessCondition> read_condition(codec::ByteReader& reader, std::size_t depth);

Result<std::vector<WitnessCondition>> read_conditions(codec::ByteReader& reader, std::size_t count,
                                                      std::size_t depth) {
  if (count == 0) return invalid("And and Or take 1 to 16 conditions");
  std::vector<WitnessCondition> conditions;
  conditions.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    NSL_TRY(WitnessCondition condition, read_condition(reader, depth));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Result<WitnessCondition> read_condition(codec::ByteReader& reader, std::size_t depth) {
  if (depth > limits::kNeoConditionDepthMax) return invalid("Conditions are nested too deep");
  NSL_TRY(const std::uint8_t type, reader.read_u8());
  switch (static_cast<WitnessConditionType>(type)) {
    case WitnessConditionType::boolean: {
      NSL_TRY(const std::uint8_t value, reader.read_u8());
      if (value > 1) return invalid("A boolean is 0 or 1");
      return WitnessCondition::boolean(value == 1);
    }
    case WitnessConditionType::negation: {
      NSL_TRY(WitnessCondition expression, read_condition(reader, depth + 1));
      return WitnessCondition::negation(std::move(expression));
    }
    case WitnessConditionType::conjunction: {
      NSL_TRY(const std::size_t count, read_count(reader));
      NSL_TRY(auto expressions, read_conditions(reader, count, depth + 1));
      return WitnessCondition::conjunction(std::move(expressions));
    }
    case WitnessConditionType::disjunction: {
      NSL_TRY(const std::size_t count, read_count(reader));
      NSL_TRY(auto expressions, read_conditions(reader, count, depth + 1));
      return WitnessCondition::disjunction(std::move(expressions));
    }
    case WitnessConditionType::script_hash: {
      NSL_TRY(const UInt160 hash, read_hash(reader));
      return WitnessCondition::script_hash(hash);
    }
    case WitnessConditionType::group: {
      NSL_TRY(const PublicKey key, read_key(reader));
      return WitnessCondition::group(key);
    }
    case WitnessConditionType::called_by_entry:
      return WitnessCondition::called_by_entry();
    case WitnessConditionType::called_by_contract: {
      NSL_TRY(const UInt160 hash, read_hash(reader));
      return WitnessCondition::called_by_contract(hash);
    }
    case WitnessConditionType::called_by_group: {
      NSL_TRY(const PublicKey key, read_key(reader));
      return WitnessCondition::called_by_group(key);
    }
  }
  return invalid("Unknown condition");
}

Result<WitnessRule> read_rule(codec::ByteReader& reader) {
  NSL_TRY(const std::uint8_t action, reader.read_u8());
  if (action > 1) return invalid("Unknown action");
  NSL_TRY(WitnessCondition condition, read_condition(reader, 1));
  return WitnessRule{static_cast<WitnessAction>(action), std::move(condition)};
}

// Reads a list of at most limits::kNeoSubitemsMax items with `read_item`.
template <class Item, class ReadItem>
Result<std::vector<Item>> read_list(codec::ByteReader& reader, ReadItem read_item) {
  NSL_TRY(const std::size_t count, read_count(reader));
  std::vector<Item> items;
  items.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    NSL_TRY(Item item, read_item(reader));
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

std::string to_text(WitnessScope scopes) {
  if (scopes == WitnessScope::none) return "None";
  std::string text;
  for (const ScopeName& row : kScopeNames) {
    if (!has_scope(scopes, row.scope)) continue;
    if (!text.empty()) text += ", ";
    text += row.name;
  }
  return text;
}

Result<WitnessScope> parse_witness_scope(std::string_view text) {
  WitnessScope scopes = WitnessScope::none;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    std::string_view name = text.substr(start, comma - start);
    if (start > 0 && name.starts_with(' ')) name.remove_prefix(1);
    const auto* row = std::find_if(kScopeNames.begin(), kScopeNames.end(),
                                   [name](const ScopeName& each) { return each.name == name; });
    if (row == kScopeNames.end()) return invalid("Unknown scope");
    scopes = scopes | row->scope;
    start = comma + 1;
  }
  NSL_TRY_VOID(check_scopes(scopes));
  return scopes;
}

std::string_view witness_condition_name(WitnessConditionType type) {
  switch (type) {
    case WitnessConditionType::boolean:
      return "Boolean";
    case WitnessConditionType::negation:
      return "Not";
    case WitnessConditionType::conjunction:
      return "And";
    case WitnessConditionType::disjunction:
      return "Or";
    case WitnessConditionType::script_hash:
      return "ScriptHash";
    case WitnessConditionType::group:
      return "Group";
    case WitnessConditionType::called_by_entry:
      return "CalledByEntry";
    case WitnessConditionType::called_by_contract:
      return "CalledByContract";
    case WitnessConditionType::called_by_group:
      return "CalledByGroup";
  }
  return "";
}

WitnessCondition WitnessCondition::boolean(bool value) {
  return {WitnessConditionType::boolean, value, {}, {}, {}};
}
WitnessCondition WitnessCondition::negation(WitnessCondition expression) {
  return {WitnessConditionType::negation, false, {std::move(expression)}, {}, {}};
}
WitnessCondition WitnessCondition::conjunction(std::vector<WitnessCondition> expressions) {
  return {WitnessConditionType::conjunction, false, std::move(expressions), {}, {}};
}
WitnessCondition WitnessCondition::disjunction(std::vector<WitnessCondition> expressions) {
  return {WitnessConditionType::disjunction, false, std::move(expressions), {}, {}};
}
WitnessCondition WitnessCondition::script_hash(const UInt160& hash) {
  return {WitnessConditionType::script_hash, false, {}, hash, {}};
}
WitnessCondition WitnessCondition::group(const PublicKey& key) {
  return {WitnessConditionType::group, false, {}, {}, key};
}
WitnessCondition WitnessCondition::called_by_entry() { return {}; }
WitnessCondition WitnessCondition::called_by_contract(const UInt160& hash) {
  return {WitnessConditionType::called_by_contract, false, {}, hash, {}};
}
WitnessCondition WitnessCondition::called_by_group(const PublicKey& key) {
  return {WitnessConditionType::called_by_group, false, {}, {}, key};
}

Result<void> check_signer(const Signer& signer) {
  NSL_TRY_VOID(check_scopes(signer.scopes));
  NSL_TRY_VOID(
      check_list(signer.allowed_contracts.size(), signer.scopes, WitnessScope::custom_contracts));
  NSL_TRY_VOID(
      check_list(signer.allowed_groups.size(), signer.scopes, WitnessScope::custom_groups));
  NSL_TRY_VOID(check_list(signer.rules.size(), signer.scopes, WitnessScope::witness_rules));
  for (const WitnessRule& rule : signer.rules) NSL_TRY_VOID(check_condition(rule.condition, 1));
  return {};
}

void write_signer(codec::ByteWriter& writer, const Signer& signer) {
  writer.write_fixed(signer.account.little_endian());
  writer.write_u8(static_cast<std::uint8_t>(signer.scopes));
  if (has_scope(signer.scopes, WitnessScope::custom_contracts)) {
    writer.write_varint(signer.allowed_contracts.size());
    for (const UInt160& each : signer.allowed_contracts) writer.write_fixed(each.little_endian());
  }
  if (has_scope(signer.scopes, WitnessScope::custom_groups)) {
    writer.write_varint(signer.allowed_groups.size());
    for (const PublicKey& each : signer.allowed_groups) writer.write_fixed(each.compressed());
  }
  if (has_scope(signer.scopes, WitnessScope::witness_rules)) {
    writer.write_varint(signer.rules.size());
    for (const WitnessRule& rule : signer.rules) {
      writer.write_u8(static_cast<std::uint8_t>(rule.action));
      write_condition(writer, rule.condition);
    }
  }
}

Result<Signer> read_signer(codec::ByteReader& reader) {
  Signer signer;
  NSL_TRY(signer.account, read_hash(reader));
  NSL_TRY(const std::uint8_t scopes, reader.read_u8());
  signer.scopes = static_cast<WitnessScope>(scopes);
  NSL_TRY_VOID(check_scopes(signer.scopes));
  if (has_scope(signer.scopes, WitnessScope::custom_contracts)) {
    NSL_TRY(signer.allowed_contracts, read_list<UInt160>(reader, read_hash));
  }
  if (has_scope(signer.scopes, WitnessScope::custom_groups)) {
    NSL_TRY(signer.allowed_groups, read_list<PublicKey>(reader, read_key));
  }
  if (has_scope(signer.scopes, WitnessScope::witness_rules)) {
    NSL_TRY(signer.rules, read_list<WitnessRule>(reader, read_rule));
  }
  return signer;
}

}  // namespace nsl::neo
