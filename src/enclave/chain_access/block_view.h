// Blocks and transactions as messages of the contract.
#pragma once

#include "enclave/chain_access/chain_access.h"
#include "nsl/v1/chain.pb.h"

namespace nsl::enclave::chain_access {

// The milliseconds of a header as RFC 3339; what no clock shows is cut to the latest time.
std::string block_time_text(std::uint64_t timestamp_ms);

// Names at most limits::kChainBlockHashesMax transactions.
nsl::v1::ChainBlock block_message(const FoundBlock& found);
nsl::v1::ChainTransaction transaction_message(const FoundTransaction& found);

}  // namespace nsl::enclave::chain_access
