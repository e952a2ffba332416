#include "core/attestation/testing/software_module.h"

#include "core/base/assert.h"
#include "core/codec/cbor.h"
#include "core/crypto/cose_sign_es384.h"
#include "core/crypto/x509_issue.h"

namespace nsl::attestation {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

Bytes null_or_bytes(const std::optional<Bytes>& bytes) {
  if (bytes.has_value()) return cbor_bytes(*bytes);
  codec::CborWriter out;
  out.write_null();
  return std::move(out).take();
}

Bytes registers_map(const Registers& registers) {
  codec::CborWriter out;
  out.begin_map(registers.size());
  for (const auto& [index, value] : registers) out.write_unsigned(index).write_bytes(value);
  return std::move(out).take();
}

}  // namespace

Bytes cbor_text(std::string_view text) {
  codec::CborWriter out;
  out.write_text(text);
  return std::move(out).take();
}

Bytes cbor_bytes(ByteView bytes) {
  codec::CborWriter out;
  out.write_bytes(bytes);
  return std::move(out).take();
}

Bytes cbor_unsigned(std::uint64_t number) {
  codec::CborWriter out;
  out.write_unsigned(number);
  return std::move(out).take();
}

SoftwareModule::SoftwareModule(Random& random, WallTime now)
    : root_(crypto::P384PrivateKey::generate(random)),
      middle_(crypto::P384PrivateKey::generate(random)),
      leaf_(crypto::P384PrivateKey::generate(random)) {
  const WallTime from(now.value() - kHourMs);
  const WallTime until(now.value() + 3 * kHourMs);
  const auto issue = [&](std::string_view name, std::string_view issuer, const auto& key,
                         const auto& issuer_key, crypto::CertificateRole role,
                         std::optional<int> path_length) {
    auto der = crypto::issue_certificate(
        {name, issuer, key.public_key(), role, path_length, from, until}, issuer_key, random);
    NSL_ASSERT(der.has_value());
    return std::move(*der);
  };
  using crypto::CertificateRole;
  root_der_ = issue("test root", "test root", root_, root_, CertificateRole::authority, 2);
  const Bytes middle_der =
      issue("test middle", "test root", middle_, root_, CertificateRole::authority, 0);
  leaf_der_ =
      issue("test leaf", "test middle", leaf_, middle_, CertificateRole::leaf, std::nullopt);
  cabundle_ = {root_der_, middle_der};
}

SoftwareModule::Fields SoftwareModule::fields(const Content& content) const {
  codec::CborWriter bundle;
  bundle.begin_array(cabundle_.size());
  for (const Bytes& certificate : cabundle_) bundle.write_bytes(certificate);
  // The order of the real security module.
  return {{cbor_text("module_id"), cbor_text("i-0123456789abcdef0-enc0123456789abcdef")},
          {cbor_text("digest"), cbor_text("SHA384")},
          {cbor_text("timestamp"),
           cbor_unsigned(static_cast<std::uint64_t>(content.timestamp.value()))},
          {cbor_text("pcrs"), registers_map(content.registers)},
          {cbor_text("certificate"), cbor_bytes(leaf_der_)},
          {cbor_text("cabundle"), std::move(bundle).take()},
          {cbor_text("public_key"), null_or_bytes(content.public_key)},
          {cbor_text("user_data"), null_or_bytes(content.user_data)},
          {cbor_text("nonce"), null_or_bytes(content.nonce)}};
}

Bytes SoftwareModule::sign(const Fields& fields) const {
  NSL_ASSERT(fields.size() < 24);
  Bytes payload = {static_cast<std::uint8_t>(0xa0 + fields.size())};
  for (const auto& [key, value] : fields) {
    append(payload, key);
    append(payload, value);
  }
  return sign_payload(payload);
}

Bytes SoftwareModule::sign_payload(ByteView payload) const {
  return crypto::cose_sign_es384(leaf_, payload);
}

Bytes SoftwareModule::document(const Binding& binding, WallTime timestamp,
                               std::optional<Bytes> nonce) const {
  const Bytes bytes = encode_binding(binding);
  const auto digest = crypto::sha384(bytes);
  return sign(fields({.timestamp = timestamp,
                      .registers = plausible_registers(),
                      .public_key = to_bytes(ByteView(binding.sealing_key.uncompressed())),
                      .user_data = to_bytes(ByteView(digest)),
                      .nonce = std::move(nonce)}));
}

Registers plausible_registers() {
  Registers registers;
  for (std::uint32_t index = 0; index < 16; ++index) {
    crypto::Digest48 value{};
    if (index < 5) value.fill(static_cast<std::uint8_t>(0x10 + index));
    registers[index] = value;
  }
  return registers;
}

BoundKeys make_bound_keys(Random& random) {
  auto sealing = crypto::P256PrivateKey::generate(random);
  auto receipt = crypto::P256PrivateKey::generate(random);
  Binding binding{.boot_id = random.bytes<16>(),
                  .sealing_key = sealing.public_key(),
                  .receipt_key = receipt.public_key(),
                  .state_counter = 7,
                  .state_head = random.bytes<32>(),
                  .version = "0.1.0"};
  return {std::move(sealing), std::move(receipt), std::move(binding)};
}

}  // namespace nsl::attestation
