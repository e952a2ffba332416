// Documents signed by the real Nitro attestation PKI. They are read from a folder beside the
// project, and these tests are skipped where it is absent.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/attestation/attestation.h"
#include "core/attestation/testing/software_module.h"
#include "core/codec/hex.h"

namespace nsl::attestation {
namespace {

struct Genuine {
  const char* file;
  std::int64_t timestamp_ms;
  const char* module_id;
  std::uint32_t register_index;
  const char* register_start;
};

constexpr Genuine kProduction[] = {
    {"att-signed-eif-pcr8-nonce256.cose", 1665651482136, "i-020b6af9246d90e92-enc0183d09086c24190",
     8, "8790eb3cce6c83d0"},
    {"att-max-fields-1024.cose", 1725719859545, "i-0a22e5c5f24d22174-enc0191cceb4289903f", 0,
     "e72a46ca80a260fb"},
    {"att-rsa2048-spki-pcr3.cose", 1616602241734, "i-0a6d65e7122308898-enc017846bcd2f820da", 3,
     "bddd5d9c1ecbb663"}};
constexpr const char* kDebugMode = "att-debug-mode.cose";
constexpr WallTime kDebugTime(1725719886508);
constexpr std::int64_t kHourMs = 3'600'000;

std::filesystem::path folder() {
  if (const char* shared = std::getenv("NSL_SHARED_VECTORS")) {
    return std::filesystem::path(shared) / "tee";
  }
  const char* source = std::getenv("NSL_SOURCE_DIR");
  return std::filesystem::path(source == nullptr ? "." : source) / "../shared/vectors/tee";
}

Bytes read(const char* name) {
  std::ifstream file(folder() / name, std::ios::binary);
  return to_bytes(std::string{std::istreambuf_iterator<char>(file), {}});
}

class RealDocuments : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder() / kDebugMode)) {
      GTEST_SKIP() << "no attestation vectors; set NSL_SHARED_VECTORS to their folder";
    }
  }
};

TEST_F(RealDocuments, VerifyAtTheirOwnTime) {
  for (const Genuine& genuine : kProduction) {
    const WallTime at(genuine.timestamp_ms);
    const auto document = verify_document(read(genuine.file), aws_nitro_root(), at);
    ASSERT_TRUE(document.has_value()) << genuine.file << ": " << document.error().message();
    EXPECT_EQ(document->timestamp, at);
    EXPECT_EQ(document->module_id, genuine.module_id);
    const std::string value = codec::encode_hex(document->registers.at(genuine.register_index));
    EXPECT_TRUE(value.starts_with(genuine.register_start)) << value;
  }
}

TEST_F(RealDocuments, AreStaleAnHourBeforeAndFourHoursAfter) {
  for (const Genuine& genuine : kProduction) {
    for (const std::int64_t hours : {-1, 4}) {
      const WallTime at(genuine.timestamp_ms + hours * kHourMs);
      const auto document = verify_document(read(genuine.file), aws_nitro_root(), at);
      ASSERT_FALSE(document.has_value()) << genuine.file;
      EXPECT_EQ(document.error().code(), Code::attestation_stale) << genuine.file;
    }
  }
}

TEST_F(RealDocuments, InDebugModeAreRefused) {
  const auto document = verify_document(read(kDebugMode), aws_nitro_root(), kDebugTime);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().code(), Code::attestation_debug_mode);
}

TEST_F(RealDocuments, AreRefusedUnderAnotherRoot) {
  SeededRandom random(1);
  const WallTime at(kProduction[0].timestamp_ms);
  const SoftwareModule other(random, at);
  const auto document = verify_document(read(kProduction[0].file), other.anchor(), at);
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().code(), Code::attestation_untrusted);
}

TEST_F(RealDocuments, BindNoKeysOfOurs) {
  SeededRandom random(1);
  const Bytes binding = encode_binding(make_bound_keys(random).binding);
  for (const Genuine& genuine : kProduction) {
    const Expectations expectations{
        .at = WallTime(genuine.timestamp_ms), .nonce = std::nullopt, .measurements = {}};
    const auto verified = verify(read(genuine.file), binding, aws_nitro_root(), expectations);
    ASSERT_FALSE(verified.has_value());
    EXPECT_EQ(verified.error().code(), Code::attestation_binding_mismatch);
  }
}

TEST_F(RealDocuments, AreRefusedWithOneBitChanged) {
  const Bytes genuine = read(kProduction[0].file);
  const WallTime at(kProduction[0].timestamp_ms);
  // The root certificate inside is ignored; its bytes are still covered by the signature.
  for (std::size_t i = 0; i < genuine.size(); i += 11) {
    Bytes changed = genuine;
    changed[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    EXPECT_FALSE(verify_document(changed, aws_nitro_root(), at).has_value()) << "byte " << i;
  }
}

TEST_F(RealDocuments, AreNoDevelopmentDocuments) {
  const auto fingerprint = crypto::sha256(aws_nitro_root().root_der);
  EXPECT_FALSE(find_development_root(read(kProduction[0].file), fingerprint).has_value());
}

}  // namespace
}  // namespace nsl::attestation
