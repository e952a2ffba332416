#include "core/neo/state_root.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// Written and signed for the public test network by neo-go v0.122.0 pkg/core/state (MPTRoot), with
// three of the first four numbered keys.
constexpr std::string_view kStateRoot =
    "0007000000243c02efed4ff0c1835bcb4a078cd20cd997b911d50772ea9d5a564e2275902001c60c40941b35"
    "d3fd6537bb414c46e2f36371d4dc94059a0343ddf69835fe86ba045de312026b088a1e6430efcca6d8a02ec8"
    "f7dd9c15160834d92048586effb11a49fd0c40af3337986155e732727474e8656a9851ed63ce62050e485275"
    "38a11df64538c297e5c7ca5f1466d526ddfad23a72049612c22a6fdd12e1432445ec4ccae818e80c40d723c8"
    "dd1dc15521e721468826ea1f2105f0e1f988c03b83011db38a86a2bd736ec04bc6e95dc6cabcc7b79e389772"
    "8f539c885ff93295423c88d15ccb5195d793130c21021bf752a03ec82ead4ea11f46189a0faa840016adb193"
    "4bcc00ec34647d2a00d40c21031ff92690d8107533ff54ac3291ae90c96cc7770860cc97fbde83f2bfd1ee5a"
    "590c21023916a15b1436ed14cd9640053d75e0877aec2fc5a43ccda84c3cbb4788f45f070c2103f9387a13e3"
    "1ef4344fda34236d9207e1e38e3c16314db21f78b117f873ad91cc14419ed0dc3a";
constexpr std::string_view kHash =
    "0x5c7018ec448bd7f782079029e526c557ccf8ab1c8a74cc9b8cf108d126177d25";
constexpr std::string_view kJson =
    R"({"version":0,"index":7,"roothash":"0x209075224e565a9dea7207d511b997d90cd28c074acb5b83c1f04fedef023c24","witnesses":[{"invocation":"DECUGzXT/WU3u0FMRuLzY3HU3JQFmgND3faYNf6GugRd4xICawiKHmQw78ym2KAuyPfdnBUWCDTZIEhYbv+xGkn9DECvMzeYYVXnMnJ0dOhlaphR7WPOYgUOSFJ1OKEd9kU4wpflx8pfFGbVJt360jpyBJYSwipv3RLhQyRF7EzK6BjoDEDXI8jdHcFVIechRogm6h8hBfDh+YjAO4MBHbOKhqK9c27AS8bpXcbKvMe3njiXco9TnIhf+TKVQjyI0VzLUZXX","verification":"EwwhAhv3UqA+yC6tTqEfRhiaD6qEABatsZNLzADsNGR9KgDUDCEDH/kmkNgQdTP/VKwyka6QyWzHdwhgzJf73oPyv9HuWlkMIQI5FqFbFDbtFM2WQAU9deCHeuwvxaQ8zahMPLtHiPRfBwwhA/k4ehPjHvQ0T9o0I22SB+HjjjwWMU2yH3ixF/hzrZHMFEGe0Nw6"}]})";

StateRoot signed_root() { return parse_state_root(from_hex(kStateRoot)).value(); }

UInt160 validators() {
  std::vector<PublicKey> keys;
  for (int i = 0; i < 4; ++i) keys.push_back(numbered_key(i).public_key());
  return byzantine_account(keys).value();
}

TEST(StateRoot, IsReadWrittenAndHashedAsNeoGoDoes) {
  const StateRoot root = signed_root();
  EXPECT_EQ(root.index, BlockIndex(7));
  EXPECT_EQ(codec::encode_hex(encode(root)), kStateRoot);
  EXPECT_EQ(hash_of(root).to_text(), kHash);
  EXPECT_EQ(to_text(to_json(root)), kJson);
  EXPECT_EQ(parse_rpc_state_root(parse_json(kJson, 4096).value()).value(), root);
}

TEST(StateRoot, IsBelievedWhenItsValidatorsSigned) {
  EXPECT_EQ(validators().to_text(), "0x73acf0c072d75f4784cc15c8ce18eab3188b0b1a");
  EXPECT_TRUE(verify_state_root(signed_root(), validators(), kTestNet).has_value());
  EXPECT_EQ(verify_state_root(signed_root(), validators(), kMainNet).error().code(),
            Code::invalid_signature);
  EXPECT_FALSE(verify_state_root(signed_root(), UInt160(), kTestNet).has_value());
  StateRoot other = signed_root();
  other.index = BlockIndex(8);
  EXPECT_FALSE(verify_state_root(other, validators(), kTestNet).has_value());
  other = signed_root();
  other.witness.reset();
  EXPECT_FALSE(verify_state_root(other, validators(), kTestNet).has_value());
}

TEST(StateRoot, MayBeUnsigned) {
  StateRoot root = signed_root();
  root.witness.reset();
  EXPECT_EQ(parse_state_root(encode(root)).value(), root);
  EXPECT_EQ(parse_rpc_state_root(to_json(root)).value(), root);
  JsonValue json = JsonValue::object();
  json.add("version", JsonValue::integer(0)).add("index", JsonValue::integer(7));
  json.add("roothash", JsonValue::string(root.root.to_text()));
  EXPECT_EQ(parse_rpc_state_root(json).value(), root);
}

TEST(StateRoot, EveryChangedByteIsRefusedOrUnsigned) {
  const Bytes bytes = from_hex(kStateRoot);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 0x01;
    const Result<StateRoot> root = parse_state_root(changed);
    if (!root.has_value()) continue;
    EXPECT_EQ(encode(*root), changed);
    EXPECT_FALSE(verify_state_root(*root, validators(), kTestNet).has_value()) << i;
  }
}

TEST(StateRoot, RefusesAnotherVersionAndMoreWitnesses) {
  Bytes bytes = from_hex(kStateRoot);
  bytes[0] = 1;
  EXPECT_EQ(parse_state_root(bytes).error().code(), Code::unsupported_version);
  bytes[0] = 0;
  bytes.push_back(0);
  EXPECT_EQ(parse_state_root(bytes).error().code(), Code::trailing_bytes);
  JsonValue json = JsonValue::object();
  json.add("version", JsonValue::integer(1));
  EXPECT_EQ(parse_rpc_state_root(json).error().code(), Code::unsupported_version);
}

}  // namespace
}  // namespace nsl::neo
