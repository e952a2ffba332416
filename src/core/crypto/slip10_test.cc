#include "core/crypto/slip10.h"

#include <gtest/gtest.h>

#include "core/codec/hex.h"
#include "core/crypto/hmac_sha512.h"

namespace nsl::crypto {
namespace {

Bytes from_hex(std::string_view text) { return codec::decode_hex(text).value(); }

template <std::size_t N>
std::string hex_of(const Secret<N>& secret) {
  return codec::encode_hex(secret.reveal());
}

// RFC 4231 test cases 1, 2 and 6.
TEST(HmacSha512, FollowsRfc4231) {
  EXPECT_EQ(hex_of(hmac_sha512(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  EXPECT_EQ(hex_of(hmac_sha512(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(hex_of(hmac_sha512(Bytes(131, 0xaa),
                               as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
            "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

// The seed of BIP-39's first test vector (github.com/trezor/python-mnemonic, vectors.json).
TEST(Pbkdf2HmacSha512, FollowsBip39) {
  EXPECT_EQ(hex_of(pbkdf2_hmac_sha512(
                as_bytes("abandon abandon abandon abandon abandon abandon abandon abandon abandon "
                         "abandon abandon about"),
                as_bytes("mnemonicTREZOR"), 2048)),
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e"
            "1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
}

struct NodeVector {
  std::string_view seed;
  std::vector<std::uint32_t> path;
  std::string_view chain_code;
  std::string_view key;
};

// slip-0010: test vector 1, derivation retry and seed retry for nist256p1.
TEST(Slip10, FollowsItsPublishedVectors) {
  constexpr std::string_view kSeed = "000102030405060708090a0b0c0d0e0f";
  constexpr std::uint32_t kHard = kSlip10Hardened;
  const std::vector<NodeVector> vectors = {
      {kSeed,
       {},
       "beeb672fe4621673f722f38529c07392fecaa61015c80c34f29ce8b41b3cb6ea",
       "612091aaa12e22dd2abef664f8a01a82cae99ad7441b7ef8110424915c268bc2"},
      {kSeed,
       {kHard},
       "3460cea53e6a6bb5fb391eeef3237ffd8724bf0a40e94943c98b83825342ee11",
       "6939694369114c67917a182c59ddb8cafc3004e63ca5d3b84403ba8613debc0c"},
      {kSeed,
       {kHard, 1},
       "4187afff1aafa8445010097fb99d23aee9f599450c7bd140b6826ac22ba21d0c",
       "284e9d38d07d21e4e281b645089a94f4cf5a5a81369acf151a1c3a57f18b2129"},
      {kSeed,
       {kHard + 28578},
       "e94c8ebe30c2250a14713212f6449b20f3329105ea15b652ca5bdfc68f6c65c2",
       "06f0db126f023755d0b8d86d4591718a5210dd8d024e3e14b6159d63f53aa669"},
      {kSeed,
       {kHard + 28578, 33941},
       "9e87fe95031f14736774cd82f25fd885065cb7c358c1edf813c72af535e83071",
       "092154eed4af83e078ff9b84322015aefe5769e31270f62c3f66c33888335f3a"},
      {"a7305bc8df8d0951f0cb224c0e95d7707cbdf2c6ce7e8d481fec69c7ff5e9446",
       {},
       "7762f9729fed06121fd13f326884c82f59aa95c57ac492ce8c9654e60efd130c",
       "3b8c18469a4634517d6d0b65448f8e6c62091b45540a1743c5846be55d47d88f"}};
  for (const NodeVector& each : vectors) {
    const Slip10Node node = slip10_derive(from_hex(each.seed), each.path);
    EXPECT_EQ(hex_of(node.chain_code), each.chain_code);
    EXPECT_EQ(hex_of(node.key.secret()), each.key);
  }
}

}  // namespace
}  // namespace nsl::crypto
