#include "enclave/functions/function_service.h"

#include <algorithm>
#include <charconv>

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/codec/ulid.h"
#include "enclave/functions/function_archive.h"
#include "enclave/functions/function_content.h"
#include "enclave/functions/function_policy.h"
#include "enclave/records/names.h"

namespace nsl::enclave::functions {
namespace {

namespace kind = records::kind;
using router::Call;

void describe(const nsl::v1::PutFunctionRequest& content, nsl::v1::Function& function) {
  function.set_name(content.name());
  function.set_runtime(content.runtime());
  function.set_entry_point(content.entry_point());
  function.set_reuse(content.reuse());
  *function.mutable_limits() = content.limits();
  *function.mutable_secrets() = content.secrets();
  *function.mutable_egress() = content.egress();
  *function.mutable_environment() = content.environment();
}

// The cursor of a list of versions is the last version of the page before.
Result<std::uint32_t> parse_version_cursor(const std::string& text, std::uint32_t first_page) {
  if (text.empty()) return first_page;
  std::uint32_t version = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || version == 0) {
    return fail(Code::invalid_argument, "/cursor: comes from another list");
  }
  return std::min(version, first_page);
}

// Who waits for a run sees it fail and may ask again.
std::optional<nsl::v1::RetryPolicy> retry_of(const stored::FunctionRecord& record,
                                             const nsl::v1::CreateRunRequest& request) {
  if (request.wait() || !record.policy().has_retry()) return std::nullopt;
  return record.policy().retry();
}

std::uint32_t latest_version(const FunctionRecord& record) {
  const std::uint32_t latest = record.value.latest_version();
  return latest == 0 ? record.value.function().version() : latest;
}

}  // namespace

Result<void> FunctionService::check_room(const Call& call) const {
  NSL_TRY(const auto all, vault_.list(kind::kFunction, call.account(), call.deadline));
  if (all.size() < static_cast<std::size_t>(limits::kFunctionsPerAccountMax)) return {};
  return fail(Code::limit_exceeded, "The account has its maximum of functions");
}

Result<nsl::v1::Function> FunctionService::put(const Call& call,
                                               const nsl::v1::PutFunctionRequest& request) {
  NSL_TRY(stored::FunctionVersionRecord version_record, parse_content(request));
  const crypto::Digest32 digest = content_digest(version_record);
  const std::string digest_text = "0x" + codec::encode_hex(digest);
  const vault::RecordKey key = function_key(call.account(), request.name());
  NSL_TRY(auto present, records::find_record<stored::FunctionRecord>(vault_, key, call.deadline));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  const std::uint64_t version = present.has_value() ? present->version : 0;
  NSL_TRY_VOID(records::check_if_match(call.if_match, version));
  if (present.has_value() && present->value.function().digest() == digest_text) {
    return present->value.function();
  }
  NSL_TRY(std::string artifact, checker_.check(call.account(), version_record, call.deadline));
  stored::FunctionRecord record;
  nsl::v1::Function& function = *record.mutable_function();
  if (present.has_value()) {
    function = present->value.function();
    *record.mutable_policy() = present->value.policy();
  }
  if (function.id().empty()) {
    function.set_id(codec::make_id("fn", call.now, call.random));
    function.set_created_at(to_rfc3339(call.now));
  }
  describe(version_record.content(), function);
  function.set_digest(digest_text);
  const std::uint32_t latest = present.has_value() ? latest_version(*present) : 0;
  function.set_version(latest + 1);
  function.set_updated_at(to_rfc3339(call.now));
  function.set_etag(records::to_etag(version + 1));
  version_record.set_function(function.id());
  version_record.set_version(function.version());
  version_record.set_digest(digest.data(), digest.size());
  version_record.set_created_at(function.updated_at());
  version_record.set_artifact(std::move(artifact));
  vault::Batch batch;
  records::put_record(batch, key, record, version);
  records::put_record(batch, version_key(call.account(), function.id(), function.version()),
                      version_record, 0);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return function;
}

Result<nsl::v1::FunctionList> FunctionService::list(const Call& call,
                                                    const nsl::v1::ListFunctionsRequest& request) {
  NSL_TRY(auto all, records::list_records<stored::FunctionRecord>(vault_, kind::kFunction,
                                                                  call.account(), call.deadline));
  nsl::v1::FunctionList reply;
  reply.set_next_cursor(records::cut_page(
      all, records::page_size(request.limit()), request.cursor(),
      [](const FunctionRecord& item) -> std::string_view { return item.value.function().name(); }));
  for (FunctionRecord& item : all) *reply.add_items() = std::move(*item.value.mutable_function());
  return reply;
}

Result<nsl::v1::Function> FunctionService::get(const Call& call,
                                               const nsl::v1::GetFunctionRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  return record.value.function();
}

Result<nsl::v1::FunctionVersion> FunctionService::get_content(
    const Call& call, const nsl::v1::GetFunctionVersionRequest& request) {
  NSL_TRY(const FunctionRecord function, book_.get(call.account(), request.name(), call.deadline));
  NSL_TRY(stored::FunctionVersionRecord record,
          book_.get_version(call.account(), function.value.function().id(), request.version(),
                            call.deadline));
  nsl::v1::FunctionVersion reply;
  reply.set_version(record.version());
  reply.set_digest("0x" + codec::encode_hex(as_bytes(record.digest())));
  *reply.mutable_content() = std::move(*record.mutable_content());
  *reply.mutable_files() = std::move(*record.mutable_files());
  for (nsl::v1::FunctionFile& file : *reply.mutable_files()) describe_file(file);
  return reply;
}

Result<nsl::v1::FunctionVersionList> FunctionService::list_versions(
    const Call& call, const nsl::v1::ListFunctionVersionsRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  const nsl::v1::Function& function = record.value.function();
  NSL_TRY(const std::uint32_t before,
          parse_version_cursor(request.cursor(), latest_version(record) + 1));
  nsl::v1::FunctionVersionList reply;
  const auto size = static_cast<std::uint32_t>(records::page_size(request.limit()));
  const std::uint32_t first = before > size + 1 ? before - size : 1;
  for (std::uint32_t version = before - 1; version >= first; --version) {
    NSL_TRY(const stored::FunctionVersionRecord item,
            book_.get_version(call.account(), function.id(), version, call.deadline));
    nsl::v1::FunctionVersionEntry& entry = *reply.add_items();
    entry.set_version(version);
    entry.set_digest("0x" + codec::encode_hex(as_bytes(item.digest())));
    entry.set_created_at(item.created_at());
    entry.set_current(version == function.version());
  }
  if (first > 1) reply.set_next_cursor(std::to_string(first));
  return reply;
}

Result<nsl::v1::Function> FunctionService::rollback(
    const Call& call, const nsl::v1::RollbackFunctionRequest& request) {
  NSL_TRY(FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  nsl::v1::Function& function = *record.value.mutable_function();
  NSL_TRY(const stored::FunctionVersionRecord version,
          book_.get_version(call.account(), function.id(), request.version(), call.deadline));
  if (function.version() == request.version()) return function;
  record.value.set_latest_version(latest_version(record));
  describe(version.content(), function);
  function.set_version(request.version());
  function.set_digest("0x" + codec::encode_hex(as_bytes(version.digest())));
  function.set_updated_at(to_rfc3339(call.now));
  function.set_etag(records::to_etag(record.version + 1));
  vault::Batch batch;
  records::put_record(batch, function_key(call.account(), request.name()), record.value,
                      record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return function;
}

Result<nsl::v1::FunctionAlias> FunctionService::put_alias(
    const Call& call, const nsl::v1::PutFunctionAliasRequest& request) {
  return aliases_.put(call, request);
}

Result<nsl::v1::FunctionAliasList> FunctionService::list_aliases(
    const Call& call, const nsl::v1::ListFunctionAliasesRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  NSL_TRY(auto aliases, aliases_.list(call, record.value.function().id()));
  nsl::v1::FunctionAliasList reply;
  for (AliasRecord& item : aliases) *reply.add_items() = std::move(*item.value.mutable_alias());
  return reply;
}

Result<nsl::v1::Empty> FunctionService::delete_alias(
    const Call& call, const nsl::v1::DeleteFunctionAliasRequest& request) {
  NSL_TRY_VOID(aliases_.remove(call, request));
  return nsl::v1::Empty();
}

Result<nsl::v1::FunctionPolicy> FunctionService::put_policy(
    const Call& call, const nsl::v1::PutFunctionPolicyRequest& request) {
  NSL_TRY(nsl::v1::FunctionPolicy policy, parse_policy(request));
  NSL_TRY(FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  *record.value.mutable_policy() = policy;
  record.value.mutable_function()->set_etag(records::to_etag(record.version + 1));
  vault::Batch batch;
  records::put_record(batch, function_key(call.account(), request.name()), record.value,
                      record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return policy;
}

Result<nsl::v1::FunctionPolicy> FunctionService::get_policy(
    const Call& call, const nsl::v1::GetFunctionPolicyRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  return record.value.policy();
}

Result<nsl::v1::Empty> FunctionService::remove(const Call& call,
                                               const nsl::v1::DeleteFunctionRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  vault::Batch batch;
  batch.erase(function_key(call.account(), request.name()), record.version);
  NSL_TRY_VOID(aliases_.erase_all(call, record.value.function().id(), batch));
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

Result<std::uint32_t> FunctionService::version_of(const Call& call,
                                                  const nsl::v1::Function& function,
                                                  const nsl::v1::CreateRunRequest& request) const {
  if (!request.alias().empty()) {
    if (request.version() != 0) {
      return fail(Code::invalid_argument, "/version: stands beside an alias");
    }
    const std::string chance = codec::encode_hex(call.random.bytes<16>());
    return aliases_.version_for(call, function, request.alias(),
                                request.rollout_key().empty() ? chance : request.rollout_key());
  }
  if (request.version() == 0) return function.version();
  NSL_TRY(const stored::FunctionVersionRecord version,
          book_.get_version(call.account(), function.id(), request.version(), call.deadline));
  return version.version();
}

Result<nsl::v1::Run> FunctionService::create_run(const Call& call,
                                                 const nsl::v1::CreateRunRequest& request) {
  NSL_TRY(FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  nsl::v1::Function& function = *record.value.mutable_function();
  NSL_TRY(const std::uint32_t version, version_of(call, function, request));
  function.set_version(version);
  const std::string input = request.input().empty() ? "null" : request.input();
  NSL_TRY_VOID(runs::check_input(input));
  const std::string run_id = codec::make_id("run", call.now, call.random);
  NSL_TRY(nsl::v1::Run run, runs_.queue({.account = call.account(),
                                         .run_id = run_id,
                                         .function = function,
                                         .input = input,
                                         .trigger = {},
                                         .event = {},
                                         .now = call.now,
                                         .retry = retry_of(record.value, request)},
                                        call.deadline));
  if (!request.wait()) return run;
  return runs_.wait_until_finished(call.account(), run_id, call.deadline);
}

}  // namespace nsl::enclave::functions
