// Where a signer's witness counts: what System.Runtime.CheckWitness answers to a contract. For a
// policy that wants to know which contracts could use a signature before it is given.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/neo/hash.h"
#include "core/neo/key.h"
#include "core/neo/signer.h"

namespace nsl::neo {

// The place in an execution where the witness is asked for.
struct WitnessContext {
  // The contract that asks, and its groups.
  UInt160 current;
  std::vector<PublicKey> current_groups;
  // The contract or script that called it; nothing for the transaction's own script.
  std::optional<UInt160> calling;
  std::vector<PublicKey> calling_groups;
  // The caller is the transaction's script, or the asker is.
  bool is_called_by_entry = false;
};

bool condition_holds(const WitnessCondition& condition, const WitnessContext& context);

// neo-project/neo ApplicationEngine.CheckWitnessInternal: the first signer with that account
// decides, by Global, CalledByEntry, contracts, groups and then the first rule whose condition
// holds. A contract's own caller needs no signer.
bool witness_counts(std::span<const Signer> signers, const UInt160& account,
                    const WitnessContext& context);

}  // namespace nsl::neo
