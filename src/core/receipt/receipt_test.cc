#include "core/receipt/receipt.h"

#include <gtest/gtest.h>

#include <string>

#include "core/attestation/testing/software_module.h"
#include "core/codec/cbor.h"
#include "core/codec/cose.h"
#include "core/codec/hex.h"
#include "core/crypto/cose_sign1.h"
#include "core/receipt/receipt_codec.h"

namespace nsl::receipt {
namespace {

constexpr WallTime kNow(1'795'000'000'000);

Digest32 filled(std::uint8_t value) {
  Digest32 digest{};
  digest.fill(value);
  return digest;
}

Receipt full_receipt() {
  return {.run = "run_01JD7Y3K5QJ8M2N4P6R8T0V2X4",
          .account = "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4",
          .function = "answer",
          .function_version = 3,
          .function_digest = filled(1),
          .trigger = "on-request",
          .event = Event{"0xaa/Application/0", 12, "0xaa", "0xbb", "Requested", "quorum(1/1)"},
          .status = "SUCCEEDED",
          .input_hash = filled(2),
          .output_hash = filled(3),
          .host_calls = {{0, "secrets.get", filled(4), filled(5)}},
          .http = {{"localhost:8443", 200, filled(6), filled(7), filled(8)}},
          .secrets = {{"sec_01JD7Y3K5QJ8M2N4P6R8T0V2X4", 2}},
          .chain = {{12, "quorum(1/1)"}},
          .transactions = {"0xcc"},
          .counter = 41,
          .head = filled(9),
          .time = "2026-11-21T11:35:19.123Z",
          .layers = {"seccomp", "rlimits"},
          .mode = "dev",
          .attestation = {1},
          .binding = {2}};
}

class ReceiptOf : public testing::Test {
 protected:
  SeededRandom random_{5};
  attestation::SoftwareModule module_{random_, kNow};
  attestation::BoundKeys keys_ = attestation::make_bound_keys(random_);
  Receipt receipt_ = attested(full_receipt());

  Receipt attested(Receipt receipt) {
    receipt.attestation = module_.document(keys_.binding, kNow);
    receipt.binding = attestation::encode_binding(keys_.binding);
    return receipt;
  }
  Code refusal(ByteView bytes) const {
    const auto verified = verify(bytes, module_.anchor());
    EXPECT_FALSE(verified.has_value());
    return verified.has_value() ? Code::internal : verified.error().code();
  }
};

TEST_F(ReceiptOf, AGenuineRunVerifies) {
  const auto verified = verify(sign(receipt_, keys_.receipt), module_.anchor());
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->receipt, receipt_);
  EXPECT_EQ(verified->attestation.binding.receipt_key, keys_.receipt.public_key());
}

TEST_F(ReceiptOf, ARunWithoutEventOrEffectsVerifies) {
  Receipt bare = receipt_;
  bare.event.reset();
  bare.trigger.clear();
  bare.host_calls.clear();
  bare.http.clear();
  bare.secrets.clear();
  bare.chain.clear();
  bare.transactions.clear();
  const auto verified = verify(sign(bare, keys_.receipt), module_.anchor());
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->receipt, bare);
}

TEST_F(ReceiptOf, AChangedByteIsRefusedWhereverItIs) {
  const Bytes genuine = sign(receipt_, keys_.receipt);
  for (std::size_t i = 0; i < genuine.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      Bytes changed = genuine;
      changed[i] ^= static_cast<std::uint8_t>(flip);
      EXPECT_FALSE(verify(changed, module_.anchor()).has_value()) << "byte " << i;
    }
  }
}

TEST_F(ReceiptOf, AMissingOrAddedByteIsRefused) {
  const Bytes genuine = sign(receipt_, keys_.receipt);
  for (std::size_t size = 0; size < genuine.size(); size += 3) {
    EXPECT_EQ(refusal(ByteView(genuine).first(size)), Code::receipt_malformed);
  }
  Bytes longer = genuine;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer), Code::receipt_malformed);
  Bytes tagged = {0xd2};
  append(tagged, genuine);
  EXPECT_EQ(refusal(tagged), Code::receipt_malformed);
}

TEST_F(ReceiptOf, AnotherKeysSignatureIsRefused) {
  EXPECT_EQ(refusal(sign(receipt_, keys_.sealing)), Code::receipt_signature_invalid);
}

TEST_F(ReceiptOf, AKeyTheAttestationDoesNotBindIsRefused) {
  const attestation::BoundKeys others = attestation::make_bound_keys(random_);
  receipt_.binding = attestation::encode_binding(others.binding);
  EXPECT_EQ(refusal(sign(receipt_, others.receipt)), Code::receipt_key_unbound);
}

TEST_F(ReceiptOf, AnotherRootIsRefused) {
  attestation::SoftwareModule other(random_, kNow);
  const Bytes genuine = sign(receipt_, keys_.receipt);
  EXPECT_EQ(verify(genuine, other.anchor()).error().code(), Code::attestation_untrusted);
  EXPECT_EQ(verify(genuine, attestation::aws_nitro_root()).error().code(),
            Code::attestation_untrusted);
}

TEST_F(ReceiptOf, AnotherReleaseIsRefusedWhenMeasurementsAreNamed) {
  const Bytes genuine = sign(receipt_, keys_.receipt);
  EXPECT_TRUE(verify(genuine, module_.anchor(), attestation::plausible_registers()).has_value());
  EXPECT_EQ(verify(genuine, module_.anchor(), {{0, crypto::Digest48{}}}).error().code(),
            Code::attestation_untrusted);
}

TEST_F(ReceiptOf, ProductionUnderADevelopmentRootIsRefused) {
  receipt_.mode = "production";
  EXPECT_EQ(refusal(sign(receipt_, keys_.receipt)), Code::receipt_malformed);
}

TEST_F(ReceiptOf, AMalformedAttestationIsNamed) {
  receipt_.attestation = {1, 2, 3};
  EXPECT_EQ(refusal(sign(receipt_, keys_.receipt)), Code::attestation_malformed);
}

// A payload with one key changed, signed by the genuine key.
Bytes sign_payload(const attestation::BoundKeys& keys, ByteView payload) {
  return crypto::cose_sign_es256(keys.receipt, payload);
}

TEST_F(ReceiptOf, AnUnknownOrMissingFieldIsRefused) {
  const Bytes payload = encode_payload(receipt_);
  ASSERT_TRUE(verify(sign_payload(keys_, payload), module_.anchor()).has_value());
  // 24 entries take the two-byte head b8 18.
  ASSERT_EQ(payload[0], 0xb8);
  ASSERT_EQ(payload[1], 24);
  Bytes more = {0xb8, 25};
  // "zzzzzzzzzzzzzzzzzzzzzzzz" sorts behind every key of the format.
  const std::string key(24, 'z');
  append(more, ByteView(payload).subspan(2));
  append(more, attestation::cbor_text(key));
  append(more, attestation::cbor_unsigned(1));
  EXPECT_EQ(refusal(sign_payload(keys_, more)), Code::receipt_malformed);
  EXPECT_EQ(refusal(sign_payload(keys_, attestation::cbor_unsigned(1))), Code::receipt_malformed);
  EXPECT_EQ(refusal(sign_payload(keys_, Bytes{0xa0})), Code::receipt_malformed);
}

TEST_F(ReceiptOf, ANewerFormatIsNamedAsSuch) {
  codec::CborWriter out;
  out.begin_map(2).write_text("version").write_unsigned(2).write_text("operation").write_text("x");
  EXPECT_EQ(refusal(sign_payload(keys_, std::move(out).take())), Code::unsupported_version);
}

TEST_F(ReceiptOf, ADocumentSignedWithAnotherAlgorithmIsRefused) {
  EXPECT_EQ(refusal(module_.document(keys_.binding, kNow)), Code::receipt_malformed);
}

std::string random_text(SeededRandom& random) {
  const auto bytes = random.bytes<6>();
  return codec::encode_hex(ByteView(bytes).first(bytes[0] % 7));
}

TEST(ReceiptPayload, ReadsBackWhatItWrites) {
  SeededRandom random(9);
  for (int round = 0; round < 200; ++round) {
    Receipt receipt = full_receipt();
    const auto shape = random.bytes<8>();
    receipt.function_version = shape[0] * 16'000'000U;
    receipt.counter = UINT64_MAX - shape[1];
    receipt.function = random_text(random);
    if (shape[2] % 2 == 0) receipt.event.reset();
    receipt.host_calls.resize(shape[3] % 40,
                              {shape[4], random_text(random), random.bytes<32>(), {}});
    receipt.http.resize(shape[5] % 5);
    receipt.transactions.resize(shape[6] % 5, random_text(random));
    receipt.layers.resize(shape[7] % 5, random_text(random));
    const auto parsed = parse_payload(encode_payload(receipt));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, receipt);
  }
}

// The vector printed in docs/wire.md.
TEST(ReceiptPayload, HasThePublishedEncoding) {
  EXPECT_EQ(codec::encode_hex(crypto::sha256(encode_payload(full_receipt()))),
            "85c13908d76348047ad8a76c6ae80baa0dd64b4ba60069288bf4659ddada0606");
}

}  // namespace
}  // namespace nsl::receipt
