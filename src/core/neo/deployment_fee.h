// What deploying a contract costs beside its execution.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/result.h"
#include "core/neo/amount.h"

namespace nsl::neo {

// Figures of Policy and ContractManagement; the defaults are the protocol's.
struct DeploymentPolicy {
  // datoshi for a byte (Policy.getStoragePrice).
  std::int64_t storage_price = 100000;
  // datoshi (ContractManagement.getMinimumDeploymentFee).
  std::int64_t minimum_fee = 1000000000;
};
// What ContractManagement.deploy adds to the system fee of its execution: the storage of both
// files, or the minimum. Fails above what the files may have.
Result<GasAmount> deployment_fee_of(std::size_t nef_bytes, std::size_t manifest_bytes,
                                    const DeploymentPolicy& policy);

}  // namespace nsl::neo
