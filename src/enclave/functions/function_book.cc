#include "enclave/functions/function_book.h"

#include <fmt/format.h>

namespace nsl::enclave::functions {

vault::RecordKey function_key(const std::string& account, const std::string& name) {
  return {records::kind::kFunction, account, name};
}

vault::RecordKey version_key(const std::string& account, const std::string& function_id,
                             std::uint32_t version) {
  return {records::kind::kFunctionVersion, account, fmt::format("{}/{}", function_id, version)};
}

Result<FunctionRecord> FunctionBook::get(const std::string& account, const std::string& name,
                                         const Deadline& deadline) const {
  NSL_TRY(auto record, records::find_record<stored::FunctionRecord>(
                           vault_, function_key(account, name), deadline));
  if (!record.has_value()) return fail(Code::function_not_found);
  return *std::move(record);
}

Result<stored::FunctionVersionRecord> FunctionBook::get_version(const std::string& account,
                                                                const std::string& function_id,
                                                                std::uint32_t version,
                                                                const Deadline& deadline) const {
  NSL_TRY(auto record, records::find_record<stored::FunctionVersionRecord>(
                           vault_, version_key(account, function_id, version), deadline));
  if (!record.has_value()) return fail(Code::function_not_found);
  return std::move(record->value);
}

}  // namespace nsl::enclave::functions
