#include "core/neo/native.h"

#include <algorithm>
#include <array>

#include "core/neo/contract.h"

namespace nsl::neo {
namespace {

constexpr std::array kContracts = {kContractManagement, kStdLib,   kCryptoLib,      kLedgerContract,
                                   kNeoToken,           kGasToken, kPolicyContract, kRoleManagement,
                                   kOracleContract,     kNotary,   kTreasury};

std::array<UInt160, kContracts.size()> hash_contracts() {
  std::array<UInt160, kContracts.size()> hashes{};
  std::transform(kContracts.begin(), kContracts.end(), hashes.begin(),
                 [](const NativeContract& each) { return hash_of(each); });
  return hashes;
}

}  // namespace

std::span<const NativeContract> all_native_contracts() { return kContracts; }

UInt160 hash_of(const NativeContract& contract) { return native_contract_hash(contract.name); }

std::optional<NativeContract> find_native_contract(const UInt160& hash) {
  static const auto kHashes = hash_contracts();
  const auto* found = std::find(kHashes.begin(), kHashes.end(), hash);
  if (found == kHashes.end()) return std::nullopt;
  return kContracts[static_cast<std::size_t>(found - kHashes.begin())];
}

}  // namespace nsl::neo
