#include "core/seal/seal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/codec/hex.h"
#include "core/codec/ulid.h"

namespace nsl::seal {
namespace {

class Seal : public testing::Test {
 protected:
  SeededRandom random_{11};
  crypto::P256PrivateKey key_ = crypto::P256PrivateKey::generate(random_);
  crypto::Digest32 binding_ = random_.bytes<32>();
  Envelope envelope_{"nsl.v1.SecretService/Put", "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4",
                     "req_01JD7Y3K5QJ8M2N4P6R8T0V2X5"};

  v1::SealedContent content() const {
    v1::SealedContent content;
    content.set_version(kVersion);
    content.set_credential("token");
    content.set_issued_at_ms(1'795'000'000'000);
    content.set_message(std::string("\x0a\x01x\0y", 5));
    return content;
  }
  v1::SealedReplyContent reply_content() const {
    v1::SealedReplyContent content;
    content.set_version(kVersion);
    content.set_message("reply");
    content.set_etag("\"1\"");
    return content;
  }
  SealedCall sealed() {
    return seal_request({key_.public_key(), binding_}, envelope_, content(), random_).value();
  }
  Code refusal(const v1::SealedRequest& request) const {
    const auto opened = open_request(key_, binding_, as_bytes(request.SerializeAsString()));
    EXPECT_FALSE(opened.has_value());
    return opened.has_value() ? Code::internal : opened.error().code();
  }
  static v1::SealedRequest parsed(const std::string& bytes) {
    v1::SealedRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    return request;
  }
};

TEST_F(Seal, OpensWhatWasSealed) {
  const SealedCall call = sealed();
  const auto opened = open_request(key_, binding_, as_bytes(call.request));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->envelope.operation, envelope_.operation);
  EXPECT_EQ(opened->envelope.account, envelope_.account);
  EXPECT_EQ(opened->envelope.request_id, envelope_.request_id);
  EXPECT_EQ(opened->content.SerializeAsString(), content().SerializeAsString());
}

TEST_F(Seal, OpensTheReplyOnlyWithTheRequestsOpener) {
  const SealedCall call = sealed();
  const SealedCall other = sealed();
  const auto opened = open_request(key_, binding_, as_bytes(call.request));
  const std::string reply = opened->reply_sealer.seal(reply_content(), random_);
  const auto content = call.reply_opener.open(as_bytes(reply));
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->message(), "reply");
  EXPECT_EQ(content->etag(), "\"1\"");
  EXPECT_EQ(other.reply_opener.open(as_bytes(reply)).error().code(), Code::seal_invalid);
}

TEST_F(Seal, RoundTripsContentOfManySizes) {
  for (std::size_t size = 0; size < 100'000; size = size * 3 + 1) {
    v1::SealedContent big = content();
    big.set_message(std::string(size, 'm'));
    const auto call = seal_request({key_.public_key(), binding_}, envelope_, big, random_);
    ASSERT_TRUE(call.has_value());
    const auto opened = open_request(key_, binding_, as_bytes(call->request));
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->content.message().size(), size);
  }
}

TEST_F(Seal, RefusesEverySingleByteChangeOfTheRequest) {
  const SealedCall call = sealed();
  for (std::size_t i = 0; i < call.request.size(); ++i) {
    std::string changed = call.request;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(open_request(key_, binding_, as_bytes(changed)).has_value()) << "byte " << i;
  }
}

TEST_F(Seal, RefusesEverySingleByteChangeOfTheReply) {
  const SealedCall call = sealed();
  const auto opened = open_request(key_, binding_, as_bytes(call.request));
  const std::string reply = opened->reply_sealer.seal(reply_content(), random_);
  for (std::size_t i = 0; i < reply.size(); ++i) {
    std::string changed = reply;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(call.reply_opener.open(as_bytes(changed)).has_value()) << "byte " << i;
  }
}

TEST_F(Seal, RefusesAnotherOperation) {
  v1::SealedRequest request = parsed(sealed().request);
  request.set_operation("nsl.v1.SecretService/Delete");
  EXPECT_EQ(refusal(request), Code::seal_invalid);
}

TEST_F(Seal, RefusesAnotherAccount) {
  v1::SealedRequest request = parsed(sealed().request);
  request.set_account("acc_01JD7Y3K5QJ8M2N4P6R8T0V2X9");
  EXPECT_EQ(refusal(request), Code::seal_invalid);
  request.clear_account();
  EXPECT_EQ(refusal(request), Code::seal_invalid);
}

TEST_F(Seal, RefusesAnotherRequestId) {
  v1::SealedRequest request = parsed(sealed().request);
  request.set_request_id("req_01JD7Y3K5QJ8M2N4P6R8T0V2X9");
  EXPECT_EQ(refusal(request), Code::seal_invalid);
  request.set_request_id("req_short");
  EXPECT_EQ(refusal(request), Code::seal_invalid);
}

TEST_F(Seal, RefusesAnotherBinding) {
  const SealedCall call = sealed();
  crypto::Digest32 other = binding_;
  other[0] ^= 1U;
  EXPECT_EQ(open_request(key_, other, as_bytes(call.request)).error().code(), Code::seal_invalid);
}

TEST_F(Seal, CallsAnotherKeyStale) {
  const SealedCall call = sealed();
  const auto other = crypto::P256PrivateKey::generate(random_);
  EXPECT_EQ(open_request(other, binding_, as_bytes(call.request)).error().code(), Code::seal_stale);
}

TEST_F(Seal, RefusesAKeyIdThatDoesNotMatchTheSeal) {
  const auto other = crypto::P256PrivateKey::generate(random_);
  v1::SealedRequest request = parsed(sealed().request);
  request.set_key_id(to_string(key_id(other.public_key())));
  const auto opened = open_request(other, binding_, as_bytes(request.SerializeAsString()));
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Code::seal_invalid);
}

TEST_F(Seal, RefusesANewerVersion) {
  v1::SealedRequest request = parsed(sealed().request);
  request.set_version(2);
  EXPECT_EQ(refusal(request), Code::unsupported_version);
}

TEST_F(Seal, RefusesUnknownFieldsAndTruncation) {
  const SealedCall call = sealed();
  // Field 20, varint 1: nothing this format has.
  EXPECT_FALSE(open_request(key_, binding_, as_bytes(call.request + "\xa0\x01\x01")).has_value());
  for (std::size_t size = 0; size < call.request.size(); ++size) {
    EXPECT_FALSE(open_request(key_, binding_, as_bytes(call.request.substr(0, size))).has_value());
  }
}

TEST_F(Seal, RefusesToSealMoreThanTheGatewayTakes) {
  v1::SealedContent big = content();
  big.set_message(std::string(600'000, 'm'));
  const auto call = seal_request({key_.public_key(), binding_}, envelope_, big, random_);
  ASSERT_FALSE(call.has_value());
  EXPECT_EQ(call.error().code(), Code::payload_too_large);
}

// The vector printed in docs/wire.md: the sealing key is 1, every random byte is 5, and the digest
// is SHA-256 of the binding published there.
constexpr std::string_view kVectorBindingDigest =
    "1b1c4cccb62172d16be92772e6cf9cff8b16bb029164378d73d717fec343aac7";
constexpr std::string_view kVectorRequest =
    "08011208698bea63dc44a3441a186e736c2e76312e536563726574536572766963652f507574221e6163635f"
    "30314a443759334b35514a384d324e34503652385430563258342a1e7265715f30314a443759334b35514a38"
    "4d324e345036523854305632583532410407810ea974cea5773e63b897f37e3be9a09e7a5fe9b971a44d1065"
    "ac2a3a9311637e47a4f99464a0fdce44a88ec7d703a9183c1d06552d9e2d6b76069481c5773a251e43b99d09"
    "c9c9a39569bed2ef016a50ed2783f8bed174b2df9d4fbc08199c54127de830fe";
constexpr std::string_view kVectorReply =
    "0801120c0505050505050505050505051a1798015e97f668319d9cff15a0b183e23d1ba7acf8a6c87f";

class FixedRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), 5); }
};

TEST(SealVector, SealsAndOpensThePublishedBytes) {
  std::array<std::uint8_t, 32> one{};
  one.back() = 1;
  const auto key = crypto::P256PrivateKey::from_secret(Secret<32>::copy_of(one)).value();
  const auto binding = codec::decode_hex_array<32>(kVectorBindingDigest).value();
  FixedRandom random;
  v1::SealedContent content;
  content.set_version(kVersion);
  content.set_credential("token");
  content.set_issued_at_ms(1'795'000'000'000);
  content.set_message(
      "\x0a\x01"
      "a");
  const Envelope envelope{"nsl.v1.SecretService/Put", "acc_01JD7Y3K5QJ8M2N4P6R8T0V2X4",
                          "req_01JD7Y3K5QJ8M2N4P6R8T0V2X5"};
  const auto call = seal_request({key.public_key(), binding}, envelope, content, random);
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(codec::encode_hex(as_bytes(call->request)), kVectorRequest);

  const auto opened = open_request(key, binding, as_bytes(call->request));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->content.SerializeAsString(), content.SerializeAsString());
  v1::SealedReplyContent reply;
  reply.set_version(kVersion);
  reply.set_message(
      "\x0a\x01"
      "b");
  EXPECT_EQ(codec::encode_hex(as_bytes(opened->reply_sealer.seal(reply, random))), kVectorReply);
}

}  // namespace
}  // namespace nsl::seal
