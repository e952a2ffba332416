// The operations on secrets. A value is revealed to its owner by one audited, sealed operation and
// to functions through SecretReader; no listing ever carries one.
#pragma once

#include "enclave/records/records.h"
#include "enclave/router/call.h"
#include "nsl/v1/secret.service.h"

namespace nsl::enclave::secrets {

class SecretService final : public nsl::v1::SecretServiceInterface<router::Call> {
 public:
  explicit SecretService(vault::Vault& vault) : vault_(vault) {}

  Result<nsl::v1::Secret> put(const router::Call& call,
                              const nsl::v1::PutSecretRequest& request) override;
  Result<nsl::v1::SecretList> list(const router::Call& call,
                                   const nsl::v1::ListSecretsRequest& request) override;
  Result<nsl::v1::Secret> get(const router::Call& call,
                              const nsl::v1::GetSecretRequest& request) override;
  Result<nsl::v1::SecretValue> get_value(const router::Call& call,
                                         const nsl::v1::GetSecretValueRequest& request) override;
  Result<nsl::v1::Empty> remove(const router::Call& call,
                                const nsl::v1::DeleteSecretRequest& request) override;

 private:
  vault::Vault& vault_;
};

}  // namespace nsl::enclave::secrets
