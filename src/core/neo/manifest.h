// Manifests: what a contract says of itself, above all its methods and events, and which contracts
// it may call. Form and rules: NEP-15, neo-project/neo ContractManifest.
//
// parse_manifest() reads the form; check_manifest() applies the rules a node applies when the
// contract is deployed, so that a deployment is refused before it costs anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/key.h"
#include "core/neo/parameter_type.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

// neo-project/neo ContractManifest.MaxLength.
inline constexpr std::size_t kManifestBytesMax = 65535;

struct ManifestParameter {
  std::string name;
  ParameterType type = ParameterType::any;

  friend bool operator==(const ManifestParameter&, const ManifestParameter&) = default;
};

struct ManifestMethod {
  std::string name;
  std::vector<ManifestParameter> parameters;
  ParameterType return_type = ParameterType::void_type;
  // Where the method starts in the script.
  std::uint32_t offset = 0;
  bool is_safe = false;

  friend bool operator==(const ManifestMethod&, const ManifestMethod&) = default;
};

struct ManifestEvent {
  std::string name;
  std::vector<ManifestParameter> parameters;

  friend bool operator==(const ManifestEvent&, const ManifestEvent&) = default;
};

struct ManifestGroup {
  PublicKey key;
  // Over the little-endian contract hash.
  Signature signature;

  friend bool operator==(const ManifestGroup&, const ManifestGroup&) = default;
};

struct AnyContract {
  friend auto operator<=>(const AnyContract&, const AnyContract&) = default;
};
// Every contract, one, or those of a group.
using ContractDescriptor = std::variant<AnyContract, UInt160, PublicKey>;

struct ManifestPermission {
  ContractDescriptor contract;
  // Nothing for every method.
  std::optional<std::vector<std::string>> methods;

  friend bool operator==(const ManifestPermission&, const ManifestPermission&) = default;
};

struct Manifest {
  std::string name;
  std::vector<ManifestGroup> groups;
  std::vector<std::string> supported_standards;
  std::vector<ManifestMethod> methods;
  std::vector<ManifestEvent> events;
  std::vector<ManifestPermission> permissions;
  // Nothing for every contract.
  std::optional<std::vector<ContractDescriptor>> trusts;
  // Whatever the author put there.
  JsonValue extra;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// Code::invalid_manifest for another form; members it does not know are passed over.
Result<Manifest> parse_manifest(std::string_view text);
Result<Manifest> parse_manifest(const JsonValue& json);
JsonValue to_json(const Manifest& manifest);

// The rules: names where they must be, nothing twice, at least one method, and signatures of the
// groups for the contract's hash, and small enough to be deployed.
Result<void> check_manifest(const Manifest& manifest, const UInt160& contract);

// The method that a call of that name with so many arguments reaches.
const ManifestMethod* find_method(const Manifest& manifest, std::string_view name,
                                  std::size_t parameter_count);
const ManifestEvent* find_event(const Manifest& manifest, std::string_view name);
// Whether the manifest's contract may call a method of `target`, whose manifest is
// `target_manifest`.
bool may_call(const Manifest& manifest, const UInt160& target, const Manifest& target_manifest,
              std::string_view method);
// The state of a notification has the types the event declares.
Result<void> check_event(const ManifestEvent& event, const StackItem& state);

}  // namespace nsl::neo
