#include "enclave/wallets/multisig.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "enclave/testing/service_test.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::wallets {
namespace {

class MultisigWalletTest : public testing::ServiceTest {
 protected:
  nsl::v1::Wallet make_wallet(const router::Call& call, const std::string& name) {
    nsl::v1::CreateWalletRequest request;
    request.set_name(name);
    return service_.create(call, request).value();
  }
  static void add_key(nsl::v1::CreateMultisigWalletRequest& request, const neo::PublicKey& key) {
    const auto compressed = key.compressed();
    request.add_signers()->set_public_key(compressed.data(), compressed.size());
  }
  // Of fresh keys.
  nsl::v1::CreateMultisigWalletRequest request_of(std::uint32_t threshold, std::int64_t keys) {
    nsl::v1::CreateMultisigWalletRequest request;
    request.set_name("safe");
    request.set_threshold(threshold);
    for (std::int64_t i = 0; i < keys; ++i) {
      add_key(request, neo::PrivateKey::generate(random_).public_key());
    }
    return request;
  }

  WalletBook book_{*vault_, keys_};
  WalletService service_{*vault_, book_};
};

TEST_F(MultisigWalletTest, HasTheAddressOfItsScriptInAnyOrderOfKeys) {
  nsl::v1::CreateMultisigWalletRequest request = request_of(2, 2);
  request.add_signers()->set_wallet(make_wallet(alice(), "own").name());
  const auto wallet = service_.create_multisig(alice(), request);
  ASSERT_TRUE(wallet.has_value()) << wallet.error().message();
  const auto script = neo::parse_multisig_script(as_bytes(wallet->verification_script()));
  ASSERT_TRUE(script.has_value());
  EXPECT_EQ(script->threshold, 2U);
  EXPECT_EQ(wallet->public_keys_size(), 3);
  EXPECT_EQ(wallet->address(),
            neo::to_address(neo::hash160_of(as_bytes(wallet->verification_script()))));
  EXPECT_TRUE(wallet->public_key().empty());
  request.set_name("other");
  request.mutable_signers()->SwapElements(0, 2);
  EXPECT_EQ(service_.create_multisig(alice(), request)->address(), wallet->address());
}

TEST_F(MultisigWalletTest, TakesAsManyKeysAsAScriptHolds) {
  const auto wallet = service_.create_multisig(alice(), request_of(1, limits::kMultisigKeysMax));
  ASSERT_TRUE(wallet.has_value()) << wallet.error().message();
  EXPECT_LE(wallet->verification_script().size(),
            static_cast<std::size_t>(limits::kNeoWitnessScriptBytesMax));
  auto more = request_of(1, limits::kMultisigKeysMax + 1);
  more.set_name("more");
  EXPECT_EQ(service_.create_multisig(alice(), more).error().code(), Code::limit_exceeded);
  // One more would not fit a witness.
  EXPECT_GT(wallet->verification_script().size() + 35,
            static_cast<std::size_t>(limits::kNeoWitnessScriptBytesMax));
}

TEST_F(MultisigWalletTest, NeedsAtMostAsManySignaturesAsAWitnessHolds) {
  const auto most = static_cast<std::uint32_t>(limits::kMultisigThresholdMax);
  EXPECT_TRUE(service_.create_multisig(alice(), request_of(most, 20)).has_value());
  auto more = request_of(most + 1, 20);
  more.set_name("more");
  EXPECT_EQ(service_.create_multisig(alice(), more).error().code(), Code::limit_exceeded);
  EXPECT_LE(most * 66, limits::kNeoWitnessScriptBytesMax);
  EXPECT_GT((most + 1) * 66, limits::kNeoWitnessScriptBytesMax);
}

TEST_F(MultisigWalletTest, RefusesWhatIsNoQuorum) {
  EXPECT_EQ(service_.create_multisig(alice(), request_of(0, 3)).error().code(),
            Code::invalid_argument);
  EXPECT_EQ(service_.create_multisig(alice(), request_of(4, 3)).error().code(),
            Code::invalid_argument);
  EXPECT_EQ(service_.create_multisig(alice(), request_of(0, 0)).error().code(),
            Code::invalid_argument);
  auto twice = request_of(1, 2);
  *twice.mutable_signers(1) = twice.signers(0);
  EXPECT_EQ(service_.create_multisig(alice(), twice).error().code(), Code::invalid_argument);
  auto malformed = request_of(1, 2);
  malformed.mutable_signers(0)->set_public_key("no key");
  EXPECT_EQ(service_.create_multisig(alice(), malformed).error().code(), Code::invalid_public_key);
  auto nobody = request_of(1, 2);
  nobody.mutable_signers(0)->Clear();
  EXPECT_EQ(service_.create_multisig(alice(), nobody).error().code(), Code::invalid_argument);
  auto foreign = request_of(1, 2);
  foreign.mutable_signers(0)->set_wallet(make_wallet(bob(), "bobs").id());
  EXPECT_EQ(service_.create_multisig(alice(), foreign).error().code(), Code::wallet_not_found);
}

TEST_F(MultisigWalletTest, DoesNothingASingleKeyDoes) {
  ASSERT_TRUE(service_.create_multisig(alice(), request_of(1, 2)).has_value());
  nsl::v1::SignRequest sign;
  sign.set_wallet("safe");
  sign.set_data("data");
  EXPECT_EQ(service_.sign(alice(), sign).error().code(), Code::wallet_is_multisig);
  nsl::v1::PutGrantRequest grant;
  grant.set_wallet("safe");
  grant.set_function("answer");
  EXPECT_EQ(service_.put_grant(alice(), grant).error().code(), Code::wallet_is_multisig);
  nsl::v1::ExportWalletRequest exported;
  exported.set_wallet("safe");
  EXPECT_EQ(service_.export_key(alice(), exported).error().code(), Code::wallet_is_multisig);
  nsl::v1::CreateMultisigWalletRequest nested;
  nested.set_name("nested");
  nested.set_threshold(1);
  nested.add_signers()->set_wallet("safe");
  EXPECT_EQ(service_.create_multisig(alice(), nested).error().code(), Code::wallet_is_multisig);
}

}  // namespace
}  // namespace nsl::enclave::wallets
