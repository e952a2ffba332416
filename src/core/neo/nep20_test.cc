#include "core/neo/nep20.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "core/neo/transaction.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// The example of the NEP-20 text; its signature is over the number of the preview network.
Nep20Answer answer_of_the_text() {
  return {.form = Nep20Form::standard,
          .network = NetworkMagic(5195086),
          .nonce = 13458238842203010919ULL,
          .timestamp_s = 1616131369,
          .account = parse_address("NfMFWYxaUUQy9SYo6AhRiGmRxfPxe9Edj7").value(),
          .domain = ""};
}

TEST(Nep20, SignsTheBytesOfTheText) {
  EXPECT_EQ(codec::encode_hex(nep20_signed_bytes(answer_of_the_text()).value()),
            "4e454f0067f7df13ec44c5ba29355460d5326a638734420f27a09ed751568f5e4ee59254");
}

TEST(Nep20, EachFormHasItsBytes) {
  Nep20Answer answer = answer_of_the_text();
  answer.form = Nep20Form::neoline;
  EXPECT_EQ(codec::encode_hex(nep20_signed_bytes(answer).value()),
            "4e454f0067f7df13ec44c5ba293554605492e54e5e8f5651d79ea0270f423487636a32d5");
  answer.form = Nep20Form::neon_dapi;
  answer.domain = "example.org";
  EXPECT_EQ(
      codec::encode_hex(nep20_signed_bytes(answer).value()),
      "67f7df13ec44c5ba293554604e454f00d5326a638734420f27a09ed751568f5e4ee592540e41757468656e74"
      "69636174696f6e0b6578616d706c652e6f7267");
}

TEST(Nep20, VerifiesTheSignersOwnAnswer) {
  const PrivateKey key = numbered_key(0);
  Nep20Answer answer = answer_of_the_text();
  answer.account = account_of(key.public_key());
  for (const Nep20Form form : {Nep20Form::standard, Nep20Form::neoline, Nep20Form::neon_dapi}) {
    answer.form = form;
    const Signature signature = crypto::p256_sign(key, nep20_signed_bytes(answer).value());
    EXPECT_TRUE(verify_nep20(answer, key.public_key(), signature).has_value());
    EXPECT_FALSE(verify_nep20(answer, numbered_key(1).public_key(), signature).has_value());
    Nep20Answer other = answer;
    ++other.nonce;
    EXPECT_EQ(verify_nep20(other, key.public_key(), signature).error().code(),
              Code::invalid_signature);
    EXPECT_EQ(parse_nep20_form(nep20_form_name(form)).value(), form);
  }
  EXPECT_FALSE(parse_nep20_form("other").has_value());
}

TEST(Nep20, RefusesADomainItDoesNotSign) {
  Nep20Answer answer = answer_of_the_text();
  answer.domain = "example.org";
  EXPECT_FALSE(nep20_signed_bytes(answer).has_value());
  EXPECT_FALSE(verify_nep20(answer, numbered_key(0).public_key(), {}).has_value());
  answer.form = Nep20Form::neon_dapi;
  answer.domain = "\xff";
  EXPECT_FALSE(nep20_signed_bytes(answer).has_value());
  answer.domain = std::string(limits::kNeoMessageBytesMax + 1, 'x');
  EXPECT_FALSE(nep20_signed_bytes(answer).has_value());
}

TEST(NetworkMessage, IsTheNetworkAndTheHashOfTheClassicBytes) {
  const std::string salt(32, 'a');
  for (const std::string& each : {std::string(), salt}) {
    const MessageLayout layout =
        each.empty() ? MessageLayout::classic_unsalted : MessageLayout::classic;
    const Bytes classic = signed_message_bytes(layout, each, "hello").value();
    EXPECT_EQ(network_message_bytes(kTestNet, each, "hello").value(),
              signing_message(kTestNet, hash256_of(classic)));
  }
  EXPECT_FALSE(network_message_bytes(kTestNet, "short", "hello").has_value());
}

}  // namespace
}  // namespace nsl::neo
