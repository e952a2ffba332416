// SecretReader: what a running function may read. Two doors must both be open: the function's own
// list of secrets (fixed at deploy) and the secret's list of functions (the owner's).
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/secret.h"
#include "enclave/vault/vault.h"
#include "nsl/v1/function.pb.h"

namespace nsl::enclave::secrets {

struct ReadSecret {
  std::string id;
  std::uint32_t version = 0;
  SecretBytes value;
};

class SecretReader {
 public:
  explicit SecretReader(vault::Vault& vault) : vault_(vault) {}

  // Code::secret_not_allowed, also where the secret does not exist: a function cannot probe names
  // it was not given.
  Result<ReadSecret> read(const std::string& account, const nsl::v1::PutFunctionRequest& function,
                          const std::string& name, const Deadline& deadline) const;

 private:
  vault::Vault& vault_;
};

}  // namespace nsl::enclave::secrets
