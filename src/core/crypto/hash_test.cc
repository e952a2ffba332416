#include "core/crypto/hash.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/codec/hex.h"

namespace nsl::crypto {
namespace {

using codec::encode_hex;

// FIPS 180-4 example messages, as published by NIST (CSRC example values).
TEST(Hash, MatchesTheNistExamples) {
  EXPECT_EQ(encode_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(encode_hex(sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(
      encode_hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(encode_hex(sha384(as_bytes("abc"))),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(encode_hex(sha512(as_bytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

// Dobbertin, Bosselaers, Preneel: RIPEMD-160 test values.
TEST(Hash, MatchesTheRipemdValues) {
  EXPECT_EQ(encode_hex(ripemd160({})), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
  EXPECT_EQ(encode_hex(ripemd160(as_bytes("abc"))), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
}

TEST(Hash, ComposesNeosTwoHashes) {
  EXPECT_EQ(hash256(as_bytes("neo")), sha256(sha256(as_bytes("neo"))));
  EXPECT_EQ(hash160(as_bytes("neo")), ripemd160(sha256(as_bytes("neo"))));
}

TEST(Hash, GivesTheSameDigestInPieces) {
  SeededRandom random(1);
  Bytes data(1000);
  random.fill(data);
  for (std::size_t cut = 0; cut <= data.size(); cut += 7) {
    Sha256 hash;
    hash.update(ByteView(data).first(cut)).update(ByteView(data).subspan(cut));
    EXPECT_EQ(hash.finish(), sha256(data));
  }
}

TEST(Hash, CopiesContinueApart) {
  Sha256 base;
  base.update(as_bytes("a"));
  Sha256 other = base;
  EXPECT_EQ(base.update(as_bytes("b")).finish(), sha256(as_bytes("ab")));
  EXPECT_EQ(other.update(as_bytes("c")).finish(), sha256(as_bytes("ac")));
}

}  // namespace
}  // namespace nsl::crypto
