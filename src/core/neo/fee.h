// What a transaction costs. The network fee is known exactly for accounts of keys, because the cost
// of checking their witnesses is; the system fee comes from a test run on a node.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/transaction.h"

namespace nsl::neo {

// Figures of the network's Policy contract; the defaults are the protocol's.
struct FeePolicy {
  // datoshi
  std::int64_t fee_per_byte = 1000;
  // 1/10000 datoshi for one execution unit (Policy.getExecPicoFeeFactor).
  std::int64_t execution_fee_pico = 300000;
  // datoshi for one of the attribute; NotaryAssisted is paid for each key and once more,
  // Conflicts for each signer.
  std::int64_t high_priority_fee = 0;
  std::int64_t oracle_response_fee = 0;
  std::int64_t not_valid_before_fee = 0;
  std::int64_t conflicts_fee = 0;
  std::int64_t notary_assisted_fee = 10000000;
  friend bool operator==(const FeePolicy&, const FeePolicy&) = default;
};

// The network fee of the transaction once it is signed: `verification_scripts` holds the script of
// each signer, in order. Witnesses and network fee already in the transaction are not looked at.
// Fails for a script that is not of keys: its cost is only known to a node.
Result<GasAmount> network_fee_of(const Transaction& transaction,
                                 std::span<const ByteView> verification_scripts,
                                 const FeePolicy& policy);

struct WitnessCost {
  // Units of execution, to be multiplied by the fee factor.
  std::int64_t execution_units;
  // Bytes of the witness once signed.
  std::size_t size;
};
// Nothing for a script that is not of keys.
std::optional<WitnessCost> witness_cost_of(ByteView verification_script);

}  // namespace nsl::neo
