#include "core/crypto/hpke.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

using codec::encode_hex;

Bytes hex(std::string_view text) { return codec::decode_hex(text).value(); }

// RFC 9180 appendix A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
constexpr std::string_view kInfo = "4f6465206f6e2061204772656369616e2055726e";
constexpr std::string_view kEphemeralMaterial =
    "4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e";
constexpr std::string_view kEphemeralSecret =
    "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb";
constexpr std::string_view kReceiverMaterial =
    "668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550";
constexpr std::string_view kReceiverSecret =
    "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2";
constexpr std::string_view kEncapsulatedKey =
    "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
    "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4";
constexpr std::string_view kPlaintext =
    "4265617574792069732074727574682c20747275746820626561757479";

const std::map<int, const char*> kSealed = {
    {0,
     "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"},
    {1,
     "fa6f037b47fc21826b610172ca9637e82d6e5801eb31cbd3748271affd4ecb06646e0329cbdf3c3cd655b28e82"},
    {2,
     "895cabfac50ce6c6eb02ffe6c048bf53b7f7be9a91fc559402cbc5b8dcaeb52b2ccc93e466c28fb55fed7a7fec"},
    {4,
     "8787491ee8df99bc99a246c4b3216d3d57ab5076e18fa27133f520703bc70ec999dd36ce042e44f0c3169a6a8f"},
    {255,
     "2ad71c85bf3f45c6eca301426289854b31448bcf8a8ccb1deef3ebd87f60848aa53c538c30a4dac71d619ee2cd"},
    {256,
     "10f179686aa2caec1758c8e554513f16472bd0a11e2a907dde0b212cbe87d74f367f8ffe5e41cd3e9962a6afb2"}};

const std::map<std::string, const char*> kExports = {
    {"", "5e9bc3d236e1911d95e65b576a8a86d478fb827e8bdfe77b741b289890490d4d"},
    {"00", "6cff87658931bda83dc857e6353efe4987a201b849658d9b047aab4cf216e796"},
    {"54657374436f6e74657874", "d8f1ea7942adbba7412c6d431c62d01371ea476b823eb697e1f6e6cae1dab85a"}};

TEST(Hpke, DerivesTheKeysOfRfc9180) {
  const P256PrivateKey ephemeral = hpke_derive_key(hex(kEphemeralMaterial));
  EXPECT_EQ(encode_hex(ephemeral.secret().reveal()), kEphemeralSecret);
  EXPECT_EQ(encode_hex(ephemeral.public_key().uncompressed()), kEncapsulatedKey);
  EXPECT_EQ(encode_hex(hpke_derive_key(hex(kReceiverMaterial)).secret().reveal()), kReceiverSecret);
}

TEST(Hpke, SealsOpensAndExportsAsRfc9180) {
  const P256PrivateKey ephemeral = hpke_derive_key(hex(kEphemeralMaterial));
  const P256PrivateKey receiver_key = hpke_derive_key(hex(kReceiverMaterial));
  HpkeSender sender = HpkeSender::setup_with(ephemeral, receiver_key.public_key(), hex(kInfo),
                                             HpkeAead::aes_128_gcm);
  EXPECT_EQ(encode_hex(sender.encapsulated_key()), kEncapsulatedKey);
  HpkeReceiver receiver = HpkeReceiver::setup(receiver_key, sender.encapsulated_key(), hex(kInfo),
                                              HpkeAead::aes_128_gcm)
                              .value();
  const Bytes plaintext = hex(kPlaintext);
  for (int number = 0; number <= 256; ++number) {
    const Bytes associated_data = to_bytes("Count-" + std::to_string(number));
    const Bytes sealed = sender.seal(associated_data, plaintext);
    if (const auto known = kSealed.find(number); known != kSealed.end()) {
      EXPECT_EQ(encode_hex(sealed), known->second) << number;
    }
    ASSERT_EQ(receiver.open(associated_data, sealed).value(), plaintext);
  }
  for (const auto& [context, value] : kExports) {
    EXPECT_EQ(encode_hex(sender.export_secret<32>(hex(context)).reveal()), value);
    EXPECT_EQ(encode_hex(receiver.export_secret<32>(hex(context)).reveal()), value);
  }
}

// Made with pyca/cryptography 48.0.0: Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM), the
// receiver key and info of the RFC, empty associated data. The encapsulated key comes first.
TEST(Hpke, OpensWhatAnotherImplementationSealed) {
  const Bytes message =
      hex("04b7acda3aa44d98b89dba4b350b4968d8126caac2f94c31e6424f9eafc87a9350d2f5e1f1ab04e3df78500c"
          "d04eaa0813041b0a4eb0a93da853a9b47700c34b7e7544fed57c0e2b3d11705976331f05599da79238ef9af6"
          "5a2f1896fb81ff867d75b5a314faf217645dee025c69");
  HpkeReceiver receiver = HpkeReceiver::setup(hpke_derive_key(hex(kReceiverMaterial)),
                                              ByteView(message).first(kP256UncompressedBytes),
                                              hex(kInfo), HpkeAead::aes_256_gcm)
                              .value();
  EXPECT_EQ(receiver.open({}, ByteView(message).subspan(kP256UncompressedBytes)).value(),
            to_bytes("Beauty is truth, truth beauty"));
}

class HpkeExchange : public testing::Test {
 protected:
  HpkeReceiver receiver(ByteView info = as_bytes("info")) {
    return HpkeReceiver::setup(key_, sender_.encapsulated_key(), info, HpkeAead::aes_256_gcm)
        .value();
  }

  SeededRandom random_{31};
  P256PrivateKey key_ = P256PrivateKey::generate(random_);
  HpkeSender sender_ =
      HpkeSender::setup(key_.public_key(), as_bytes("info"), HpkeAead::aes_256_gcm, random_);
};

TEST_F(HpkeExchange, KeepsThePlaintextInSecretMemoryWhenAsked) {
  HpkeReceiver receiver = this->receiver();
  const Bytes sealed = sender_.seal(as_bytes("aad"), as_bytes("secret"));
  EXPECT_EQ(as_text(receiver.open_secret(as_bytes("aad"), sealed).value().reveal()), "secret");
}

TEST_F(HpkeExchange, RefusesEveryFlippedBitAndThenStillOpensTheRightMessage) {
  HpkeReceiver receiver = this->receiver();
  const Bytes sealed = sender_.seal(as_bytes("aad"), as_bytes("message"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_EQ(receiver.open(as_bytes("aad"), changed).error().code(), Code::decryption_failed);
  }
  EXPECT_TRUE(receiver.open(as_bytes("aad"), sealed).has_value());
}

TEST_F(HpkeExchange, RefusesReplayedAndReorderedMessages) {
  HpkeReceiver receiver = this->receiver();
  const Bytes first = sender_.seal({}, as_bytes("first"));
  const Bytes second = sender_.seal({}, as_bytes("second"));
  EXPECT_FALSE(receiver.open({}, second).has_value());
  EXPECT_TRUE(receiver.open({}, first).has_value());
  EXPECT_FALSE(receiver.open({}, first).has_value());
  EXPECT_TRUE(receiver.open({}, second).has_value());
}

TEST_F(HpkeExchange, RefusesOtherInfoAssociatedDataAndReceiver) {
  const Bytes sealed = sender_.seal(as_bytes("aad"), as_bytes("message"));
  HpkeReceiver other_info = receiver(as_bytes("other"));
  EXPECT_FALSE(other_info.open(as_bytes("aad"), sealed).has_value());
  HpkeReceiver other_data = receiver();
  EXPECT_FALSE(other_data.open(as_bytes("AAD"), sealed).has_value());
  HpkeReceiver other_key =
      HpkeReceiver::setup(P256PrivateKey::generate(random_), sender_.encapsulated_key(),
                          as_bytes("info"), HpkeAead::aes_256_gcm)
          .value();
  EXPECT_FALSE(other_key.open(as_bytes("aad"), sealed).has_value());
}

TEST_F(HpkeExchange, RefusesEncapsulatedKeysThatAreNoUncompressedPoint) {
  Bytes off_curve = to_bytes(sender_.encapsulated_key());
  off_curve.back() ^= 1;
  const Bytes compressed = to_bytes(key_.public_key().compressed());
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, Bytes(65), off_curve, compressed}) {
    const auto result = HpkeReceiver::setup(key_, bytes, as_bytes("info"), HpkeAead::aes_256_gcm);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code(), Code::invalid_key);
  }
}

TEST_F(HpkeExchange, ExportsDifferByContextAndDoNotUseUpMessages) {
  HpkeReceiver receiver = this->receiver();
  const Secret<32> reply_key = sender_.export_secret<32>(as_bytes("reply"));
  EXPECT_TRUE(equal(reply_key.reveal(), receiver.export_secret<32>(as_bytes("reply")).reveal()));
  EXPECT_FALSE(equal(reply_key.reveal(), receiver.export_secret<32>(as_bytes("other")).reveal()));
  EXPECT_TRUE(receiver.open({}, sender_.seal({}, as_bytes("still in order"))).has_value());
}

}  // namespace
}  // namespace nsl::crypto
