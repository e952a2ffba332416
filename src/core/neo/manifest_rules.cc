#include <algorithm>
#include <utility>

#include "core/codec/utf8.h"
#include "core/neo/manifest.h"

namespace nsl::neo {
namespace {

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_manifest, std::move(message));
}

template <class Item>
bool has_repeats(std::vector<Item> items) {
  std::sort(items.begin(), items.end());
  return std::adjacent_find(items.begin(), items.end()) != items.end();
}

Result<void> check_names(const std::vector<std::string>& names, std::string_view what) {
  if (std::find(names.begin(), names.end(), "") != names.end()) {
    return invalid(std::string(what) + " has no name");
  }
  if (has_repeats(names)) return invalid(std::string(what) + " stands there twice");
  return {};
}

Result<void> check_parameters(const std::vector<ManifestParameter>& parameters) {
  std::vector<std::string> names;
  for (const ManifestParameter& each : parameters) {
    if (each.type == ParameterType::void_type) return invalid("A parameter is never Void");
    names.push_back(each.name);
  }
  return check_names(names, "A parameter");
}

Result<void> check_methods(const std::vector<ManifestMethod>& methods) {
  if (methods.empty()) return invalid("The contract has no method");
  // Methods may share a name when they take different numbers of arguments.
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (const ManifestMethod& each : methods) {
    if (each.name.empty()) return invalid("A method has no name");
    NSL_TRY_VOID(check_parameters(each.parameters));
    keys.emplace_back(each.name, each.parameters.size());
  }
  if (has_repeats(std::move(keys))) return invalid("A method stands there twice");
  return {};
}

Result<void> check_events(const std::vector<ManifestEvent>& events) {
  std::vector<std::string> names;
  for (const ManifestEvent& each : events) {
    NSL_TRY_VOID(check_parameters(each.parameters));
    names.push_back(each.name);
  }
  return check_names(names, "An event");
}

Result<void> check_groups(const std::vector<ManifestGroup>& groups, const UInt160& contract) {
  std::vector<PublicKey> keys;
  for (const ManifestGroup& each : groups) {
    if (!crypto::p256_verify(each.key, contract.little_endian(), each.signature)) {
      return invalid("A group's signature is not of this contract");
    }
    keys.push_back(each.key);
  }
  if (has_repeats(std::move(keys))) return invalid("A group stands there twice");
  return {};
}

Result<void> check_permissions(const std::vector<ManifestPermission>& permissions) {
  std::vector<ContractDescriptor> contracts;
  for (const ManifestPermission& each : permissions) {
    if (each.methods.has_value()) NSL_TRY_VOID(check_names(*each.methods, "A permitted method"));
    contracts.push_back(each.contract);
  }
  if (has_repeats(std::move(contracts))) return invalid("A permission stands there twice");
  return {};
}

bool is_in_group(const Manifest& manifest, const PublicKey& key) {
  return std::any_of(manifest.groups.begin(), manifest.groups.end(),
                     [&key](const ManifestGroup& each) { return each.key == key; });
}

struct Covers {
  const UInt160& target;
  const Manifest& target_manifest;

  bool operator()(const AnyContract&) const { return true; }
  bool operator()(const UInt160& hash) const { return hash == target; }
  bool operator()(const PublicKey& key) const { return is_in_group(target_manifest, key); }
};

bool is_bytes(const StackItem& item) {
  return item.type() == StackItemType::byte_string || item.type() == StackItemType::buffer;
}

bool is_bytes_of(const StackItem& item, std::size_t size) {
  if (item.is_null()) return true;
  if (!is_bytes(item)) return false;
  const Result<Bytes> bytes = item.to_bytes();
  return bytes.has_value() && bytes->size() == size;
}

// neo-project/neo ContractParameterType as ApplicationEngine checks notifications with it since
// hard fork Basilisk.
bool fits(const StackItem& item, ParameterType type) {
  const StackItemType actual = item.type();
  if (actual == StackItemType::pointer) return false;
  switch (type) {
    case ParameterType::any:
      return true;
    case ParameterType::boolean:
      return actual == StackItemType::boolean;
    case ParameterType::integer:
      return actual == StackItemType::integer;
    case ParameterType::byte_array:
      return item.is_null() || is_bytes(item);
    case ParameterType::string:
      return is_bytes(item) && item.to_text().has_value();
    case ParameterType::hash160:
      return is_bytes_of(item, UInt160::kSize);
    case ParameterType::hash256:
      return is_bytes_of(item, UInt256::kSize);
    case ParameterType::public_key:
      return is_bytes_of(item, crypto::kP256CompressedBytes);
    case ParameterType::signature:
      return is_bytes_of(item, crypto::kP256SignatureBytes);
    case ParameterType::array:
      return item.is_null() || actual == StackItemType::array || actual == StackItemType::structure;
    case ParameterType::map:
      return item.is_null() || actual == StackItemType::map;
    case ParameterType::interop_interface:
      return item.is_null() || actual == StackItemType::interop;
    case ParameterType::void_type:
      return false;
  }
  return false;
}

}  // namespace

Result<void> check_manifest(const Manifest& manifest, const UInt160& contract) {
  if (manifest.name.empty()) return invalid("The contract has no name");
  NSL_TRY_VOID(check_names(manifest.supported_standards, "A supported standard"));
  NSL_TRY_VOID(check_methods(manifest.methods));
  NSL_TRY_VOID(check_events(manifest.events));
  NSL_TRY_VOID(check_groups(manifest.groups, contract));
  NSL_TRY_VOID(check_permissions(manifest.permissions));
  if (manifest.trusts.has_value() && has_repeats(*manifest.trusts)) {
    return invalid("A trusted contract stands there twice");
  }
  if (to_text(to_json(manifest)).size() > kManifestBytesMax) {
    return invalid("The manifest is too long");
  }
  return {};
}

const ManifestMethod* find_method(const Manifest& manifest, std::string_view name,
                                  std::size_t parameter_count) {
  const auto found =
      std::find_if(manifest.methods.begin(), manifest.methods.end(),
                   [name, parameter_count](const ManifestMethod& each) {
                     return each.name == name && each.parameters.size() == parameter_count;
                   });
  return found == manifest.methods.end() ? nullptr : &*found;
}

const ManifestEvent* find_event(const Manifest& manifest, std::string_view name) {
  const auto found = std::find_if(manifest.events.begin(), manifest.events.end(),
                                  [name](const ManifestEvent& each) { return each.name == name; });
  return found == manifest.events.end() ? nullptr : &*found;
}

bool may_call(const Manifest& manifest, const UInt160& target, const Manifest& target_manifest,
              std::string_view method) {
  const Covers covers{target, target_manifest};
  return std::any_of(manifest.permissions.begin(), manifest.permissions.end(),
                     [&covers, method](const ManifestPermission& each) {
                       if (!std::visit(covers, each.contract)) return false;
                       return !each.methods.has_value() ||
                              std::find(each.methods->begin(), each.methods->end(), method) !=
                                  each.methods->end();
                     });
}

Result<void> check_event(const ManifestEvent& event, const StackItem& state) {
  NSL_TRY(const StackItem::List& items, state.items());
  if (items.size() != event.parameters.size()) {
    return invalid("The notification has another number of values than the event declares");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!fits(items[i], event.parameters[i].type)) {
      return invalid("A value of the notification is not of the declared type");
    }
  }
  return {};
}

}  // namespace nsl::neo
