// FunctionBook finds a function and the exact version to run.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/records/records.h"

namespace nsl::enclave::functions {

using FunctionRecord = records::Stored<stored::FunctionRecord>;

vault::RecordKey function_key(const std::string& account, const std::string& name);
vault::RecordKey version_key(const std::string& account, const std::string& function_id,
                             std::uint32_t version);

class FunctionBook {
 public:
  explicit FunctionBook(vault::Vault& vault) : vault_(vault) {}

  // Code::function_not_found, also for another account's function.
  Result<FunctionRecord> get(const std::string& account, const std::string& name,
                             const Deadline& deadline) const;
  // The content of a version; versions outlive their function's deletion for replay.
  Result<stored::FunctionVersionRecord> get_version(const std::string& account,
                                                    const std::string& function_id,
                                                    std::uint32_t version,
                                                    const Deadline& deadline) const;

 private:
  vault::Vault& vault_;
};

}  // namespace nsl::enclave::functions
