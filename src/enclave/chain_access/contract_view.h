// A contract and its manifest as a message of the contract of the API.
#pragma once

#include "enclave/chain/question.h"
#include "enclave/chain_access/proof.h"
#include "nsl/v1/chain.pb.h"

namespace nsl::enclave::chain_access {

// Without the script itself.
nsl::v1::ChainContract contract_message(const chain::ContractState& state, const Proof& proof);

}  // namespace nsl::enclave::chain_access
