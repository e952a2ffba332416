#include "enclave/attest/attester.h"

#include <utility>

#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::enclave::attest {
namespace {

attestation::Binding binding_of(const Attester::Parts& parts) {
  return {.boot_id = parts.keys.boot_id,
          .sealing_key = parts.keys.sealing.public_key(),
          .receipt_key = parts.keys.receipt.public_key(),
          .state_counter = parts.state.counter,
          .state_head = parts.state.head,
          .version = parts.version};
}

v1::Attestation::Mode to_proto(attestation::Mode mode) {
  switch (mode) {
    case attestation::Mode::production:
      return v1::Attestation::production;
    case attestation::Mode::development:
      return v1::Attestation::dev;
  }
  return v1::Attestation::UNKNOWN;
}

Result<std::optional<Bytes>> parse_nonce(std::string_view hex) {
  if (hex.empty()) return std::optional<Bytes>();
  auto nonce = codec::decode_hex(hex);
  if (!nonce.has_value()) return fail(Code::invalid_argument, "The nonce is not hexadecimal");
  if (nonce->size() > static_cast<std::size_t>(limits::kAttestationNonceBytesMax)) {
    return fail(Code::invalid_argument, "The nonce is too long");
  }
  return std::optional<Bytes>(std::move(*nonce));
}

bool is_set(const crypto::Digest48& value) { return value != crypto::Digest48{}; }

}  // namespace

Attester::Attester(const Parts& parts)
    : parts_(parts),
      binding_(attestation::encode_binding(binding_of(parts))),
      binding_digest_(crypto::sha256(binding_)),
      user_data_(crypto::sha384(binding_)) {}

Result<Bytes> Attester::attest(std::optional<Bytes> nonce) {
  return parts_.module.attest(
      {.user_data = to_bytes(ByteView(user_data_)),
       .nonce = std::move(nonce),
       .public_key = to_bytes(ByteView(parts_.keys.sealing.public_key().uncompressed()))});
}

Result<Bytes> Attester::cached_document() {
  const MonotonicTime now = parts_.clock.monotonic_time();
  MutexLock lock(mutex_);
  if (cached_.has_value() && now.value() - cached_->made.value() < limits::kAttestationCacheMs) {
    return cached_->document;
  }
  // Under the lock: those who come meanwhile get this document too instead of one each.
  NSL_TRY(Bytes document, attest(std::nullopt));
  cached_ = Cached{.document = document, .made = now};
  return document;
}

Result<v1::Attestation> Attester::get(std::string_view nonce_hex) {
  NSL_TRY(std::optional<Bytes> nonce, parse_nonce(nonce_hex));
  NSL_TRY(const Bytes document, nonce.has_value() ? attest(std::move(nonce)) : cached_document());
  v1::Attestation reply;
  reply.set_mode(to_proto(mode()));
  reply.set_document(to_string(document));
  reply.set_sealing_key(to_string(parts_.keys.sealing.public_key().uncompressed()));
  reply.set_receipt_key(to_string(parts_.keys.receipt.public_key().compressed()));
  reply.set_boot_id(codec::encode_hex(parts_.keys.boot_id));
  reply.set_binding(to_string(binding_));
  return reply;
}

Result<Evidence> Attester::evidence() {
  NSL_TRY(Bytes document, cached_document());
  return Evidence{.document = std::move(document), .binding = binding_};
}

Result<v1::Measurements> Attester::measurements() {
  MutexLock lock(mutex_);
  if (measurements_.has_value()) return *measurements_;
  NSL_TRY(const ModuleDescription description, parts_.module.describe());
  v1::Measurements reply;
  reply.set_mode(to_proto(mode()));
  reply.set_module_id(description.module_id);
  for (const auto& [index, value] : description.registers) {
    if (!is_set(value)) continue;
    auto* entry = reply.add_pcrs();
    entry->set_index(index);
    entry->set_value(codec::encode_hex(value));
  }
  reply.set_version(parts_.version);
  measurements_ = reply;
  return reply;
}

}  // namespace nsl::enclave::attest
