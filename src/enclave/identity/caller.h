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
  // A credential that can change nothing and reveal nothing: every scope it has ends in ":read".
  bool can_only_read() const {
    return !scopes.empty() &&
           std::all_of(scopes.begin(), scopes.end(),
                       [](const std::string& scope) { return scope.ends_with(":read"); });
  }
  bool may(std::string_view scope) const {
    return scopes.empty() || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  }
};

}  // namespace nsl::enclave::identity
