#include "core/neo/rpc_signer.h"

#include <array>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/address.h"

namespace nsl::neo {
namespace {

struct OracleCodeName {
  OracleCode code;
  std::string_view name;
};

// neo-project/neo OracleResponseCode.
constexpr std::array<OracleCodeName, 10> kOracleCodeNames = {
    {{OracleCode::success, "Success"},
     {OracleCode::protocol_not_supported, "ProtocolNotSupported"},
     {OracleCode::consensus_unreachable, "ConsensusUnreachable"},
     {OracleCode::not_found, "NotFound"},
     {OracleCode::timeout, "Timeout"},
     {OracleCode::forbidden, "Forbidden"},
     {OracleCode::response_too_large, "ResponseTooLarge"},
     {OracleCode::insufficient_funds, "InsufficientFunds"},
     {OracleCode::content_type_not_supported, "ContentTypeNotSupported"},
     {OracleCode::error, "Error"}}};

constexpr std::array kConditionTypes = {
    WitnessConditionType::boolean,         WitnessConditionType::negation,
    WitnessConditionType::conjunction,     WitnessConditionType::disjunction,
    WitnessConditionType::script_hash,     WitnessConditionType::group,
    WitnessConditionType::called_by_entry, WitnessConditionType::called_by_contract,
    WitnessConditionType::called_by_group};

constexpr std::array kAttributeTypes = {
    AttributeType::high_priority, AttributeType::oracle_response, AttributeType::not_valid_before,
    AttributeType::conflicts, AttributeType::notary_assisted};

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_signer, std::move(message));
}

JsonValue text(std::string_view value) { return JsonValue::string(value); }
JsonValue base64(ByteView bytes) { return text(codec::encode_base64(bytes)); }

Result<UInt160> parse_hash(const JsonValue& json) {
  const std::string* value = json.find_string();
  if (value == nullptr) return invalid("A hash is a string");
  return UInt160::parse(*value);
}

Result<PublicKey> parse_key(const JsonValue& json) {
  const std::string* value = json.find_string();
  if (value == nullptr) return invalid("A key is a string");
  return parse_public_key_text(*value);
}

Result<WitnessCondition> parse_condition(const JsonValue& json, std::size_t depth);

Result<std::vector<WitnessCondition>> parse_conditions(const JsonMembers& members,
                                                       std::size_t depth) {
  NSL_TRY(const JsonValue::Array& values,
          members.get_array("expressions", limits::kNeoSubitemsMax));
  if (values.empty()) return invalid("And and Or take 1 to 16 conditions");
  std::vector<WitnessCondition> conditions;
  for (const JsonValue& each : values) {
    NSL_TRY(WitnessCondition condition, parse_condition(each, depth));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Result<WitnessConditionType> parse_condition_type(std::string_view name) {
  for (const WitnessConditionType type : kConditionTypes) {
    if (witness_condition_name(type) == name) return type;
  }
  return invalid("Unknown condition");
}

Result<WitnessCondition> parse_condition(const JsonValue& json, std::size_t depth) {
  if (depth > limits::kNeoConditionDepthMax) return invalid("Conditions are nested too deep");
  const JsonMembers members(json, Code::invalid_signer);
  NSL_TRY(const std::string name, members.get_string("type"));
  NSL_TRY(const WitnessConditionType type, parse_condition_type(name));
  switch (type) {
    case WitnessConditionType::boolean: {
      NSL_TRY(const bool value, members.get_boolean("expression"));
      return WitnessCondition::boolean(value);
    }
    case WitnessConditionType::negation: {
      NSL_TRY(const JsonValue& inner, members.get("expression"));
      NSL_TRY(WitnessCondition expression, parse_condition(inner, depth + 1));
      return WitnessCondition::negation(std::move(expression));
    }
    case WitnessConditionType::conjunction: {
      NSL_TRY(auto expressions, parse_conditions(members, depth + 1));
      return WitnessCondition::conjunction(std::move(expressions));
    }
    case WitnessConditionType::disjunction: {
      NSL_TRY(auto expressions, parse_conditions(members, depth + 1));
      return WitnessCondition::disjunction(std::move(expressions));
    }
    case WitnessConditionType::script_hash:
    case WitnessConditionType::called_by_contract: {
      NSL_TRY(const JsonValue& value, members.get("hash"));
      NSL_TRY(const UInt160 hash, parse_hash(value));
      return type == WitnessConditionType::script_hash ? WitnessCondition::script_hash(hash)
                                                       : WitnessCondition::called_by_contract(hash);
    }
    case WitnessConditionType::group:
    case WitnessConditionType::called_by_group: {
      NSL_TRY(const JsonValue& value, members.get("group"));
      NSL_TRY(const PublicKey key, parse_key(value));
      return type == WitnessConditionType::group ? WitnessCondition::group(key)
                                                 : WitnessCondition::called_by_group(key);
    }
    case WitnessConditionType::called_by_entry:
      return WitnessCondition::called_by_entry();
  }
  return invalid("Unknown condition");
}

JsonValue to_json(const WitnessRule& rule) {
  return JsonValue::object()
      .add("action", text(rule.action == WitnessAction::allow ? "Allow" : "Deny"))
      .add("condition", to_json(rule.condition));
}

Result<WitnessRule> parse_rule(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_signer);
  NSL_TRY(const std::string action, members.get_string("action"));
  if (action != "Allow" && action != "Deny") return invalid("Unknown action");
  NSL_TRY(const JsonValue& inner, members.get("condition"));
  NSL_TRY(WitnessCondition condition, parse_condition(inner, 1));
  return WitnessRule{action == "Allow" ? WitnessAction::allow : WitnessAction::deny,
                     std::move(condition)};
}

// The list of that name; empty when it is absent.
template <class Item, class ParseItem>
Result<std::vector<Item>> parse_list(const JsonMembers& members, std::string_view name,
                                     ParseItem parse_item) {
  std::vector<Item> items;
  if (members.find(name) == nullptr) return items;
  NSL_TRY(const JsonValue::Array& values, members.get_array(name, limits::kNeoSubitemsMax));
  for (const JsonValue& each : values) {
    NSL_TRY(Item item, parse_item(each));
    items.push_back(std::move(item));
  }
  return items;
}

Result<OracleCode> parse_oracle_code(std::string_view name) {
  for (const OracleCodeName& row : kOracleCodeNames) {
    if (row.name == name) return row.code;
  }
  return fail(Code::invalid_transaction, "Unknown oracle code");
}

std::string_view oracle_code_name(OracleCode code) {
  for (const OracleCodeName& row : kOracleCodeNames) {
    if (row.code == code) return row.name;
  }
  return "";
}

Result<Attribute> parse_oracle_response(const JsonMembers& members) {
  OracleResponse response;
  NSL_TRY(response.id, members.get_unsigned("id", UINT64_MAX));
  NSL_TRY(const std::string code, members.get_string("code"));
  NSL_TRY(response.code, parse_oracle_code(code));
  NSL_TRY(const std::string result, members.get_string("result"));
  NSL_TRY(response.result, codec::decode_base64(result));
  NSL_TRY_VOID(check_attribute(response));
  return response;
}

struct AttributeWriter {
  JsonValue& json;

  void operator()(const HighPriority&) const {}
  void operator()(const OracleResponse& value) const {
    json.add("id", JsonValue::unsigned_integer(value.id));
    json.add("code", text(oracle_code_name(value.code))).add("result", base64(value.result));
  }
  void operator()(const NotValidBefore& value) const {
    json.add("height", JsonValue::integer(value.height.value()));
  }
  void operator()(const Conflicts& value) const {
    json.add("hash", text(value.transaction.to_text()));
  }
  void operator()(const NotaryAssisted& value) const {
    json.add("nkeys", JsonValue::integer(value.key_count));
  }
};

}  // namespace

JsonValue to_json(const WitnessCondition& condition) {
  JsonValue json = JsonValue::object();
  json.add("type", text(witness_condition_name(condition.type)));
  switch (condition.type) {
    case WitnessConditionType::boolean:
      json.add("expression", JsonValue::boolean(condition.value));
      break;
    case WitnessConditionType::negation:
      json.add("expression", to_json(condition.expressions.front()));
      break;
    case WitnessConditionType::conjunction:
    case WitnessConditionType::disjunction: {
      JsonValue expressions = JsonValue::array();
      for (const WitnessCondition& each : condition.expressions) expressions.add(to_json(each));
      json.add("expressions", std::move(expressions));
      break;
    }
    case WitnessConditionType::script_hash:
    case WitnessConditionType::called_by_contract:
      json.add("hash", text(condition.hash.to_text()));
      break;
    case WitnessConditionType::group:
    case WitnessConditionType::called_by_group:
      json.add("group", text(to_text(*condition.key)));
      break;
    case WitnessConditionType::called_by_entry:
      break;
  }
  return json;
}

Result<WitnessCondition> parse_rpc_condition(const JsonValue& json) {
  return parse_condition(json, 1);
}

JsonValue to_json(const Signer& signer) {
  JsonValue json = JsonValue::object();
  json.add("account", text(signer.account.to_text())).add("scopes", text(to_text(signer.scopes)));
  if (has_scope(signer.scopes, WitnessScope::custom_contracts)) {
    JsonValue list = JsonValue::array();
    for (const UInt160& each : signer.allowed_contracts) list.add(text(each.to_text()));
    json.add("allowedcontracts", std::move(list));
  }
  if (has_scope(signer.scopes, WitnessScope::custom_groups)) {
    JsonValue list = JsonValue::array();
    for (const PublicKey& each : signer.allowed_groups) list.add(text(to_text(each)));
    json.add("allowedgroups", std::move(list));
  }
  if (has_scope(signer.scopes, WitnessScope::witness_rules)) {
    JsonValue list = JsonValue::array();
    for (const WitnessRule& each : signer.rules) list.add(to_json(each));
    json.add("rules", std::move(list));
  }
  return json;
}

Result<Signer> parse_rpc_signer(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_signer);
  Signer signer;
  NSL_TRY(const std::string account, members.get_string("account"));
  NSL_TRY(signer.account, parse_account(account));
  NSL_TRY(const std::string scopes, members.get_string("scopes"));
  NSL_TRY(signer.scopes, parse_witness_scope(scopes));
  NSL_TRY(signer.allowed_contracts, parse_list<UInt160>(members, "allowedcontracts", parse_hash));
  NSL_TRY(signer.allowed_groups, parse_list<PublicKey>(members, "allowedgroups", parse_key));
  NSL_TRY(signer.rules, parse_list<WitnessRule>(members, "rules", parse_rule));
  NSL_TRY_VOID(check_signer(signer));
  return signer;
}

JsonValue to_json(const Attribute& attribute) {
  JsonValue json = JsonValue::object();
  json.add("type", text(attribute_name(attribute_type(attribute))));
  std::visit(AttributeWriter{json}, attribute);
  return json;
}

Result<Attribute> parse_rpc_attribute(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_transaction);
  NSL_TRY(const std::string name, members.get_string("type"));
  for (const AttributeType type : kAttributeTypes) {
    if (attribute_name(type) != name) continue;
    switch (type) {
      case AttributeType::high_priority:
        return HighPriority{};
      case AttributeType::oracle_response:
        return parse_oracle_response(members);
      case AttributeType::not_valid_before: {
        NSL_TRY(const std::uint64_t height, members.get_unsigned("height", UINT32_MAX));
        return NotValidBefore{BlockIndex(static_cast<std::uint32_t>(height))};
      }
      case AttributeType::conflicts: {
        NSL_TRY(const std::string hash, members.get_string("hash"));
        NSL_TRY(const UInt256 transaction, UInt256::parse(hash));
        return Conflicts{transaction};
      }
      case AttributeType::notary_assisted: {
        NSL_TRY(const std::uint64_t count, members.get_unsigned("nkeys", UINT8_MAX));
        return NotaryAssisted{static_cast<std::uint8_t>(count)};
      }
    }
  }
  return fail(Code::invalid_transaction, "Unknown attribute");
}

JsonValue to_json(const Witness& witness) {
  return JsonValue::object()
      .add("invocation", base64(witness.invocation))
      .add("verification", base64(witness.verification));
}

Result<Witness> parse_rpc_witness(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_transaction);
  NSL_TRY(const std::string invocation, members.get_string("invocation"));
  NSL_TRY(const std::string verification, members.get_string("verification"));
  Witness witness;
  NSL_TRY(witness.invocation, codec::decode_base64(invocation));
  NSL_TRY(witness.verification, codec::decode_base64(verification));
  NSL_TRY_VOID(check_witness_size(witness));
  return witness;
}

}  // namespace nsl::neo
