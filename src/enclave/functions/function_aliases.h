// Aliases: names for versions of a function. An alias may share its runs among several versions by
// percent; the same rollout key then always gets the same version, as long as the shares are the
// same.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "enclave/functions/function_book.h"
#include "enclave/router/call.h"

namespace nsl::enclave::functions {

using AliasRecord = records::Stored<stored::FunctionAliasRecord>;

class FunctionAliases {
 public:
  explicit FunctionAliases(vault::Vault& vault) : vault_(vault), book_(vault) {}

  // Code::invalid_argument when the shares are none, Code::function_not_found when there is no such
  // function or version.
  Result<nsl::v1::FunctionAlias> put(const router::Call& call,
                                     const nsl::v1::PutFunctionAliasRequest& request);
  // Sorted by name.
  Result<std::vector<AliasRecord>> list(const router::Call& call,
                                        const std::string& function_id) const;
  Result<void> remove(const router::Call& call, const nsl::v1::DeleteFunctionAliasRequest& request);
  // Takes every alias of the function along with it.
  Result<void> erase_all(const router::Call& call, const std::string& function_id,
                         vault::Batch& batch) const;

  // The version that runs for `key`.
  Result<std::uint32_t> version_for(const router::Call& call, const nsl::v1::Function& function,
                                    const std::string& alias, const std::string& key) const;

 private:
  Result<void> check_targets(const router::Call& call, const std::string& function_id,
                             const nsl::v1::PutFunctionAliasRequest& request) const;

  vault::Vault& vault_;
  FunctionBook book_;
};

}  // namespace nsl::enclave::functions
