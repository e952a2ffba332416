#include "enclave/triggers/hook_trigger.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/crypto/hash.h"
#include "enclave/records/names.h"
#include "enclave/webhooks/signature.h"

namespace nsl::enclave::triggers {
namespace {

namespace kind = records::kind;
using nsl::v1::Trigger;
using router::Call;

constexpr std::size_t kTokenSize = 32;
constexpr std::size_t kHeaderNameBytesMax = 64;
// What says who a sender is, or that it may: no function needs to see it.
constexpr std::array<std::string_view, 4> kHeadersHidden = {
    "authorization", "cookie", "proxy-authorization", "webhook-signature"};

// RFC 9110 5.6.2, in lower case.
bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && name.size() <= kHeaderNameBytesMax &&
         std::ranges::all_of(name, [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// The secret's text, and the secret itself in the batch as the record's next version.
std::string add_secret(const Call& call, stored::TriggerRecord& record, vault::Batch& batch) {
  Secret<webhooks::kSecretSize> secret;
  call.random.fill(secret.reveal_mutable());
  record.set_secret_version(record.secret_version() + 1);
  batch.put_secret(hook_secret_key(call.account(), record.trigger().id(), record.secret_version()),
                   SecretBytes::copy_of(secret.reveal()), 0);
  return webhooks::to_text(secret);
}

std::string add_token(const Call& call, stored::TriggerRecord& record) {
  std::string token = codec::encode_hex(call.random.bytes<kTokenSize>());
  const crypto::Digest32 hash = crypto::sha256(as_bytes(token));
  record.set_token_hash(hash.data(), hash.size());
  return token;
}

}  // namespace

vault::RecordKey hook_key(const std::string& trigger_id) {
  return {kind::kHook, records::kNoAccount, trigger_id};
}

vault::RecordKey hook_secret_key(const std::string& account, const std::string& trigger_id,
                                 std::uint32_t version) {
  return {kind::kHookSecret, account, fmt::format("{}/{}", trigger_id, version)};
}

Result<void> parse_hook_source(nsl::v1::WebhookSource& source) {
  if (source.headers_size() > limits::kHookHeadersMax) {
    return fail(Code::trigger_invalid,
                fmt::format("/source/webhook/headers: at most {}", limits::kHookHeadersMax));
  }
  for (std::string& name : *source.mutable_headers()) {
    std::ranges::transform(name, name.begin(), to_lower);
    if (!is_header_name(name)) {
      return fail(Code::trigger_invalid, "/source/webhook/headers: not the name of a header");
    }
    if (std::ranges::find(kHeadersHidden, name) != kHeadersHidden.end()) {
      return fail(Code::trigger_invalid,
                  fmt::format("/source/webhook/headers: no function sees {}", name));
    }
  }
  return {};
}

Result<Trigger> HookTriggers::store(const Call& call, StoredTrigger record) const {
  vault::Batch batch;
  Trigger& trigger = *record.value.mutable_trigger();
  if (record.version == 0) {
    trigger.set_hook_path("/v1/hooks/" + trigger.id());
    trigger.set_secret(add_secret(call, record.value, batch));
    stored::HookRecord place;
    place.set_account(call.account());
    place.set_name(trigger.name());
    records::put_record(batch, hook_key(trigger.id()), place, 0);
  }
  if (!trigger.source().webhook().allow_token()) {
    record.value.clear_token_hash();
  } else if (record.value.token_hash().empty()) {
    trigger.set_token(add_token(call, record.value));
  }
  return commit(call, std::move(record), std::move(batch));
}

Result<Trigger> HookTriggers::rotate(const Call& call, StoredTrigger record) const {
  vault::Batch batch;
  Trigger& trigger = *record.value.mutable_trigger();
  const std::uint32_t newest = record.value.secret_version();
  // Only the newest two are good; each secret record was written once.
  if (newest > 1) batch.erase(hook_secret_key(call.account(), trigger.id(), newest - 1), 1);
  trigger.set_secret(add_secret(call, record.value, batch));
  record.value.set_old_secret_until_ms(call.now.value() + limits::kHookSecretOverlapMs);
  if (trigger.source().webhook().allow_token()) trigger.set_token(add_token(call, record.value));
  return commit(call, std::move(record), std::move(batch));
}

Result<Trigger> HookTriggers::commit(const Call& call, StoredTrigger record,
                                     vault::Batch batch) const {
  Trigger& trigger = *record.value.mutable_trigger();
  trigger.set_etag(records::to_etag(record.version + 1));
  // Only in the reply.
  std::string secret;
  std::string token;
  trigger.mutable_secret()->swap(secret);
  trigger.mutable_token()->swap(token);
  records::put_record(batch, {kind::kTrigger, call.account(), trigger.name()}, record.value,
                      record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  trigger.set_secret(std::move(secret));
  trigger.set_token(std::move(token));
  return std::move(trigger);
}

Result<void> HookTriggers::remove(const Call& call, const StoredTrigger& record) const {
  const Trigger& trigger = record.value.trigger();
  vault::Batch batch;
  NSL_TRY(const auto place,
          records::find_record<stored::HookRecord>(vault_, hook_key(trigger.id()), call.deadline));
  if (place.has_value()) batch.erase(hook_key(trigger.id()), place->version);
  const std::uint32_t newest = record.value.secret_version();
  for (std::uint32_t version = newest > 1 ? newest - 1 : newest; version <= newest; ++version) {
    batch.erase(hook_secret_key(call.account(), trigger.id(), version), 1);
  }
  batch.erase({kind::kTrigger, call.account(), trigger.name()}, record.version);
  return vault_.commit(std::move(batch), call.deadline);
}

}  // namespace nsl::enclave::triggers
