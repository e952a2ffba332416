#include "core/crypto/cose_sign1.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"
#include "core/crypto/cose_sign_es384.h"

namespace nsl::crypto {
namespace {

using codec::parse_cose_sign1;

class CoseSign1 : public testing::Test {
 protected:
  SeededRandom random_{61};
  P256PrivateKey key_ = P256PrivateKey::generate(random_);
  P384PrivateKey card_ = P384PrivateKey::generate(random_);
};

TEST_F(CoseSign1, VerifiesWhatItSigned) {
  const Bytes document = cose_sign_es256(key_, as_bytes("receipt"));
  EXPECT_TRUE(cose_verify(parse_cose_sign1(document).value(), key_.public_key()).has_value());
  const Bytes attestation = cose_sign_es384(card_, as_bytes("attestation"));
  EXPECT_TRUE(cose_verify(parse_cose_sign1(attestation).value(), card_.public_key()).has_value());
}

TEST_F(CoseSign1, SignsTheExternalData) {
  const codec::CoseSign1 document =
      parse_cose_sign1(cose_sign_es256(key_, as_bytes("receipt"), as_bytes("outside"))).value();
  EXPECT_TRUE(cose_verify(document, key_.public_key(), as_bytes("outside")).has_value());
  EXPECT_FALSE(cose_verify(document, key_.public_key()).has_value());
}

TEST_F(CoseSign1, RefusesAnotherKeyAndAnotherAlgorithm) {
  const codec::CoseSign1 document =
      parse_cose_sign1(cose_sign_es256(key_, as_bytes("receipt"))).value();
  EXPECT_EQ(cose_verify(document, P256PrivateKey::generate(random_).public_key()).error().code(),
            Code::invalid_signature);
  EXPECT_EQ(cose_verify(document, card_.public_key()).error().code(), Code::invalid_signature);
  const codec::CoseSign1 attestation =
      parse_cose_sign1(cose_sign_es384(card_, as_bytes("attestation"))).value();
  EXPECT_EQ(cose_verify(attestation, key_.public_key()).error().code(), Code::invalid_signature);
}

TEST_F(CoseSign1, RefusesEveryChangedByte) {
  const Bytes document = cose_sign_es256(key_, as_bytes("a receipt of some length, to be changed"));
  for (std::size_t i = 0; i < document.size(); ++i) {
    for (const unsigned change : {0x01U, 0x02U, 0x04U, 0x08U, 0x10U, 0x20U, 0x40U, 0x80U, 0xffU}) {
      Bytes changed = document;
      changed[i] ^= static_cast<std::uint8_t>(change);
      const auto parsed = parse_cose_sign1(changed);
      EXPECT_FALSE(parsed.has_value() && cose_verify(*parsed, key_.public_key()).has_value()) << i;
    }
  }
}

// COSE working group examples, sign1-tests/sign-pass-01.json, has an empty protected header, which
// is refused here; RFC 9052 appendix C.2.1 has a key id outside the signature, refused as well.
TEST_F(CoseSign1, RefusesHeadersOutsideTheSignature) {
  const Bytes example = codec::decode_hex(
                            "8443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb3"
                            "3e4ca31d1c465ab05aac"
                            "34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a22"
                            "3444547e01f11d3b0916"
                            "e5a4c345cacb36")
                            .value();
  EXPECT_EQ(parse_cose_sign1(example).error().code(), Code::malformed_cose);
}

// The signature of that example covers its protected header and payload only, so it verifies once
// the key id is taken away.
TEST_F(CoseSign1, VerifiesTheSignatureOfRfc9052) {
  const Bytes document = codec::decode_hex(
                             "8443a10126a054546869732069732074686520636f6e74656e742e58408eb33e4ca31"
                             "d1c465ab05aac34cc6b23"
                             "d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547"
                             "e01f11d3b0916e5a4c345"
                             "cacb36")
                             .value();
  // RFC 9052 appendix C.7.1, the key with id "11".
  const P256PublicKey key =
      P256PublicKey::parse(
          codec::decode_hex("04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
                            "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e")
              .value())
          .value();
  EXPECT_TRUE(cose_verify(parse_cose_sign1(document).value(), key).has_value());
}

}  // namespace
}  // namespace nsl::crypto
