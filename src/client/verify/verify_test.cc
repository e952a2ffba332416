#include "client/verify/verify.h"

#include <gtest/gtest.h>

#include "core/attestation/testing/software_module.h"

namespace nsl::client::verify {
namespace {

constexpr WallTime kNow(1'795'000'000'000);

class Evidences : public testing::Test {
 protected:
  SeededRandom random_{5};
  attestation::SoftwareModule module_{random_, kNow};
  attestation::BoundKeys keys_ = attestation::make_bound_keys(random_);
  Bytes document_ = module_.document(keys_.binding, kNow);

  Bytes receipt() const {
    receipt::Receipt receipt;
    receipt.run = "run_01JD7Y3K5QJ8M2N4P6R8T0V2X4";
    receipt.mode = "dev";
    receipt.attestation = document_;
    receipt.binding = attestation::encode_binding(keys_.binding);
    return receipt::sign(receipt, keys_.receipt);
  }
};

TEST_F(Evidences, KnowsAReceiptFromADocument) {
  const auto receipt_found = check_evidence(receipt(), module_.anchor(), {});
  ASSERT_TRUE(receipt_found.has_value()) << receipt_found.error().message();
  EXPECT_TRUE(receipt_found->receipt.has_value());
  EXPECT_FALSE(receipt_found->document.has_value());
  const auto document_found = check_evidence(document_, module_.anchor(), {});
  ASSERT_TRUE(document_found.has_value());
  EXPECT_TRUE(document_found->document.has_value());
}

TEST_F(Evidences, RefusesBothUnderAwsRoot) {
  for (const Bytes& file : {receipt(), document_}) {
    const auto evidence = check_evidence(file, attestation::aws_nitro_root(), {});
    ASSERT_FALSE(evidence.has_value());
    EXPECT_EQ(evidence.error().code(), Code::attestation_untrusted);
  }
}

TEST_F(Evidences, ComparesBothWithTheManifest) {
  for (const Bytes& file : {receipt(), document_}) {
    EXPECT_TRUE(check_evidence(file, module_.anchor(), attestation::plausible_registers()));
    const auto other = check_evidence(file, module_.anchor(), {{0, crypto::Digest48{}}});
    ASSERT_FALSE(other.has_value());
    EXPECT_EQ(other.error().code(), Code::attestation_untrusted);
  }
}

TEST_F(Evidences, SaysWhenAFileIsNeither) {
  for (const Bytes& file : {Bytes{}, to_bytes("{}"), Bytes(100, 0xff)}) {
    const auto evidence = check_evidence(file, module_.anchor(), {});
    ASSERT_FALSE(evidence.has_value());
    EXPECT_EQ(evidence.error().code(), Code::malformed_cose);
  }
}

}  // namespace
}  // namespace nsl::client::verify
