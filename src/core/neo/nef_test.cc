#include "core/neo/nef.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

// Written by neo-go v0.122.0 pkg/smartcontract/nef, File.Bytes.
constexpr std::string_view kFile =
    "4e4546336e736c2d746573742d312e300000000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000001a68747470733a2f2f6578616d706c652e6f72672f73"
    "6f75726365000101020300000000000000000000000000000000000962616c616e63654f660100010100000557"
    "00017840b18c50b8";
constexpr std::uint32_t kChecksum = 3092286641;

Nef nef_of_vector() {
  UInt160::Array contract{1, 2, 3};
  return Nef{.compiler = "nsl-test-1.0",
             .source = "https://example.org/source",
             .tokens = {{.contract = UInt160(contract),
                         .method = "balanceOf",
                         .parameter_count = 1,
                         .has_return_value = true,
                         .call_flags = CallFlags::read_states}},
             .script = from_hex("5700017840")};
}

TEST(Nef, IsWrittenAndReadAsNeoGoDoes) {
  const Nef nef = nef_of_vector();
  EXPECT_EQ(codec::encode_hex(encode(nef)), kFile);
  EXPECT_EQ(parse_nef(from_hex(kFile)).value(), nef);
  EXPECT_EQ(checksum_of(nef), kChecksum);
}

// neo-go v0.122.0 state.CreateContractHash with the first numbered key as sender.
TEST(Nef, ChecksumMakesTheContractHash) {
  EXPECT_EQ(contract_hash(account_of(numbered_key(0).public_key()), kChecksum, "Test").to_text(),
            "0x68472d8685393cf142572eb817614ca14ef678fe");
}

TEST(Nef, EveryChangedByteIsRefused) {
  const Bytes bytes = from_hex(kFile);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 0x01;
    EXPECT_FALSE(parse_nef(changed).has_value()) << i;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_nef(ByteView(bytes).first(size)).has_value()) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(parse_nef(longer).error().code(), Code::trailing_bytes);
}

TEST(Nef, AWrongChecksumIsShownToTools) {
  Bytes bytes = from_hex(kFile);
  bytes.back() ^= 0xFF;
  EXPECT_EQ(parse_nef(bytes).error().code(), Code::invalid_nef);
  const NefContent content = parse_nef_leniently(bytes).value();
  EXPECT_FALSE(content.is_checksum_valid);
  EXPECT_EQ(content.nef, nef_of_vector());
  EXPECT_TRUE(parse_nef_leniently(from_hex(kFile))->is_checksum_valid);
}

TEST(Nef, EveryBoundIsChecked) {
  const auto refused = [](Nef nef) { return !check_nef(nef).has_value(); };
  Nef nef = nef_of_vector();
  nef.compiler = std::string(kNefCompilerBytesMax, 'x');
  nef.source = std::string(kNefSourceBytesMax, 'x');
  nef.tokens = std::vector<MethodToken>(kNefTokensMax, nef.tokens[0]);
  nef.tokens[0].method = std::string(kNefMethodBytesMax, 'x');
  EXPECT_EQ(parse_nef(encode(nef)).value(), nef);

  Nef bad = nef;
  bad.compiler += 'x';
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.compiler = std::string("x\0", 2);
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.source += 'x';
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.source = "\xff";
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.tokens.push_back(bad.tokens[0]);
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.tokens[0].method += 'x';
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.tokens[0].method = "_deploy";
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.tokens[0].call_flags = static_cast<CallFlags>(16);
  EXPECT_TRUE(refused(bad));
  bad = nef;
  bad.script.clear();
  EXPECT_TRUE(refused(bad));
  bad.script = Bytes(kNefBytesMax, 0x40);
  EXPECT_TRUE(refused(bad));
}

TEST(Nef, TheLargestFileIsTheLargestItem) {
  Nef nef{.compiler = "", .source = "", .tokens = {}, .script = Bytes{0x40}};
  // A longer script has a longer length in front: five bytes instead of one.
  const std::size_t overhead = encode(nef).size() - nef.script.size() + 4;
  nef.script.resize(kNefBytesMax - overhead, 0x40);
  EXPECT_EQ(encode(nef).size(), kNefBytesMax);
  EXPECT_TRUE(parse_nef(encode(nef)).has_value());
  nef.script.push_back(0x40);
  EXPECT_FALSE(check_nef(nef).has_value());
  EXPECT_EQ(parse_nef(Bytes(kNefBytesMax + 1, 0)).error().code(), Code::invalid_nef);
}

}  // namespace
}  // namespace nsl::neo
