#include "core/codec/cose.h"

#include <gtest/gtest.h>

#include "core/codec/cbor.h"
#include "core/codec/hex.h"

namespace nsl::codec {
namespace {

CoseSign1 sample() {
  return {.algorithm = CoseAlgorithm::es256,
          .protected_header = cose_protected_header(CoseAlgorithm::es256),
          .payload = to_bytes("This is the content."),
          .signature = Bytes(64, 0x11)};
}

TEST(Cose, ProtectedHeadersNameTheAlgorithm) {
  EXPECT_EQ(encode_hex(cose_protected_header(CoseAlgorithm::es256)), "a10126");
  EXPECT_EQ(encode_hex(cose_protected_header(CoseAlgorithm::es384)), "a1013822");
}

// RFC 9052 appendix C.2.1 (single signer): the ToBeSigned bytes of its example.
TEST(Cose, BuildsTheSigStructureOfRfc9052) {
  const Bytes header = cose_protected_header(CoseAlgorithm::es256);
  EXPECT_EQ(encode_hex(sig_structure(header, {}, as_bytes("This is the content."))),
            "846a5369676e61747572653143a101264054546869732069732074686520636f6e74656e742e");
}

TEST(Cose, ParsesWhatItEncodes) {
  const Bytes bytes = encode_cose_sign1(sample());
  const CoseSign1 document = parse_cose_sign1(bytes).value();
  EXPECT_EQ(document.algorithm, CoseAlgorithm::es256);
  EXPECT_EQ(document.protected_header, sample().protected_header);
  EXPECT_EQ(document.payload, sample().payload);
  EXPECT_EQ(document.signature, sample().signature);
}

TEST(Cose, ToleratesTheTagOnlyWhenAsked) {
  Bytes tagged = encode_cose_sign1(sample());
  tagged.insert(tagged.begin(), 0xd2);
  EXPECT_FALSE(parse_cose_sign1(tagged).has_value());
  EXPECT_TRUE(parse_cose_sign1(tagged, CoseTag::tolerated).has_value());
  tagged[0] = 0xd1;
  EXPECT_FALSE(parse_cose_sign1(tagged, CoseTag::tolerated).has_value());
  tagged[0] = 0xd2;
  tagged.insert(tagged.begin(), 0xd2);
  EXPECT_FALSE(parse_cose_sign1(tagged, CoseTag::tolerated).has_value());
}

Bytes with_parts(std::string_view header_hex, std::string_view unprotected_hex,
                 std::size_t signature_bytes) {
  CborWriter writer;
  writer.begin_array(4)
      .write_bytes(decode_hex(header_hex).value())
      .write_encoded(decode_hex(unprotected_hex).value())
      .write_bytes(as_bytes("payload"))
      .write_bytes(Bytes(signature_bytes));
  return std::move(writer).take();
}

TEST(Cose, RefusesOtherHeadersAndSignatureLengths) {
  EXPECT_TRUE(parse_cose_sign1(with_parts("a10126", "a0", 64)).has_value());
  EXPECT_TRUE(parse_cose_sign1(with_parts("a1013822", "a0", 96)).has_value());
  // The algorithm is missing, unknown, of another type, not alone, not minimal, or followed.
  for (const char* header : {"", "a0", "a10127", "a1016161", "a201260300", "a1013806", "a1012600",
                             "80", "a10226", "a1613126"}) {
    EXPECT_FALSE(parse_cose_sign1(with_parts(header, "a0", 64)).has_value()) << header;
  }
  EXPECT_FALSE(parse_cose_sign1(with_parts("a10126", "a10126", 64)).has_value());
  EXPECT_FALSE(parse_cose_sign1(with_parts("a10126", "80", 64)).has_value());
  EXPECT_FALSE(parse_cose_sign1(with_parts("a10126", "f6", 64)).has_value());
  for (const std::size_t size : {0U, 63U, 65U, 70U, 96U}) {
    EXPECT_FALSE(parse_cose_sign1(with_parts("a10126", "a0", size)).has_value()) << size;
  }
}

TEST(Cose, RefusesOtherShapes) {
  for (const char* text : {"80", "a0", "f6", "8343a10126a04100", "8443a10126a0f64100", ""}) {
    EXPECT_FALSE(parse_cose_sign1(decode_hex(text).value()).has_value()) << text;
  }
}

TEST(Cose, EveryChangedByteIsRefusedOrChangesWhatIsSignedOrTheSignature) {
  const CoseSign1 original = sample();
  const Bytes bytes = encode_cose_sign1(original);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned change = 1; change < 256; ++change) {
      Bytes changed = bytes;
      changed[i] ^= static_cast<std::uint8_t>(change);
      for (const CoseTag tag : {CoseTag::refused, CoseTag::tolerated}) {
        const Result<CoseSign1> document = parse_cose_sign1(changed, tag);
        if (!document.has_value()) continue;
        EXPECT_TRUE(document->payload != original.payload ||
                    document->signature != original.signature)
            << "byte " << i;
      }
    }
  }
}

TEST(Cose, RefusesEveryTruncationAndAnyTrailingByte) {
  const Bytes bytes = encode_cose_sign1(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_cose_sign1(ByteView(bytes).first(size)).has_value());
  }
  Bytes longer = bytes;
  longer.push_back(0x00);
  EXPECT_EQ(parse_cose_sign1(longer).error().code(), Code::trailing_bytes);
}

}  // namespace
}  // namespace nsl::codec
