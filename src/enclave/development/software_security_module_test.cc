#include "enclave/development/software_security_module.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/crypto/pem.h"
#include "enclave/attest/attester.h"
#include "enclave/development/development_testing.h"

namespace nsl::enclave::development {
namespace {

constexpr WallTime kNow(1'795'000'000'000);
constexpr std::int64_t kHourMs = 3'600'000;

class SoftwareModuleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("enclave", "the enclave's program");
    directory_.write("runner", "the runner's program");
    module_ = must_open();
  }

  std::unique_ptr<SoftwareSecurityModule> must_open() {
    auto module = SoftwareSecurityModule::open({.directory = directory_.file("state"),
                                                .platform_files = {directory_.file("enclave")},
                                                .application_files = {directory_.file("runner")}},
                                               clock_, random_);
    EXPECT_TRUE(module.has_value());
    return std::move(*module);
  }
  attestation::TrustAnchor anchor() const {
    const auto anchor =
        attestation::parse_development_root(directory_.read("state/development-root.pem"));
    EXPECT_TRUE(anchor.has_value());
    return *anchor;
  }
  Result<attestation::Document> verify(ByteView document) const {
    return attestation::verify_document(document, anchor(), clock_.wall_time());
  }

  testing::TemporaryDirectory directory_;
  SeededRandom random_{1};
  ManualClock clock_{kNow};
  std::unique_ptr<SoftwareSecurityModule> module_;
};

TEST_F(SoftwareModuleTest, IssuesDocumentsTheVerifierAccepts) {
  const auto document =
      module_->attest({.user_data = Bytes{1}, .nonce = Bytes{}, .public_key = std::nullopt});
  const auto verified = verify(*document);
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->user_data, Bytes{1});
  EXPECT_EQ(verified->nonce, Bytes{});
  EXPECT_EQ(verified->public_key, std::nullopt);
  EXPECT_EQ(verified->timestamp, kNow);
  EXPECT_EQ(verified->cabundle.size(), 4U);
  EXPECT_EQ(verified->registers, module_->describe()->registers);
}

TEST_F(SoftwareModuleTest, AWholeAttestationVerifiesThroughTheAttester) {
  const keys::LiveKeys live = keys::make_live_keys(random_);
  attest::Attester attester(
      {.module = *module_, .keys = live, .clock = clock_, .state = {}, .version = "0.1.0"});
  const auto reply = attester.get("aabb");
  const auto verified =
      attestation::verify(as_bytes(reply->document()), as_bytes(reply->binding()), anchor(),
                          {.at = kNow, .nonce = Bytes{0xaa, 0xbb}, .measurements = {}});
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->mode, attestation::Mode::development);
  EXPECT_EQ(verified->binding.receipt_key, live.receipt.public_key());
}

TEST_F(SoftwareModuleTest, ANotherInstallationsRootIsNotAccepted) {
  const testing::TemporaryDirectory other;
  const auto stranger = SoftwareSecurityModule::open(
      {.directory = other.file("state"), .platform_files = {}, .application_files = {}}, clock_,
      random_);
  EXPECT_EQ(verify(*(*stranger)->attest({})).error().code(), Code::attestation_untrusted);
  EXPECT_FALSE(attestation::verify_document(*module_->attest({}), attestation::aws_nitro_root(),
                                            clock_.wall_time())
                   .has_value());
}

TEST_F(SoftwareModuleTest, KeepsItsRootAcrossRestarts) {
  const Bytes root = module_->root_certificate();
  const auto document = module_->attest({});
  module_ = must_open();
  EXPECT_EQ(module_->root_certificate(), root);
  EXPECT_TRUE(verify(*document).has_value());
  EXPECT_FALSE(testing::is_open_to_others(directory_.file("state/root.key")));
}

TEST_F(SoftwareModuleTest, MeasuresTheProgramsItself) {
  const auto before = module_->describe()->registers;
  for (std::uint32_t index = 0; index < 5; ++index) {
    EXPECT_NE(before.at(index), crypto::Digest48{}) << index;
  }
  directory_.write("runner", "another runner");
  const auto after = must_open()->describe()->registers;
  EXPECT_NE(after.at(0), before.at(0));
  EXPECT_EQ(after.at(1), before.at(1));
  EXPECT_NE(after.at(2), before.at(2));
  EXPECT_EQ(after.at(4), before.at(4));
}

TEST_F(SoftwareModuleTest, RenewsItsLeafBeforeItRunsOut) {
  for (int hour = 0; hour < 60; ++hour) {
    ASSERT_TRUE(verify(*module_->attest({})).has_value()) << hour;
    clock_.advance_ms(kHourMs);
  }
}

TEST_F(SoftwareModuleTest, ADocumentRunsOutAfterThreeHours) {
  const auto document = module_->attest({});
  clock_.advance_ms(3 * kHourMs + 1000);
  EXPECT_FALSE(verify(*document).has_value());
}

TEST_F(SoftwareModuleTest, RefusesAFieldTheRealModuleWouldRefuse) {
  EXPECT_TRUE(
      module_->attest({.user_data = Bytes(1024), .nonce = {}, .public_key = {}}).has_value());
  EXPECT_EQ(
      module_->attest({.user_data = Bytes(1025), .nonce = {}, .public_key = {}}).error().code(),
      Code::attestation_unavailable);
}

TEST_F(SoftwareModuleTest, RefusesADamagedRoot) {
  std::filesystem::resize_file(directory_.file("state/root.key"), 47);
  const auto module = SoftwareSecurityModule::open(
      {.directory = directory_.file("state"), .platform_files = {}, .application_files = {}},
      clock_, random_);
  EXPECT_EQ(module.error().code(), Code::unlock_failed);
}

TEST_F(SoftwareModuleTest, RefusesARootCertificateOfAnotherKey) {
  const testing::TemporaryDirectory other;
  const auto stranger = SoftwareSecurityModule::open(
      {.directory = other.file("state"), .platform_files = {}, .application_files = {}}, clock_,
      random_);
  ASSERT_TRUE(stranger.has_value());
  directory_.write("state/development-root.pem", other.read("state/development-root.pem"));
  EXPECT_EQ(load_development_root(directory_.file("state"), clock_, random_).error().code(),
            Code::unlock_failed);
}

TEST(RegisterBank, ExtendsAsTheNitroCardDoesAndLocks) {
  RegisterBank bank;
  const Bytes data = {1, 2, 3};
  ASSERT_TRUE(bank.extend(20, data).has_value());
  EXPECT_FALSE(bank.described().contains(20));
  ASSERT_TRUE(bank.lock(20).has_value());
  Bytes expected(48);
  append(expected, data);
  EXPECT_EQ(bank.described().at(20), crypto::sha384(expected));
  EXPECT_EQ(bank.extend(20, data).error().code(), Code::invalid_argument);
  EXPECT_EQ(bank.extend(32, data).error().code(), Code::invalid_argument);
  EXPECT_EQ(bank.lock(32).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::enclave::development
