#include "enclave/router/idempotency.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/crypto/hmac.h"
#include "enclave/records/names.h"
#include "enclave/records/records.h"

namespace nsl::enclave::router {
namespace {

std::string place_of(const IdempotencyKey& key) {
  return fmt::format("{}/{}", key.operation, key.key);
}

std::string in_flight_name(const IdempotencyKey& key) {
  return fmt::format("{}/{}", key.account, place_of(key));
}

vault::RecordKey record_key(const IdempotencyKey& key) {
  return {records::kind::kIdempotency, key.account, records::hashed_id(place_of(key))};
}

}  // namespace

void RepeatableRandom::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::string block = fmt::format("nsl repeatable {}", counter_++);
    const crypto::Digest32 digest = crypto::hmac_sha256(seed_, as_bytes(block));
    const std::size_t size = std::min(bytes.size(), digest.size());
    std::copy_n(digest.begin(), size, bytes.begin());
    bytes = bytes.subspan(size);
  }
}

Result<IdempotencyBook::Admission> IdempotencyBook::admit(const IdempotencyKey& key,
                                                          const Deadline& deadline) {
  if (key.key.size() > static_cast<std::size_t>(limits::kIdempotencyKeyBytesMax)) {
    return fail(Code::invalid_argument, "The idempotency key is too long");
  }
  {
    MutexLock lock(mutex_);
    if (!in_flight_.insert(in_flight_name(key)).second) return fail(Code::request_in_flight);
  }
  Result<Admission> admission = admit_stored(key, deadline);
  if (!admission.has_value()) release(key);
  return admission;
}

Result<IdempotencyBook::Admission> IdempotencyBook::admit_stored(const IdempotencyKey& key,
                                                                 const Deadline& deadline) {
  const crypto::Digest32 hash = crypto::sha256(as_bytes(key.request));
  NSL_TRY(const auto stored,
          records::find_record<stored::IdempotencyRecord>(vault_, record_key(key), deadline));
  const std::int64_t now_ms = clock_.wall_time().value();
  const bool is_live =
      stored.has_value() && now_ms - stored->value.created_at_ms() < limits::kIdempotencyTtlMs;
  if (is_live) {
    const stored::IdempotencyRecord& record = stored->value;
    if (!equal(as_bytes(record.request_hash()), hash)) return fail(Code::idempotency_key_reused);
    Admission admission{.reply = {},
                        .now = WallTime(record.created_at_ms()),
                        .seed = to_bytes(record.seed()),
                        .version = stored->version};
    if (record.is_done()) admission.reply = record.reply();
    return admission;
  }
  stored::IdempotencyRecord record;
  record.set_request_hash(hash.data(), hash.size());
  record.set_created_at_ms(now_ms);
  const auto seed = random_.bytes<32>();
  record.set_seed(seed.data(), seed.size());
  const std::uint64_t expected_version = stored.has_value() ? stored->version : 0;
  vault::Batch batch;
  records::put_record(batch, record_key(key), record, expected_version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), deadline));
  return Admission{.reply = {},
                   .now = WallTime(now_ms),
                   .seed = to_bytes(ByteView(seed)),
                   .version = expected_version + 1};
}

void IdempotencyBook::keep_reply(vault::Batch& batch, const IdempotencyKey& key,
                                 const Admission& admission, const std::string& reply) {
  stored::IdempotencyRecord record;
  const crypto::Digest32 hash = crypto::sha256(as_bytes(key.request));
  record.set_request_hash(hash.data(), hash.size());
  record.set_created_at_ms(admission.now.value());
  record.set_seed(admission.seed.data(), admission.seed.size());
  record.set_reply(reply);
  record.set_is_done(true);
  records::put_record(batch, record_key(key), record, admission.version);
}

void IdempotencyBook::release(const IdempotencyKey& key) {
  MutexLock lock(mutex_);
  in_flight_.erase(in_flight_name(key));
}

}  // namespace nsl::enclave::router
