#include "core/neo/manifest.h"

#include <algorithm>

#include "core/codec/base64.h"

namespace nsl::neo {
namespace {

// No list can be longer: an element takes more than one byte of the text.
constexpr std::size_t kItemsMax = kManifestBytesMax;
constexpr std::string_view kWildcard = "*";
constexpr std::size_t kKeyDigits = 2 * crypto::kP256CompressedBytes;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_manifest, std::move(message));
}

JsonValue text(std::string_view value) { return JsonValue::string(value); }

template <class Item, class ParseItem>
Result<std::vector<Item>> parse_items(const JsonValue::Array& values, ParseItem parse_item) {
  std::vector<Item> items;
  for (const JsonValue& each : values) {
    NSL_TRY(Item item, parse_item(each));
    items.push_back(std::move(item));
  }
  return items;
}

template <class Item, class ParseItem>
Result<std::vector<Item>> parse_list(const JsonMembers& members, std::string_view name,
                                     ParseItem parse_item) {
  NSL_TRY(const JsonValue::Array& values, members.get_array(name, kItemsMax));
  return parse_items<Item>(values, parse_item);
}

// Nothing for "*".
template <class Item, class ParseItem>
Result<std::optional<std::vector<Item>>> parse_wild_list(const JsonMembers& members,
                                                         std::string_view name,
                                                         ParseItem parse_item) {
  NSL_TRY(const JsonValue& value, members.get(name));
  const std::string* wildcard = value.find_string();
  if (wildcard != nullptr && *wildcard == kWildcard) return std::nullopt;
  NSL_TRY(std::vector<Item> items, parse_list<Item>(members, name, parse_item));
  return items;
}

Result<std::string> parse_text(const JsonValue& json) {
  const std::string* value = json.find_string();
  if (value == nullptr) return invalid("A list of texts holds something else");
  return *value;
}

Result<ParameterType> parse_type(const JsonMembers& members, std::string_view name) {
  NSL_TRY(const std::string type, members.get_string(name));
  return parse_parameter_type(type);
}

Result<ManifestParameter> parse_parameter(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  ManifestParameter parameter;
  NSL_TRY(parameter.name, members.get_string("name"));
  NSL_TRY(parameter.type, parse_type(members, "type"));
  return parameter;
}

Result<ManifestMethod> parse_method(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  ManifestMethod method;
  NSL_TRY(method.name, members.get_string("name"));
  NSL_TRY(method.parameters, parse_list<ManifestParameter>(members, "parameters", parse_parameter));
  NSL_TRY(method.return_type, parse_type(members, "returntype"));
  NSL_TRY(const std::uint64_t offset, members.get_unsigned("offset", INT32_MAX));
  method.offset = static_cast<std::uint32_t>(offset);
  NSL_TRY(method.is_safe, members.get_boolean("safe"));
  return method;
}

Result<ManifestEvent> parse_event(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  ManifestEvent event;
  NSL_TRY(event.name, members.get_string("name"));
  NSL_TRY(event.parameters, parse_list<ManifestParameter>(members, "parameters", parse_parameter));
  return event;
}

Result<ManifestGroup> parse_group(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  NSL_TRY(const std::string key_text, members.get_string("pubkey"));
  NSL_TRY(const PublicKey key, parse_public_key_text(key_text));
  NSL_TRY(const std::string signature_text, members.get_string("signature"));
  NSL_TRY(const Bytes bytes, codec::decode_base64(signature_text));
  ManifestGroup group{key, {}};
  if (bytes.size() != group.signature.size()) {
    return invalid("A group's signature has 64 bytes");
  }
  std::copy(bytes.begin(), bytes.end(), group.signature.begin());
  return group;
}

Result<ContractDescriptor> parse_descriptor(const JsonValue& json) {
  NSL_TRY(const std::string value, parse_text(json));
  if (value == kWildcard) return AnyContract{};
  if (value.size() == kKeyDigits) {
    NSL_TRY(const PublicKey key, parse_public_key_text(value));
    return key;
  }
  NSL_TRY(const UInt160 hash, UInt160::parse(value));
  return hash;
}

Result<ManifestPermission> parse_permission(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  ManifestPermission permission;
  NSL_TRY(const JsonValue& contract, members.get("contract"));
  NSL_TRY(permission.contract, parse_descriptor(contract));
  NSL_TRY(permission.methods, parse_wild_list<std::string>(members, "methods", parse_text));
  return permission;
}

// Nothing but an empty object has ever been a feature.
Result<void> check_features(const JsonMembers& members) {
  NSL_TRY(const JsonValue& features, members.get("features"));
  const JsonValue::Object* object = features.find_object();
  if (object == nullptr || !object->empty()) {
    return invalid("The features must be an empty object");
  }
  return {};
}

struct DescriptorPrinter {
  std::string operator()(const AnyContract&) const { return std::string(kWildcard); }
  std::string operator()(const UInt160& hash) const { return hash.to_text(); }
  std::string operator()(const PublicKey& key) const { return to_text(key); }
};

JsonValue descriptor_json(const ContractDescriptor& descriptor) {
  return text(std::visit(DescriptorPrinter{}, descriptor));
}

JsonValue parameters_json(const std::vector<ManifestParameter>& parameters) {
  JsonValue list = JsonValue::array();
  for (const ManifestParameter& each : parameters) {
    list.add(JsonValue::object()
                 .add("name", text(each.name))
                 .add("type", text(parameter_type_name(each.type))));
  }
  return list;
}

JsonValue texts_json(const std::vector<std::string>& texts) {
  JsonValue list = JsonValue::array();
  for (const std::string& each : texts) list.add(text(each));
  return list;
}

JsonValue abi_json(const Manifest& manifest) {
  JsonValue methods = JsonValue::array();
  for (const ManifestMethod& each : manifest.methods) {
    methods.add(JsonValue::object()
                    .add("name", text(each.name))
                    .add("parameters", parameters_json(each.parameters))
                    .add("returntype", text(parameter_type_name(each.return_type)))
                    .add("offset", JsonValue::integer(each.offset))
                    .add("safe", JsonValue::boolean(each.is_safe)));
  }
  JsonValue events = JsonValue::array();
  for (const ManifestEvent& each : manifest.events) {
    events.add(JsonValue::object()
                   .add("name", text(each.name))
                   .add("parameters", parameters_json(each.parameters)));
  }
  return JsonValue::object().add("methods", std::move(methods)).add("events", std::move(events));
}

JsonValue groups_json(const Manifest& manifest) {
  JsonValue groups = JsonValue::array();
  for (const ManifestGroup& each : manifest.groups) {
    groups.add(JsonValue::object()
                   .add("pubkey", text(to_text(each.key)))
                   .add("signature", text(codec::encode_base64(each.signature))));
  }
  return groups;
}

JsonValue permissions_json(const Manifest& manifest) {
  JsonValue permissions = JsonValue::array();
  for (const ManifestPermission& each : manifest.permissions) {
    permissions.add(JsonValue::object()
                        .add("contract", descriptor_json(each.contract))
                        .add("methods", each.methods.has_value() ? texts_json(*each.methods)
                                                                 : text(kWildcard)));
  }
  return permissions;
}

JsonValue trusts_json(const Manifest& manifest) {
  if (!manifest.trusts.has_value()) return text(kWildcard);
  JsonValue trusts = JsonValue::array();
  for (const ContractDescriptor& each : *manifest.trusts) trusts.add(descriptor_json(each));
  return trusts;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  NSL_TRY(const JsonValue json, parse_json(text, kManifestBytesMax));
  return parse_manifest(json);
}

Result<Manifest> parse_manifest(const JsonValue& json) {
  const JsonMembers members(json, Code::invalid_manifest);
  Manifest manifest;
  NSL_TRY(manifest.name, members.get_string("name"));
  NSL_TRY(manifest.groups, parse_list<ManifestGroup>(members, "groups", parse_group));
  NSL_TRY_VOID(check_features(members));
  NSL_TRY(manifest.supported_standards,
          parse_list<std::string>(members, "supportedstandards", parse_text));
  NSL_TRY(const JsonValue& abi, members.get("abi"));
  const JsonMembers interface(abi, Code::invalid_manifest);
  NSL_TRY(manifest.methods, parse_list<ManifestMethod>(interface, "methods", parse_method));
  NSL_TRY(manifest.events, parse_list<ManifestEvent>(interface, "events", parse_event));
  NSL_TRY(manifest.permissions,
          parse_list<ManifestPermission>(members, "permissions", parse_permission));
  NSL_TRY(manifest.trusts,
          parse_wild_list<ContractDescriptor>(members, "trusts", parse_descriptor));
  if (const JsonValue* extra = members.find("extra"); extra != nullptr) manifest.extra = *extra;
  return manifest;
}

JsonValue to_json(const Manifest& manifest) {
  return JsonValue::object()
      .add("name", text(manifest.name))
      .add("groups", groups_json(manifest))
      .add("features", JsonValue::object())
      .add("supportedstandards", texts_json(manifest.supported_standards))
      .add("abi", abi_json(manifest))
      .add("permissions", permissions_json(manifest))
      .add("trusts", trusts_json(manifest))
      .add("extra", manifest.extra);
}

}  // namespace nsl::neo
