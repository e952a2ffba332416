// What a function may do with a wallet. The owner's grant names contracts, methods and the largest
// fees; a function's transaction is refused unless the grant covers every part of it. The fee
// bounds are what keeps a lying node from burning the wallet's GAS.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/hash.h"
#include "nsl/v1/wallet.pb.h"

namespace nsl::enclave::policy {

// A grant as it is stored: every contract as 0x + hash, fees canonical. Fails on what is malformed,
// names no method, or repeats a contract.
Result<nsl::v1::Grant> parse_grant(const nsl::v1::PutGrantRequest& request);

// Code::grant_contract_refused or Code::grant_method_refused.
Result<void> check_invocation(const nsl::v1::Grant& grant, const neo::UInt160& contract,
                              std::string_view method);

struct Fees {
  neo::GasAmount system_fee;
  neo::GasAmount network_fee;
};
// Code::grant_fee_exceeded.
Result<void> check_fees(const nsl::v1::Grant& grant, const Fees& fees);

// Data that could be the signing message of a transaction (36 bytes: network magic and hash) is
// never signed raw: the signature would spend the wallet.
Result<void> check_raw_data(std::string_view data);

}  // namespace nsl::enclave::policy
