#include "core/neo/message_signing.h"

#include <gtest/gtest.h>

#include "core/neo/transaction.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

constexpr std::string_view kSalt = "00112233445566778899aabbccddeeff";
constexpr std::string_view kText = "Sign in to neo.example\nNonce: 7";

std::string layout_hex(MessageLayout layout, std::string_view salt, std::string_view text) {
  return codec::encode_hex(signed_message_bytes(layout, salt, text).value());
}

Signature sign(MessageLayout layout, std::string_view salt, std::string_view text) {
  return crypto::p256_sign(numbered_key(0), signed_message_bytes(layout, salt, text).value());
}

Result<void> verify(const SignedMessage& message, const Signature& signature) {
  const PublicKey key = numbered_key(0).public_key();
  return verify_signed_message(message, key, signature, account_of(key));
}

TEST(MessageSigning, ClassicFramesSaltAndText) {
  EXPECT_EQ(layout_hex(MessageLayout::classic, kSalt, kText),
            "010001f03f"
            "3030313132323333343435353636373738383939616162626363646465656666"
            "5369676e20696e20746f206e656f2e6578616d706c650a4e6f6e63653a2037"
            "0000");
}

TEST(MessageSigning, UnsaltedClassicFramesTheTextAlone) {
  EXPECT_EQ(layout_hex(MessageLayout::classic_unsalted, "", kText),
            "010001f01f5369676e20696e20746f206e656f2e6578616d706c650a4e6f6e63653a20370000");
}

TEST(MessageSigning, LedgerSignsATransactionThatHoldsTheText) {
  // Computed from the description of NeoLine's signMessageV2 with Python's hashlib.
  EXPECT_EQ(layout_hex(MessageLayout::ledger, kSalt, kText),
            "000000005bf8136b4450b281f715e5a3872398b1e707971ca94fb121c036fbb2f5485a3d");
  EXPECT_EQ(layout_hex(MessageLayout::ledger, "", kText),
            "00000000248ea3887fd7c6ef2d82f4b0192612525735a97a02fa4cd5c552ff6bc3577bba");
  // The same bytes, made from our own transaction.
  Transaction transaction;
  transaction.signers = {Signer{}};
  transaction.script = to_bytes(kText);
  EXPECT_EQ(signed_message_bytes(MessageLayout::ledger, "", kText).value(),
            signing_message(NetworkMagic(0), hash_of(transaction)));
}

TEST(MessageSigning, LongTextsGetALongerLength) {
  const std::string text(300, 'x');
  EXPECT_EQ(layout_hex(MessageLayout::classic_unsalted, "", text).substr(0, 14), "010001f0fd2c01");
}

TEST(MessageSigning, AcceptsTheSignatureOfEachLayout) {
  const SignedMessage messages[] = {{MessageLayout::classic, kSalt, kText},
                                    {MessageLayout::classic_unsalted, "", kText},
                                    {MessageLayout::ledger, kSalt, kText},
                                    {MessageLayout::ledger, "", kText}};
  for (const SignedMessage& message : messages) {
    EXPECT_TRUE(verify(message, sign(message.layout, message.salt, message.text)).has_value());
  }
}

TEST(MessageSigning, RefusesASignatureOfAnotherLayoutSaltOrText) {
  const Signature signature = sign(MessageLayout::classic, kSalt, kText);
  const SignedMessage messages[] = {
      {MessageLayout::ledger, kSalt, kText},
      {MessageLayout::classic_unsalted, "", kText},
      {MessageLayout::classic, "00112233445566778899aabbccddeef0", kText},
      {MessageLayout::classic, kSalt, "Sign in to neo.example\nNonce: 8"}};
  for (const SignedMessage& message : messages) {
    EXPECT_EQ(verify(message, signature).error().code(), Code::invalid_signature);
  }
}

TEST(MessageSigning, RefusesAKeyOfAnotherAccount) {
  const Signature signature = sign(MessageLayout::classic, kSalt, kText);
  const SignedMessage message{MessageLayout::classic, kSalt, kText};
  const PublicKey key = numbered_key(0).public_key();
  const UInt160 other = account_of(numbered_key(1).public_key());
  EXPECT_FALSE(verify_signed_message(message, key, signature, other).has_value());
  EXPECT_FALSE(
      verify_signed_message(message, numbered_key(1).public_key(), signature, other).has_value());
}

TEST(MessageSigning, RefusesSaltsThatDoNotFitTheLayout) {
  const std::string_view bad_salts[] = {"", "0011", "00112233445566778899AABBCCDDEEFF",
                                        "00112233445566778899aabbccddeeff0",
                                        "g0112233445566778899aabbccddeeff"};
  for (const std::string_view salt : bad_salts) {
    EXPECT_FALSE(signed_message_bytes(MessageLayout::classic, salt, kText).has_value()) << salt;
  }
  EXPECT_FALSE(signed_message_bytes(MessageLayout::classic_unsalted, kSalt, kText).has_value());
  EXPECT_FALSE(signed_message_bytes(MessageLayout::ledger, "0011", kText).has_value());
}

TEST(MessageSigning, RefusesEmptyOverlongAndMalformedText) {
  for (const std::string& text : {std::string(), std::string(4097, 'x'), std::string("\xff")}) {
    EXPECT_FALSE(signed_message_bytes(MessageLayout::classic, kSalt, text).has_value());
  }
  EXPECT_TRUE(
      signed_message_bytes(MessageLayout::classic, kSalt, std::string(4096, 'x')).has_value());
}

TEST(MessageSigning, LayoutNamesRoundTrip) {
  for (const std::string_view name : {"classic", "classic_unsalted", "ledger"}) {
    EXPECT_EQ(message_layout_name(parse_message_layout(name).value()), name);
  }
  EXPECT_FALSE(parse_message_layout("raw").has_value());
}

}  // namespace
}  // namespace nsl::neo
