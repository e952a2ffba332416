// Caller: who a request speaks for, after its credential was checked.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/strong.h"

namespace nsl::enclave::identity {

using AccountId = Strong<struct AccountIdTag, std::string>;

struct Caller {
  // Empty: nobody signed in.
  AccountId account;
  // Empty: every scope of the account.
  std::vector<std::string> scopes;
  // Whether the account accepts state-changing requests without the seal.
  bool allows_plain_requests = false;

  bool is_signed_in() const { return !account.value().empty(); }
  bool may(std::string_view scope) const {
    return scopes.empty() || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  }
};

}  // namespace nsl::enclave::identity
