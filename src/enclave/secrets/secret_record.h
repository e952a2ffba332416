// A secret is two records of the same name and version: what may be listed, and the value, whose
// plaintext never leaves secret memory.
#pragma once

#include <optional>
#include <string>

#include "enclave/records/records.h"

namespace nsl::enclave::secrets {

using SecretRecord = records::Stored<stored::SecretRecord>;

inline vault::RecordKey secret_key(const std::string& account, const std::string& name) {
  return {records::kind::kSecret, account, name};
}

inline vault::RecordKey secret_value_key(const std::string& account, const std::string& name) {
  return {records::kind::kSecretValue, account, name};
}

}  // namespace nsl::enclave::secrets
