#include "runner/guest/random_stream.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "core/codec/hex.h"

namespace nsl::runner::guest {
namespace {

// RFC 8439, appendix A.1: test vectors 1 and 2, the first two blocks under a key of zeros, and
// vector 4's key, 00 ff 00 ... 00, at its block 2.
TEST(RandomStream, IsTheKeyStreamOfChaCha20) {
  RandomStream stream((abi::Seed{}));
  Bytes bytes(128);
  stream.fill(bytes);
  EXPECT_EQ(codec::encode_hex(bytes),
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
            "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
            "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
            "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");

  RandomStream other((abi::Seed{0xff00}));
  Bytes third(192);
  other.fill(third);
  EXPECT_EQ(codec::encode_hex(ByteView(third).subspan(128)),
            "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
            "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096");
}

TEST(RandomStream, GivesTheSameBytesInPiecesOfAnySize) {
  const abi::Seed seed = {1, 2, 3, 4};
  Bytes whole(300);
  RandomStream(seed).fill(whole);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{65}}) {
    RandomStream stream(seed);
    Bytes parts(whole.size());
    for (std::size_t at = 0; at < parts.size(); at += piece) {
      stream.fill(std::span(parts).subspan(at, std::min(piece, parts.size() - at)));
    }
    EXPECT_EQ(parts, whole);
  }
}

}  // namespace
}  // namespace nsl::runner::guest
