#include "enclave/secrets/secret_service.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "enclave/records/names.h"
#include "enclave/secrets/secret_record.h"

namespace nsl::enclave::secrets {
namespace {

namespace kind = records::kind;
using router::Call;

Result<SecretRecord> get_record(vault::Vault& vault, const Call& call, const std::string& name) {
  NSL_TRY(auto record, records::find_record<stored::SecretRecord>(
                           vault, secret_key(call.account(), name), call.deadline));
  if (!record.has_value()) return fail(Code::secret_not_found);
  return *std::move(record);
}

Result<void> check_request(const nsl::v1::PutSecretRequest& request) {
  NSL_TRY_VOID(records::check_name(request.name(), "name"));
  if (request.value().empty()) return fail(Code::invalid_argument, "/value: is empty");
  if (request.value().size() > static_cast<std::size_t>(limits::kSecretValueBytesMax)) {
    return fail(Code::secret_too_large);
  }
  if (request.description().size() > static_cast<std::size_t>(limits::kDescriptionBytesMax)) {
    return fail(Code::invalid_argument, "/description: is too long");
  }
  if (request.allowed_functions_size() > limits::kFunctionsPerAccountMax) {
    return fail(Code::invalid_argument, "/allowed_functions: too many");
  }
  for (const std::string& function : request.allowed_functions()) {
    NSL_TRY_VOID(records::check_name(function, "allowed_functions"));
  }
  return {};
}

}  // namespace

Result<nsl::v1::Secret> SecretService::put(const Call& call,
                                           const nsl::v1::PutSecretRequest& request) {
  NSL_TRY_VOID(check_request(request));
  NSL_TRY(const auto present,
          records::find_record<stored::SecretRecord>(
              vault_, secret_key(call.account(), request.name()), call.deadline));
  if (!present.has_value()) {
    NSL_TRY(const auto all, vault_.list(kind::kSecret, call.account(), call.deadline));
    if (all.size() >= static_cast<std::size_t>(limits::kSecretsPerAccountMax)) {
      return fail(Code::limit_exceeded, "The account has its maximum of secrets");
    }
  }
  const std::uint64_t version = present.has_value() ? present->version : 0;
  NSL_TRY_VOID(records::check_if_match(call.if_match, version));
  stored::SecretRecord record;
  nsl::v1::Secret& secret = *record.mutable_secret();
  if (present.has_value()) secret = present->value.secret();
  if (secret.id().empty()) {
    secret.set_id(codec::make_id("sec", call.now, call.random));
    secret.set_name(request.name());
    secret.set_created_at(to_rfc3339(call.now));
  }
  secret.set_description(request.description());
  *secret.mutable_allowed_functions() = request.allowed_functions();
  secret.set_version(secret.version() + 1);
  secret.set_updated_at(to_rfc3339(call.now));
  secret.set_etag(records::to_etag(version + 1));
  vault::Batch batch;
  records::put_record(batch, secret_key(call.account(), request.name()), record, version);
  batch.put_secret(secret_value_key(call.account(), request.name()),
                   SecretBytes::copy_of(as_bytes(request.value())), version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return secret;
}

Result<nsl::v1::SecretList> SecretService::list(const Call& call,
                                                const nsl::v1::ListSecretsRequest& request) {
  NSL_TRY(auto all, records::list_records<stored::SecretRecord>(vault_, kind::kSecret,
                                                                call.account(), call.deadline));
  nsl::v1::SecretList reply;
  reply.set_next_cursor(records::cut_page(
      all, records::page_size(request.limit()), request.cursor(),
      [](const SecretRecord& item) -> std::string_view { return item.value.secret().name(); }));
  for (auto& item : all) *reply.add_items() = std::move(*item.value.mutable_secret());
  return reply;
}

Result<nsl::v1::Secret> SecretService::get(const Call& call,
                                           const nsl::v1::GetSecretRequest& request) {
  NSL_TRY(const SecretRecord record, get_record(vault_, call, request.name()));
  return record.value.secret();
}

Result<nsl::v1::SecretValue> SecretService::get_value(
    const Call& call, const nsl::v1::GetSecretValueRequest& request) {
  NSL_TRY(const SecretRecord record, get_record(vault_, call, request.name()));
  NSL_TRY(const auto value,
          vault_.find_secret(secret_value_key(call.account(), request.name()), call.deadline));
  if (!value.has_value()) return fail(Code::record_missing);
  nsl::v1::SecretValue reply;
  reply.set_value(to_string(value->value.reveal()));
  reply.set_version(record.value.secret().version());
  return reply;
}

Result<nsl::v1::Empty> SecretService::remove(const Call& call,
                                             const nsl::v1::DeleteSecretRequest& request) {
  NSL_TRY(const SecretRecord record, get_record(vault_, call, request.name()));
  NSL_TRY_VOID(records::check_if_match(call.if_match, record.version));
  vault::Batch batch;
  batch.erase(secret_key(call.account(), request.name()), record.version);
  batch.erase(secret_value_key(call.account(), request.name()), record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

}  // namespace nsl::enclave::secrets
