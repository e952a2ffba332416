#include "enclave/functions/function_aliases.h"

#include <fmt/format.h>

#include <set>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/hash.h"
#include "enclave/records/names.h"

namespace nsl::enclave::functions {
namespace {

namespace kind = records::kind;
using router::Call;

constexpr std::uint32_t kWhole = 100;

vault::RecordKey alias_key(const std::string& account, const std::string& function_id,
                           const std::string& alias) {
  return {kind::kFunctionAlias, account, fmt::format("{}/{}", function_id, alias)};
}

// 0 to 99, evenly spread over keys and different for each alias.
std::uint32_t place_of(const std::string& function_id, const std::string& alias,
                       const std::string& key) {
  const crypto::Digest32 digest =
      crypto::sha256(as_bytes(fmt::format("{}/{}/{}", function_id, alias, key)));
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | digest[i];
  return number % kWhole;
}

}  // namespace

Result<void> FunctionAliases::check_targets(const Call& call, const std::string& function_id,
                                            const nsl::v1::PutFunctionAliasRequest& request) const {
  const auto& targets = request.targets();
  if (targets.empty() || targets.size() > static_cast<int>(limits::kFunctionAliasTargetsMax)) {
    return fail(Code::invalid_argument,
                fmt::format("/targets: takes 1 to {} versions", limits::kFunctionAliasTargetsMax));
  }
  std::uint64_t sum = 0;
  std::set<std::uint32_t> versions;
  for (const nsl::v1::AliasTarget& target : targets) {
    const bool is_only = targets.size() == 1 && target.percent() == 0;
    const std::uint32_t percent = is_only ? kWhole : target.percent();
    if (percent == 0) return fail(Code::invalid_argument, "/targets: every version has a share");
    sum += percent;
    if (!versions.insert(target.version()).second) {
      return fail(Code::invalid_argument, "/targets: names a version twice");
    }
    NSL_TRY_VOID(book_.get_version(call.account(), function_id, target.version(), call.deadline));
  }
  if (sum == kWhole) return {};
  return fail(Code::invalid_argument, "/targets: the shares do not add up to 100");
}

Result<nsl::v1::FunctionAlias> FunctionAliases::put(
    const Call& call, const nsl::v1::PutFunctionAliasRequest& request) {
  NSL_TRY_VOID(records::check_name(request.alias(), "alias"));
  NSL_TRY(const FunctionRecord function, book_.get(call.account(), request.name(), call.deadline));
  const std::string& function_id = function.value.function().id();
  NSL_TRY_VOID(check_targets(call, function_id, request));
  const vault::RecordKey key = alias_key(call.account(), function_id, request.alias());
  NSL_TRY(const auto present,
          records::find_record<stored::FunctionAliasRecord>(vault_, key, call.deadline));
  if (!present.has_value()) {
    NSL_TRY(const auto all, list(call, function_id));
    if (all.size() >= static_cast<std::size_t>(limits::kFunctionAliasesMax)) {
      return fail(Code::limit_exceeded, "The function has its maximum of aliases");
    }
  }
  const std::uint64_t version = present.has_value() ? present->version : 0;
  NSL_TRY_VOID(records::check_if_match(call.if_match, version));
  stored::FunctionAliasRecord record;
  nsl::v1::FunctionAlias& alias = *record.mutable_alias();
  alias.set_function(request.name());
  alias.set_alias(request.alias());
  *alias.mutable_targets() = request.targets();
  if (alias.targets_size() == 1) alias.mutable_targets(0)->set_percent(kWhole);
  alias.set_updated_at(to_rfc3339(call.now));
  alias.set_etag(records::to_etag(version + 1));
  vault::Batch batch;
  records::put_record(batch, key, record, version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return alias;
}

Result<std::vector<AliasRecord>> FunctionAliases::list(const Call& call,
                                                       const std::string& function_id) const {
  NSL_TRY(const auto found, vault_.list(kind::kFunctionAlias, call.account(), call.deadline));
  std::vector<AliasRecord> aliases;
  for (const auto& [id, record] : found) {
    if (!id.starts_with(function_id + "/")) continue;
    NSL_TRY(AliasRecord alias, records::parse_record<stored::FunctionAliasRecord>(record));
    aliases.push_back(std::move(alias));
  }
  std::ranges::sort(aliases, {},
                    [](const AliasRecord& item) { return item.value.alias().alias(); });
  return aliases;
}

Result<void> FunctionAliases::remove(const Call& call,
                                     const nsl::v1::DeleteFunctionAliasRequest& request) {
  NSL_TRY(const FunctionRecord function, book_.get(call.account(), request.name(), call.deadline));
  const vault::RecordKey key =
      alias_key(call.account(), function.value.function().id(), request.alias());
  NSL_TRY(const auto present,
          records::find_record<stored::FunctionAliasRecord>(vault_, key, call.deadline));
  if (!present.has_value()) return fail(Code::function_not_found, "No such alias of the function");
  NSL_TRY_VOID(records::check_if_match(call.if_match, present->version));
  vault::Batch batch;
  batch.erase(key, present->version);
  return vault_.commit(std::move(batch), call.deadline);
}

Result<void> FunctionAliases::erase_all(const Call& call, const std::string& function_id,
                                        vault::Batch& batch) const {
  NSL_TRY(const auto aliases, list(call, function_id));
  for (const AliasRecord& item : aliases) {
    batch.erase(alias_key(call.account(), function_id, item.value.alias().alias()), item.version);
  }
  return {};
}

Result<std::uint32_t> FunctionAliases::version_for(const Call& call,
                                                   const nsl::v1::Function& function,
                                                   const std::string& alias,
                                                   const std::string& key) const {
  NSL_TRY(const auto record,
          records::find_record<stored::FunctionAliasRecord>(
              vault_, alias_key(call.account(), function.id(), alias), call.deadline));
  if (!record.has_value()) return fail(Code::function_not_found, "No such alias of the function");
  const auto& targets = record->value.alias().targets();
  const std::uint32_t place = place_of(function.id(), alias, key);
  std::uint32_t end = 0;
  for (const nsl::v1::AliasTarget& target : targets) {
    end += target.percent();
    if (place < end) return target.version();
  }
  // The shares were checked when they were stored.
  return fail(Code::record_corrupt);
}

}  // namespace nsl::enclave::functions
