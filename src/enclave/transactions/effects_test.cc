#include "enclave/transactions/effects.h"

#include <gtest/gtest.h>

#include <array>

#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "core/neo/script_builder.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/service_test.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::transactions {
namespace {

constexpr const char* kContract = "0x1234567890123456789012345678901234567890";
constexpr const char* kOtherContract = "0x00000000000000000000000000000000000000ff";
constexpr const char* kRun = "run_1";

class EffectsTest : public testing::ServiceTest {
 protected:
  EffectsTest() {
    nsl::v1::CreateWalletRequest create;
    create.set_name("hot");
    wallet_ = wallets_.create(alice(), create).value();
    nsl::v1::PutGrantRequest grant;
    grant.set_wallet("hot");
    grant.set_function("answer");
    auto* contract = grant.add_contracts();
    contract->set_contract(kContract);
    contract->add_methods("fulfil");
    grant.set_max_system_fee("0.05");
    grant.set_max_network_fee("0.05");
    EXPECT_TRUE(wallets_.put_grant(alice(), grant).has_value());
  }

  InvocationRequest request() const {
    return {.source = {.account = "acc_alice",
                       .run_id = kRun,
                       .function = "answer",
                       .call_index = 3,
                       .wallet = "hot",
                       .arguments_json = R"({"args":[7]})"},
            .contract = neo::UInt160::parse(kContract).value(),
            .method = "fulfil",
            .arguments = {neo::StackItem::integer(7)}};
  }
  // The chain has moved on to this block.
  void reach(std::uint32_t height) {
    chain_.newest_block = neo::BlockIndex(height);
    clock_.advance_ms(1000);
  }
  Result<stored::IntentRecord> invoke(const InvocationRequest& request) {
    return effects_.invoke(request, deadline_);
  }
  Result<stored::IntentRecord> follow() { return effects_.follow("acc_alice", kRun, 3, deadline_); }
  // A request that must leave nothing behind: neither a stored intent nor anything sent.
  void expect_refusal(const InvocationRequest& refused, Code code) {
    const std::string before = host_.everything();
    const auto intent = invoke(refused);
    ASSERT_FALSE(intent.has_value());
    EXPECT_EQ(intent.error().code(), code) << intent.error().message();
    EXPECT_TRUE(chain_.sent.empty());
    EXPECT_EQ(host_.everything(), before);
  }
  static neo::UInt256 hash_of(const stored::IntentRecord& intent) {
    return neo::UInt256::parse(intent.hash()).value();
  }

  testing::FakeChain chain_;
  wallets::WalletBook book_{*vault_, keys_};
  wallets::WalletService wallets_{*vault_, book_};
  Submitter submitter_{
      {.vault = *vault_, .wallets = book_, .chain = chain_, .clock = clock_, .random = random_}};
  TokenReader tokens_{chain_};
  Effects effects_{{.wallets = book_, .tokens = tokens_, .submitter = submitter_}};
  nsl::v1::Wallet wallet_;
};

TEST_F(EffectsTest, SignsATransactionThatVerifiesAndPaysTheCheckedFees) {
  const auto intent = invoke(request());
  ASSERT_TRUE(intent.has_value()) << intent.error().message();
  const auto transaction = neo::parse_transaction(as_bytes(intent->transaction()));
  ASSERT_TRUE(transaction.has_value());
  EXPECT_TRUE(neo::verify_witnesses(*transaction, chain_.network_info.magic).has_value());
  // The test run's consumption and a tenth.
  EXPECT_EQ(transaction->system_fee.datoshi(), 1'100'000);
  const neo::PublicKey key = neo::parse_public_key(as_bytes(wallet_.public_key())).value();
  const Bytes verification = neo::make_signature_script(key);
  const std::array<ByteView, 1> scripts = {verification};
  EXPECT_EQ(transaction->network_fee,
            neo::network_fee_of(*transaction, scripts, chain_.fees).value());
  EXPECT_EQ(intent->system_fee(), transaction->system_fee.datoshi());
  EXPECT_EQ(intent->network_fee(), transaction->network_fee.datoshi());
}

TEST_F(EffectsTest, SignsOnlyForTheWalletAndTheCalledContract) {
  const auto intent = invoke(request());
  ASSERT_TRUE(intent.has_value());
  const auto transaction = neo::parse_transaction(as_bytes(intent->transaction())).value();
  ASSERT_EQ(transaction.signers.size(), 1U);
  EXPECT_EQ(transaction.signers[0].account.to_text(), wallet_.script_hash());
  EXPECT_EQ(transaction.signers[0].scopes, neo::WitnessScope::called_by_entry);
  EXPECT_EQ(transaction.script,
            neo::make_call_script(request().contract, "fulfil", request().arguments).value());
}

TEST_F(EffectsTest, BoundsHowLongATransactionIsValid) {
  const auto intent = invoke(request());
  EXPECT_EQ(intent->valid_until_block(),
            100U + static_cast<std::uint32_t>(limits::kTransactionValidBlocks));
}

TEST_F(EffectsTest, SendsTheSameBytesForTheSameCall) {
  const auto first = invoke(request());
  const auto second = invoke(request());
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(first->transaction(), second->transaction());
  ASSERT_EQ(chain_.sent.size(), 2U);
  EXPECT_EQ(chain_.sent[0], chain_.sent[1]);
}

TEST_F(EffectsTest, SendsTheStoredBytesAfterACrashBetweenStoringAndSending) {
  chain_.send_failure = Code::node_unavailable;
  ASSERT_EQ(invoke(request()).error().code(), Code::node_unavailable);
  const std::string hash = follow()->hash();
  chain_.send_failure.reset();
  // Other fees and another height would make another transaction.
  reach(120);
  chain_.fees.fee_per_byte = 2000;
  Submitter next_submitter(
      {.vault = *vault_, .wallets = book_, .chain = chain_, .clock = clock_, .random = random_});
  Effects next_life({.wallets = book_, .tokens = tokens_, .submitter = next_submitter});
  const auto intent = next_life.invoke(request(), deadline_);
  ASSERT_TRUE(intent.has_value());
  EXPECT_EQ(intent->hash(), hash);
  ASSERT_EQ(chain_.sent.size(), 1U);
  EXPECT_EQ(chain_.sent[0], to_bytes(intent->transaction()));
}

TEST_F(EffectsTest, LetsTheFirstStoredIntentWin) {
  std::string first_hash;
  chain_.on_height = [&] { first_hash = invoke(request())->hash(); };
  const auto second = invoke(request());
  ASSERT_TRUE(second.has_value()) << second.error().message();
  EXPECT_EQ(second->hash(), first_hash);
  ASSERT_EQ(chain_.sent.size(), 2U);
  EXPECT_EQ(chain_.sent[0], chain_.sent[1]);
}

TEST_F(EffectsTest, MakesTwoTransactionsForTwoCalls) {
  auto other = request();
  other.source.call_index = 4;
  EXPECT_NE(invoke(request())->hash(), invoke(other)->hash());
}

TEST_F(EffectsTest, RefusesOtherArgumentsUnderTheSameCall) {
  ASSERT_TRUE(invoke(request()).has_value());
  auto changed = request();
  changed.arguments = {neo::StackItem::integer(8)};
  changed.source.arguments_json = R"({"args":[8]})";
  EXPECT_EQ(invoke(changed).error().code(), Code::run_effect_conflict);
  EXPECT_EQ(chain_.sent.size(), 1U);
}

TEST_F(EffectsTest, SignsNothingAboveTheGrantedSystemFee) {
  chain_.trial.gas_consumed = neo::GasAmount::parse("0.05").value();
  expect_refusal(request(), Code::grant_fee_exceeded);
}

TEST_F(EffectsTest, SignsNothingAboveTheGrantedNetworkFee) {
  chain_.fees.fee_per_byte = 100'000;
  expect_refusal(request(), Code::grant_fee_exceeded);
}

TEST_F(EffectsTest, SurvivesANodeThatClaimsEndlessConsumption) {
  chain_.trial.gas_consumed = neo::GasAmount::parse_datoshi(INT64_MAX).value();
  expect_refusal(request(), Code::grant_fee_exceeded);
}

TEST_F(EffectsTest, RefusesAContractOutsideTheGrantBeforeAskingTheNode) {
  auto other = request();
  other.contract = neo::UInt160::parse(kOtherContract).value();
  expect_refusal(other, Code::grant_contract_refused);
  EXPECT_EQ(chain_.simulations, 0);
}

TEST_F(EffectsTest, RefusesAMethodOutsideTheGrantBeforeAskingTheNode) {
  auto other = request();
  other.method = "drain";
  expect_refusal(other, Code::grant_method_refused);
  EXPECT_EQ(chain_.simulations, 0);
}

TEST_F(EffectsTest, RefusesAFunctionWithoutAGrant) {
  auto other = request();
  other.source.function = "stranger";
  expect_refusal(other, Code::wallet_not_granted);
}

TEST_F(EffectsTest, DoesNotFindAnotherAccountsWallet) {
  for (const std::string& wallet : {std::string("hot"), wallet_.id()}) {
    auto other = request();
    other.source.account = "acc_bob";
    other.source.wallet = wallet;
    expect_refusal(other, Code::wallet_not_found);
  }
}

TEST_F(EffectsTest, RefusesWhatFaultsInTheTestRun) {
  chain_.trial.is_halt = false;
  chain_.trial.exception = "not the oracle";
  expect_refusal(request(), Code::simulation_faulted);
}

TEST_F(EffectsTest, StoresNothingWhenTheNodeIsAway) {
  chain_.read_failure = Code::node_unavailable;
  expect_refusal(request(), Code::node_unavailable);
}

TEST_F(EffectsTest, FollowsATransactionToItsBlock) {
  const auto intent = invoke(request()).value();
  chain_.halt_in_block(hash_of(intent), neo::BlockIndex(105));
  reach(105);
  const auto settled = follow();
  EXPECT_EQ(settled->state(), stored::IntentRecord::HALT);
  EXPECT_EQ(settled->block(), 105U);
  EXPECT_EQ(settled->confirmed_at_ms(), clock_.wall_time().value());
}

TEST_F(EffectsTest, KeepsTheFaultOfATransaction) {
  const auto intent = invoke(request()).value();
  chain_.fault_in_block(hash_of(intent), neo::BlockIndex(105), "assert failed");
  reach(105);
  const auto settled = follow();
  EXPECT_EQ(settled->state(), stored::IntentRecord::FAULT);
  EXPECT_EQ(settled->exception(), "assert failed");
}

TEST_F(EffectsTest, AsksNoMoreOnceATransactionIsDecided) {
  const auto intent = invoke(request()).value();
  chain_.halt_in_block(hash_of(intent), neo::BlockIndex(105));
  reach(105);
  ASSERT_TRUE(follow().has_value());
  const int log_reads = chain_.log_reads;
  EXPECT_EQ(follow()->state(), stored::IntentRecord::HALT);
  EXPECT_EQ(chain_.log_reads, log_reads);
}

TEST_F(EffectsTest, SendsAgainWhatNoBlockHoldsYet) {
  ASSERT_TRUE(invoke(request()).has_value());
  reach(103);
  EXPECT_EQ(follow()->state(), stored::IntentRecord::SENT);
  ASSERT_EQ(chain_.sent.size(), 2U);
  EXPECT_EQ(chain_.sent[0], chain_.sent[1]);
}

TEST_F(EffectsTest, GoesOnFollowingWhatANodeRefused) {
  chain_.send_failure = Code::insufficient_gas;
  ASSERT_EQ(invoke(request()).error().code(), Code::insufficient_gas);
  EXPECT_EQ(follow()->state(), stored::IntentRecord::SIGNED);
  chain_.send_failure.reset();
  EXPECT_EQ(follow()->state(), stored::IntentRecord::SENT);
}

TEST_F(EffectsTest, CallsATransactionExpiredOnlyAfterItsLastBlock) {
  const auto intent = invoke(request()).value();
  reach(intent.valid_until_block());
  EXPECT_EQ(follow()->state(), stored::IntentRecord::SENT);
  reach(intent.valid_until_block() + 1);
  EXPECT_EQ(follow()->state(), stored::IntentRecord::EXPIRED);
}

TEST_F(EffectsTest, PaysWithATokenWithinTheGrant) {
  TransferRequest transfer{.source = request().source, .payment = {}};
  transfer.payment.token = neo::UInt160::parse(kContract).value();
  transfer.payment.to = neo::UInt160::parse(kOtherContract).value();
  transfer.payment.amount = "1.5";
  EXPECT_EQ(effects_.transfer(transfer, deadline_).error().code(), Code::grant_method_refused);
  nsl::v1::PutGrantRequest grant;
  grant.set_wallet("hot");
  grant.set_function("answer");
  auto* contract = grant.add_contracts();
  contract->set_contract(kContract);
  contract->add_methods("transfer");
  grant.set_max_system_fee("0.05");
  grant.set_max_network_fee("0.05");
  ASSERT_TRUE(wallets_.put_grant(alice(), grant).has_value());
  chain_.answers["decimals"] = {neo::StackItem::integer(2)};
  const auto intent = effects_.transfer(transfer, deadline_);
  ASSERT_TRUE(intent.has_value()) << intent.error().message();
  const auto transaction = neo::parse_transaction(as_bytes(intent->transaction())).value();
  EXPECT_EQ(transaction.script, neo::make_transfer_script({.token = transfer.payment.token,
                                                           .from = transaction.signers[0].account,
                                                           .to = transfer.payment.to,
                                                           .amount = neo::Integer(150),
                                                           .data = {}})
                                    .value());
}

TEST_F(EffectsTest, NeverReplacesAnExpiredTransaction) {
  const auto intent = invoke(request()).value();
  reach(intent.valid_until_block() + 1);
  ASSERT_EQ(follow()->state(), stored::IntentRecord::EXPIRED);
  const auto repeated = invoke(request());
  EXPECT_EQ(repeated->hash(), intent.hash());
  EXPECT_EQ(repeated->state(), stored::IntentRecord::EXPIRED);
  EXPECT_EQ(chain_.sent.size(), 1U);
}

TEST_F(EffectsTest, ListsTheIntentsOfOneRunByCall) {
  InvocationRequest other_run = request();
  other_run.source.run_id = "run_12";
  InvocationRequest later = request();
  later.source.call_index = 10;
  const std::string first = invoke(request())->hash();
  const std::string second = invoke(later)->hash();
  ASSERT_TRUE(invoke(other_run).has_value());
  const auto intents = effects_.list("acc_alice", kRun, deadline_).value();
  ASSERT_EQ(intents.size(), 2U);
  EXPECT_EQ(intents.at(3).hash(), first);
  EXPECT_EQ(intents.at(10).hash(), second);
  EXPECT_TRUE(effects_.list("acc_bob", kRun, deadline_)->empty());
}

TEST_F(EffectsTest, FindsNoEffectThatWasNeverAskedFor) {
  EXPECT_EQ(follow().error().code(), Code::transaction_not_found);
}

}  // namespace
}  // namespace nsl::enclave::transactions
