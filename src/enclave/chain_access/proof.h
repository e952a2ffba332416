// How an answer about the chain was confirmed.
#pragma once

#include <cstdint>
#include <string>

#include "enclave/chain/chain.h"
#include "nsl/v1/chain.pb.h"

namespace nsl::enclave::chain_access {

struct Proof {
  enum class Kind : std::uint8_t {
    // The word of so many nodes.
    quorum,
    // Headers the consensus nodes signed, and a merkle root.
    inclusion,
    // A state the state validators signed.
    storage,
  };
  Kind kind = Kind::quorum;
  // With quorum.
  chain::Agreement agreement = {};
  // With quorum: why what can be proven is not. Empty: nothing that is signed covers it.
  std::string reason = {};
};

// "inclusion", "storage", "quorum(2/3)": what receipts and events say.
std::string to_text(const Proof& proof);
void put_proof(const Proof& proof, nsl::v1::ChainProof& message);

}  // namespace nsl::enclave::chain_access
