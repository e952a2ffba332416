#include "enclave/attest/attester.h"

#include <gtest/gtest.h>

#include <string>

#include "core/attestation/testing/software_module.h"
#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::enclave::attest {
namespace {

constexpr WallTime kNow(1'795'000'000'000);

// The test PKI of core/attestation behind the enclave's interface.
class FakeModule final : public SecurityModule {
 public:
  FakeModule(Random& random, const Clock& clock) : module_(random, kNow), clock_(clock) {}

  attestation::Mode mode() const override { return attestation::Mode::development; }
  Result<Bytes> attest(const AttestationRequest& request) override {
    if (is_broken) return fail(Code::attestation_unavailable);
    ++documents;
    return module_.sign(module_.fields({.timestamp = clock_.wall_time(),
                                        .registers = attestation::plausible_registers(),
                                        .public_key = request.public_key,
                                        .user_data = request.user_data,
                                        .nonce = request.nonce}));
  }
  Result<ModuleDescription> describe() override {
    return ModuleDescription{.module_id = "module",
                             .registers = attestation::plausible_registers()};
  }
  Result<void> fill_random(std::span<std::uint8_t>) override { return {}; }
  attestation::TrustAnchor anchor() const { return module_.anchor(); }

  int documents = 0;
  bool is_broken = false;

 private:
  attestation::SoftwareModule module_;
  const Clock& clock_;
};

class AttesterTest : public ::testing::Test {
 protected:
  Result<attestation::VerifiedAttestation> verify(const v1::Attestation& reply,
                                                  std::optional<Bytes> nonce) {
    return attestation::verify(
        as_bytes(reply.document()), as_bytes(reply.binding()), module_.anchor(),
        {.at = clock_.wall_time(), .nonce = std::move(nonce), .measurements = {}});
  }

  SeededRandom random_{1};
  ManualClock clock_{kNow};
  FakeModule module_{random_, clock_};
  const keys::LiveKeys keys_ = keys::make_live_keys(random_);
  const keys::StateHead state_{.counter = 9, .head = random_.bytes<32>()};
  Attester attester_{
      {.module = module_, .keys = keys_, .clock = clock_, .state = state_, .version = "0.1.0"}};
};

TEST_F(AttesterTest, BindsTheLiveKeysAndTheState) {
  const auto reply = attester_.get("00ff");
  ASSERT_TRUE(reply.has_value());
  const auto verified = verify(*reply, Bytes{0x00, 0xff});
  ASSERT_TRUE(verified.has_value()) << verified.error().message();
  EXPECT_EQ(verified->binding.sealing_key, keys_.sealing.public_key());
  EXPECT_EQ(verified->binding.receipt_key, keys_.receipt.public_key());
  EXPECT_EQ(verified->binding.boot_id, keys_.boot_id);
  EXPECT_EQ(verified->binding.state_counter, 9U);
  EXPECT_EQ(verified->binding.state_head, state_.head);
  EXPECT_EQ(verified->binding.version, "0.1.0");
  EXPECT_EQ(verified->binding_digest, attester_.binding_digest());
  EXPECT_EQ(reply->mode(), v1::Attestation::dev);
  EXPECT_EQ(as_bytes(reply->sealing_key()).size(), 65U);
  EXPECT_EQ(as_bytes(reply->receipt_key()).size(), 33U);
}

TEST_F(AttesterTest, SignsEachNonceAndRefusesBadOnes) {
  ASSERT_TRUE(attester_.get("01").has_value());
  ASSERT_TRUE(attester_.get("01").has_value());
  EXPECT_EQ(module_.documents, 2);
  EXPECT_EQ(attester_.get("0").error().code(), Code::invalid_argument);
  EXPECT_EQ(attester_.get("zz").error().code(), Code::invalid_argument);
  const std::string longest(2 * limits::kAttestationNonceBytesMax, 'a');
  EXPECT_TRUE(attester_.get(longest).has_value());
  EXPECT_EQ(attester_.get(longest + "aa").error().code(), Code::invalid_argument);
}

TEST_F(AttesterTest, ServesOneDocumentWithoutNonceForAWhile) {
  const auto first = attester_.get("");
  clock_.advance_ms(limits::kAttestationCacheMs - 1);
  EXPECT_EQ(attester_.get("")->document(), first->document());
  EXPECT_EQ(to_string(attester_.evidence()->document), first->document());
  EXPECT_EQ(module_.documents, 1);
  clock_.advance_ms(1);
  EXPECT_NE(attester_.get("")->document(), first->document());
  EXPECT_EQ(attester_.get("")->binding(), first->binding());
}

TEST_F(AttesterTest, ShowsOnlyRegistersThatAreSet) {
  const auto reply = attester_.measurements();
  ASSERT_EQ(reply->pcrs_size(), 5);
  EXPECT_EQ(reply->pcrs(0).index(), 0U);
  EXPECT_EQ(reply->pcrs(0).value().size(), 96U);
  EXPECT_EQ(reply->module_id(), "module");
  EXPECT_EQ(reply->version(), "0.1.0");
}

TEST_F(AttesterTest, FailsWithoutASecurityModule) {
  module_.is_broken = true;
  EXPECT_EQ(attester_.get("").error().code(), Code::attestation_unavailable);
  module_.is_broken = false;
  EXPECT_TRUE(attester_.get("").has_value());
}

}  // namespace
}  // namespace nsl::enclave::attest
