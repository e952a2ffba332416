#include "enclave/functions/function_service.h"

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/codec/ulid.h"
#include "enclave/functions/function_content.h"
#include "enclave/records/names.h"

namespace nsl::enclave::functions {
namespace {

namespace kind = records::kind;
using router::Call;

void describe(const nsl::v1::PutFunctionRequest& content, nsl::v1::Function& function) {
  function.set_name(content.name());
  function.set_runtime(content.runtime());
  function.set_entry_point(content.entry_point());
  *function.mutable_limits() = content.limits();
  *function.mutable_secrets() = content.secrets();
  *function.mutable_egress() = content.egress();
  *function.mutable_environment() = content.environment();
}

}  // namespace

Result<void> FunctionService::check_room(const Call& call) const {
  NSL_TRY(const auto all, vault_.list(kind::kFunction, call.account(), call.deadline));
  if (all.size() < static_cast<std::size_t>(limits::kFunctionsPerAccountMax)) return {};
  return fail(Code::limit_exceeded, "The account has its maximum of functions");
}

Result<nsl::v1::Function> FunctionService::put(const Call& call,
                                               const nsl::v1::PutFunctionRequest& request) {
  NSL_TRY(const nsl::v1::PutFunctionRequest content, parse_content(request));
  const crypto::Digest32 digest = content_digest(content);
  const std::string digest_text = "0x" + codec::encode_hex(digest);
  const vault::RecordKey key = function_key(call.account(), request.name());
  NSL_TRY(auto present, records::find_record<stored::FunctionRecord>(vault_, key, call.deadline));
  if (!present.has_value()) NSL_TRY_VOID(check_room(call));
  const std::uint64_t version = present.has_value() ? present->version : 0;
  NSL_TRY_VOID(records::check_if_match(call.if_match, version));
  if (present.has_value() && present->value.function().digest() == digest_text) {
    return present->value.function();
  }
  stored::FunctionRecord record;
  nsl::v1::Function& function = *record.mutable_function();
  if (present.has_value()) function = present->value.function();
  if (function.id().empty()) {
    function.set_id(codec::make_id("fn", call.now, call.random));
    function.set_created_at(to_rfc3339(call.now));
  }
  describe(content, function);
  function.set_digest(digest_text);
  function.set_version(function.version() + 1);
  function.set_updated_at(to_rfc3339(call.now));
  function.set_etag(records::to_etag(version + 1));
  stored::FunctionVersionRecord version_record;
  *version_record.mutable_content() = content;
  version_record.set_function(function.id());
  version_record.set_version(function.version());
  version_record.set_digest(digest.data(), digest.size());
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
  return reply;
}

Result<nsl::v1::Empty> FunctionService::remove(const Call& call,
                                               const nsl::v1::DeleteFunctionRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  vault::Batch batch;
  batch.erase(function_key(call.account(), request.name()), record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

Result<nsl::v1::Run> FunctionService::create_run(const Call& call,
                                                 const nsl::v1::CreateRunRequest& request) {
  NSL_TRY(const FunctionRecord record, book_.get(call.account(), request.name(), call.deadline));
  const std::string input = request.input().empty() ? "null" : request.input();
  NSL_TRY_VOID(runs::check_input(input));
  const std::string run_id = codec::make_id("run", call.now, call.random);
  NSL_TRY(nsl::v1::Run run, runs_.queue({.account = call.account(),
                                         .run_id = run_id,
                                         .function = record.value.function(),
                                         .input = input,
                                         .trigger = {},
                                         .event = {},
                                         .now = call.now},
                                        call.deadline));
  if (!request.wait()) return run;
  return runs_.wait_until_finished(call.account(), run_id, call.deadline);
}

}  // namespace nsl::enclave::functions
