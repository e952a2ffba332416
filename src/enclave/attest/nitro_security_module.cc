#include "enclave/attest/nitro_security_module.h"

#include <algorithm>
#include <set>

#include "enclave/attest/nsm_protocol.h"

namespace nsl::enclave::attest {
namespace {

// Documents always hold these; later ones only when they are locked.
constexpr std::uint16_t kPlatformRegisters = 16;

}  // namespace

Result<Bytes> NitroSecurityModule::attest(const AttestationRequest& request) {
  NSL_TRY(const Bytes reply, channel_->exchange(encode_attestation(request)));
  return parse_attestation(reply);
}

Result<ModuleDescription> NitroSecurityModule::describe() {
  NSL_TRY(const Bytes reply, channel_->exchange(encode_describe_module()));
  NSL_TRY(NsmDescription module, parse_describe_module(reply));
  std::set<std::uint16_t> indexes(module.locked_registers.begin(), module.locked_registers.end());
  for (std::uint16_t i = 0; i < std::min(kPlatformRegisters, module.registers_max); ++i) {
    indexes.insert(i);
  }
  ModuleDescription description{.module_id = std::move(module.module_id), .registers = {}};
  for (const std::uint16_t index : indexes) {
    NSL_TRY(const Bytes value, channel_->exchange(encode_describe_register(index)));
    NSL_TRY(description.registers[index], parse_describe_register(value));
  }
  return description;
}

Result<void> NitroSecurityModule::fill_random(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const auto reply = channel_->exchange(encode_get_random());
    const auto random = reply.has_value() ? parse_get_random(*reply) : reply;
    if (!random.has_value() || random->empty()) return fail(Code::entropy_unavailable);
    const std::size_t size = std::min(bytes.size(), random->size());
    std::copy_n(random->begin(), size, bytes.begin());
    bytes = bytes.subspan(size);
  }
  return {};
}

}  // namespace nsl::enclave::attest
