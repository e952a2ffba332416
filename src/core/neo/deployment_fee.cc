#include "core/neo/deployment_fee.h"

#include <algorithm>

#include "core/neo/manifest.h"
#include "core/neo/nef.h"

namespace nsl::neo {
namespace {

// A policy above this is no policy: the product below cannot overflow under it.
constexpr std::int64_t kPolicyFeeMax = 10'000'000'000;

bool is_plausible(std::int64_t fee) { return fee >= 0 && fee <= kPolicyFeeMax; }

}  // namespace

Result<GasAmount> deployment_fee_of(std::size_t nef_bytes, std::size_t manifest_bytes,
                                    const DeploymentPolicy& policy) {
  if (nef_bytes > kNefBytesMax || manifest_bytes > kManifestBytesMax) {
    return fail(Code::invalid_argument, "The contract is too large to be deployed");
  }
  if (!is_plausible(policy.storage_price) || !is_plausible(policy.minimum_fee)) {
    return fail(Code::invalid_amount, "The network's fees are implausible");
  }
  const auto bytes = static_cast<std::int64_t>(nef_bytes + manifest_bytes);
  return GasAmount::parse_datoshi(std::max(policy.minimum_fee, bytes * policy.storage_price));
}

}  // namespace nsl::neo
