#include "enclave/chain_access/contract_view.h"

#include <variant>

namespace nsl::enclave::chain_access {
namespace {

template <class Target>
void put_parameters(const std::vector<neo::ManifestParameter>& parameters, Target& target) {
  for (const neo::ManifestParameter& parameter : parameters) {
    nsl::v1::ContractParameter& entry = *target.add_parameters();
    entry.set_name(parameter.name);
    entry.set_type(std::string(neo::parameter_type_name(parameter.type)));
  }
}

std::string descriptor_text(const neo::ContractDescriptor& descriptor) {
  if (const auto* hash = std::get_if<neo::UInt160>(&descriptor)) return hash->to_text();
  if (const auto* group = std::get_if<neo::PublicKey>(&descriptor)) return neo::to_text(*group);
  return "*";
}

void put_manifest(const neo::Manifest& manifest, nsl::v1::ChainContract& message) {
  message.set_name(manifest.name);
  for (const std::string& standard : manifest.supported_standards) {
    message.add_supported_standards(standard);
  }
  for (const neo::ManifestMethod& method : manifest.methods) {
    nsl::v1::ContractMethod& entry = *message.add_methods();
    entry.set_name(method.name);
    put_parameters(method.parameters, entry);
    entry.set_return_type(std::string(neo::parameter_type_name(method.return_type)));
    entry.set_offset(method.offset);
    entry.set_safe(method.is_safe);
  }
  for (const neo::ManifestEvent& event : manifest.events) {
    nsl::v1::ContractEvent& entry = *message.add_events();
    entry.set_name(event.name);
    put_parameters(event.parameters, entry);
  }
  for (const neo::ManifestPermission& permission : manifest.permissions) {
    nsl::v1::ContractPermission& entry = *message.add_permissions();
    entry.set_contract(descriptor_text(permission.contract));
    entry.set_all_methods(!permission.methods.has_value());
    if (!permission.methods.has_value()) continue;
    for (const std::string& method : *permission.methods) entry.add_methods(method);
  }
  for (const neo::ManifestGroup& group : manifest.groups) {
    const auto key = group.key.compressed();
    message.add_groups(to_string(ByteView(key)));
  }
  message.set_extra(to_text(manifest.extra));
}

}  // namespace

nsl::v1::ChainContract contract_message(const chain::ContractState& state, const Proof& proof) {
  nsl::v1::ChainContract message;
  message.set_hash(state.hash.to_text());
  message.set_id(state.id);
  message.set_update_counter(state.update_counter);
  put_manifest(state.manifest, message);
  message.set_compiler(state.compiler);
  message.set_source(state.source);
  message.set_checksum(state.checksum);
  message.set_script_bytes(static_cast<std::uint32_t>(state.script.size()));
  put_proof(proof, *message.mutable_proof());
  return message;
}

}  // namespace nsl::enclave::chain_access
