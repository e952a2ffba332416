#include "enclave/transactions/transaction_builder.h"

#include <gtest/gtest.h>

#include <array>

#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "enclave/transactions/submitter_testing.h"

namespace nsl::enclave::transactions {
namespace {

class TransactionBuilderTest : public testing::SubmitterFixture {
 protected:
  Result<SignedTransaction> build(const Draft& draft) { return builder_.build(draft, deadline_); }

  ChainView view_{chain_, clock_};
  TransactionBuilder builder_{
      {.wallets = book_, .chain = chain_, .view = view_, .random = random_}};
};

TEST_F(TransactionBuilderTest, PaysItsOwnComputationOfTheNetworkFee) {
  const auto made = build(draft("a"));
  ASSERT_TRUE(made.has_value()) << made.error().message();
  const neo::PublicKey key = neo::parse_public_key(as_bytes(wallet_.public_key())).value();
  const Bytes verification = neo::make_signature_script(key);
  const std::array<ByteView, 1> scripts = {verification};
  EXPECT_EQ(made->transaction.network_fee,
            neo::network_fee_of(made->transaction, scripts, chain_.fees).value());
  EXPECT_TRUE(neo::verify_witnesses(made->transaction, chain_.network_info.magic).has_value());
}

TEST_F(TransactionBuilderTest, RefusesAFeeTheNodeComputesDifferently) {
  for (const char* fee : {"0.5", "0.001"}) {
    chain_.stated_network_fee = neo::GasAmount::parse(fee).value();
    EXPECT_EQ(build(draft("a")).error().code(), Code::fee_disputed) << fee;
  }
  chain_.stated_network_fee.reset();
  EXPECT_TRUE(build(draft("a")).has_value());
}

TEST_F(TransactionBuilderTest, ComparesOnceForEachChangeOfTheFigures) {
  ASSERT_TRUE(build(draft("a")).has_value());
  ASSERT_TRUE(build(draft("b")).has_value());
  EXPECT_EQ(chain_.fee_questions, 1);
  chain_.fees.fee_per_byte = 2000;
  ASSERT_TRUE(build(draft("c")).has_value());
  EXPECT_EQ(chain_.fee_questions, 2);
}

TEST_F(TransactionBuilderTest, NeverFollowsANodeBeyondTheBounds) {
  chain_.trial.gas_consumed = neo::GasAmount::parse("0.95").value();
  EXPECT_EQ(build(draft("a")).error().code(), Code::grant_fee_exceeded);
  chain_.trial.gas_consumed = neo::GasAmount::parse("0.01").value();
  // Node and figures lie together.
  chain_.fees.fee_per_byte = 1'000'000;
  EXPECT_EQ(build(draft("a")).error().code(), Code::grant_fee_exceeded);
}

TEST_F(TransactionBuilderTest, SignsForEveryWalletItIsAskedFor) {
  nsl::v1::CreateWalletRequest create;
  create.set_name("second");
  const nsl::v1::Wallet second = wallets_.create(alice(), create).value();
  Draft two = draft("a");
  two.signer_wallets.push_back(second.id());
  neo::Signer signer;
  signer.account = neo::UInt160::parse(second.script_hash()).value();
  two.transaction.signers.push_back(signer);
  const auto made = build(two);
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->transaction.witnesses.size(), 2U);
}

}  // namespace
}  // namespace nsl::enclave::transactions
