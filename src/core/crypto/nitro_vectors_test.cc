// Real attestation documents, signed by the Nitro attestation PKI. They are read from a folder
// beside the project and these tests are skipped where it is absent.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "core/codec/cbor.h"
#include "core/codec/cose.h"
#include "core/codec/hex.h"
#include "core/crypto/cose_sign1.h"
#include "core/crypto/hash.h"
#include "core/crypto/pem.h"
#include "core/crypto/x509.h"

namespace nsl::crypto {
namespace {

using codec::CborForm;
using codec::CborValue;
using codec::parse_cbor;
using codec::parse_cose_sign1;

constexpr codec::CborOptions kPayload{.form = CborForm::foreign, .depth_max = 4};

// SHA-256 of the root certificate AWS publishes (aws.nitro-enclaves, G1).
constexpr std::string_view kRootDigest =
    "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b";

struct Vector {
  const char* file;
  std::int64_t timestamp_ms;
};

constexpr Vector kVectors[] = {{"att-signed-eif-pcr8-nonce256.cose", 1665651482136},
                               {"att-max-fields-1024.cose", 1725719859545},
                               {"att-debug-mode.cose", 1725719886508},
                               {"att-rsa2048-spki-pcr3.cose", 1616602241734}};

std::filesystem::path vectors_folder() {
  if (const char* folder = std::getenv("NSL_SHARED_VECTORS")) return folder;
  const char* source = std::getenv("NSL_SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "../shared/vectors";
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class NitroVectors : public testing::TestWithParam<Vector> {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = vectors_folder() / "tee";
    if (!std::filesystem::exists(folder / GetParam().file)) {
      GTEST_SKIP() << "no attestation vectors; set NSL_SHARED_VECTORS to their folder";
    }
    document_ = to_bytes(read(folder / GetParam().file));
    root_ = decode_certificate_pem(read(folder / "aws-nitro-root-G1.pem")).value();
  }

  // Checks everything below the attestation rules: COSE, payload, chain, signature.
  std::optional<std::int64_t> verified_timestamp(ByteView document, std::int64_t at_offset_ms = 0) {
    const auto cose = parse_cose_sign1(document, codec::CoseTag::tolerated);
    if (!cose.has_value()) return std::nullopt;
    const auto payload = parse_cbor(cose->payload, kPayload);
    if (!payload.has_value()) return std::nullopt;
    const CborValue* timestamp = payload->find("timestamp");
    const CborValue* leaf = payload->find("certificate");
    const CborValue* bundle = payload->find("cabundle");
    if (timestamp == nullptr || leaf == nullptr || bundle == nullptr) return std::nullopt;
    if (!timestamp->to_unsigned().has_value() || !leaf->to_bytes().has_value() ||
        !bundle->to_array().has_value() || bundle->to_array()->empty()) {
      return std::nullopt;
    }
    CertificateChain chain{.leaf = *leaf->to_bytes(), .intermediates = {}, .root = root_};
    // The first of the bundle is the root again; the pinned one is used instead.
    for (const CborValue& certificate : bundle->to_array()->subspan(1)) {
      if (!certificate.to_bytes().has_value()) return std::nullopt;
      chain.intermediates.push_back(*certificate.to_bytes());
    }
    const auto at = static_cast<std::int64_t>(*timestamp->to_unsigned());
    const auto key = verify_certificate_chain(chain, WallTime(at + at_offset_ms));
    if (!key.has_value() || !cose_verify(*cose, *key).has_value()) return std::nullopt;
    return at;
  }

  Bytes document_;
  Bytes root_;
};

TEST_P(NitroVectors, VerifyAtTheirOwnTimeAgainstThePinnedRoot) {
  EXPECT_EQ(codec::encode_hex(sha256(root_)), kRootDigest);
  EXPECT_EQ(verified_timestamp(document_), GetParam().timestamp_ms);
}

TEST_P(NitroVectors, DoNotVerifyHoursLaterOrEarlier) {
  constexpr std::int64_t hour = 3600 * 1000;
  EXPECT_FALSE(verified_timestamp(document_, 4 * hour).has_value());
  EXPECT_FALSE(verified_timestamp(document_, -hour).has_value());
}

TEST_P(NitroVectors, KeepTheirBytesWhenEncodedAgain) {
  const codec::CoseSign1 cose = parse_cose_sign1(document_).value();
  EXPECT_EQ(codec::encode_cose_sign1(cose), document_);
}

TEST_P(NitroVectors, RefuseAChangedByteAnywhere) {
  // One bit in every 29th byte: headers, payload, certificates and signature are all hit.
  for (std::size_t i = 0; i < document_.size(); i += 29) {
    Bytes changed = document_;
    changed[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    ASSERT_FALSE(verified_timestamp(changed).has_value()) << "byte " << i;
  }
}

TEST_P(NitroVectors, RefuseTruncationAndTrailingBytes) {
  for (std::size_t size = 0; size < document_.size(); size += 97) {
    EXPECT_FALSE(verified_timestamp(ByteView(document_).first(size)).has_value());
  }
  Bytes longer = document_;
  longer.push_back(0x00);
  EXPECT_FALSE(verified_timestamp(longer).has_value());
}

INSTANTIATE_TEST_SUITE_P(All, NitroVectors, testing::ValuesIn(kVectors),
                         [](const testing::TestParamInfo<Vector>& vector) {
                           return "Document" + std::to_string(vector.index);
                         });

}  // namespace
}  // namespace nsl::crypto
