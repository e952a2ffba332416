#include "enclave/secrets/secret_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "enclave/secrets/secret_record.h"

namespace nsl::enclave::secrets {
namespace {

bool contains(const google::protobuf::RepeatedPtrField<std::string>& names,
              const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<ReadSecret> SecretReader::read(const std::string& account,
                                      const nsl::v1::PutFunctionRequest& function,
                                      const std::string& name, const Deadline& deadline) const {
  if (!contains(function.secrets(), name)) {
    return fail(Code::secret_not_allowed,
                fmt::format("The function's list of secrets does not name '{}'", name));
  }
  NSL_TRY(const auto record,
          records::find_record<stored::SecretRecord>(vault_, secret_key(account, name), deadline));
  if (!record.has_value() ||
      !contains(record->value.secret().allowed_functions(), function.name())) {
    return fail(
        Code::secret_not_allowed,
        fmt::format("The secret '{}' does not allow the function '{}'", name, function.name()));
  }
  NSL_TRY(auto value, vault_.find_secret(secret_value_key(account, name), deadline));
  if (!value.has_value()) return fail(Code::record_missing);
  return ReadSecret{.id = record->value.secret().id(),
                    .version = record->value.secret().version(),
                    .value = std::move(value->value)};
}

}  // namespace nsl::enclave::secrets
