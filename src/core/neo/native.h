// The native contracts of Neo N3, which every network has under the same hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/neo/hash.h"

namespace nsl::neo {

struct NativeContract {
  std::string_view name;
  // Negative; part of the contract's storage keys.
  std::int32_t id;
};

// neo-project/neo SmartContract/Native; Notary exists since hard fork Echidna, Treasury since Faun.
inline constexpr NativeContract kContractManagement{"ContractManagement", -1};
inline constexpr NativeContract kStdLib{"StdLib", -2};
inline constexpr NativeContract kCryptoLib{"CryptoLib", -3};
inline constexpr NativeContract kLedgerContract{"LedgerContract", -4};
inline constexpr NativeContract kNeoToken{"NeoToken", -5};
inline constexpr NativeContract kGasToken{"GasToken", -6};
inline constexpr NativeContract kPolicyContract{"PolicyContract", -7};
inline constexpr NativeContract kRoleManagement{"RoleManagement", -8};
inline constexpr NativeContract kOracleContract{"OracleContract", -9};
inline constexpr NativeContract kNotary{"Notary", -10};
inline constexpr NativeContract kTreasury{"Treasury", -11};

std::span<const NativeContract> all_native_contracts();
UInt160 hash_of(const NativeContract& contract);
// Nothing when the hash is of another contract.
std::optional<NativeContract> find_native_contract(const UInt160& hash);

}  // namespace nsl::neo
