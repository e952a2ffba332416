// Verification scripts, accounts of several keys, and the hashes of contracts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/key.h"

namespace nsl::neo {

// neo-project/neo Contract.CreateMultiSigRedeemScript.
inline constexpr std::size_t kMultisigKeysMax = 1024;

Bytes make_signature_script(const PublicKey& key);
// `threshold` of the keys; sorts them by point. The keys must differ.
Result<Bytes> make_multisig_script(std::size_t threshold, std::vector<PublicKey> keys);
// The threshold of consensus nodes, oracles and state validators among `count` keys.
std::size_t byzantine_threshold(std::size_t count);
// The account of that threshold of the keys. Fails for no key, too many, or one that repeats.
Result<UInt160> byzantine_account(std::span<const PublicKey> keys);
// The threshold of the committee.
std::size_t majority_threshold(std::size_t count);

struct MultisigScript {
  std::size_t threshold;
  // In the order of the script.
  std::vector<PublicKey> keys;
};
// Nothing when the script is of another kind, or a key is not on the curve.
std::optional<PublicKey> parse_signature_script(ByteView script);
std::optional<MultisigScript> parse_multisig_script(ByteView script);

// The hash a contract will have, known before it is deployed. `nef_checksum` is the last field of
// its NEF file, `name` that of its manifest.
UInt160 contract_hash(const UInt160& sender, std::uint32_t nef_checksum, std::string_view name);
// Native contracts count as deployed by the zero account with checksum 0: "GasToken".
UInt160 native_contract_hash(std::string_view name);

}  // namespace nsl::neo
