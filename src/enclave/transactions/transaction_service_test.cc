#include "enclave/transactions/transaction_service.h"

#include <gtest/gtest.h>

#include "core/neo/nef.h"
#include "enclave/router/idempotency.h"
#include "enclave/transactions/submitter_testing.h"

namespace nsl::enclave::transactions {
namespace {

using nsl::v1::Transaction;

constexpr const char* kToken = "0x1234567890123456789012345678901234567890";
constexpr const char* kReceiver = "0x00000000000000000000000000000000000000ff";
constexpr const char* kManifest =
    R"({"name":"c","groups":[],"features":{},"supportedstandards":[],"abi":{"methods":[{"name":"m",)"
    R"("parameters":[],"returntype":"Void","offset":0,"safe":false}],"events":[]},)"
    R"("permissions":[],"trusts":[],"extra":null})";

// 12.5 GAS and 1250000000 NEO, proven unless a test says otherwise.
class FakeBalances final : public BalanceSource {
 public:
  std::string unproven;

  Result<ConfirmedBalance> read(const neo::UInt160& token, const neo::UInt160& /*account*/,
                                const Deadline& /*deadline*/) override {
    ConfirmedBalance found{.balance = native_token(token),
                           .block = neo::BlockIndex(100),
                           .is_proven = true,
                           .proof = "storage",
                           .reason = {}};
    found.balance.amount = neo::Integer(1'250'000'000);
    if (found.balance.symbol != unproven) return found;
    found.is_proven = false;
    found.proof = "quorum(2/3)";
    found.reason = "not signed yet";
    return found;
  }
};

class TransactionServiceTest : public testing::SubmitterFixture {
 protected:
  static nsl::v1::TransferRequest transfer_request() {
    nsl::v1::TransferRequest request;
    request.set_wallet("hot");
    request.set_asset("GAS");
    request.set_to(kReceiver);
    request.set_amount("1.5");
    return request;
  }
  static nsl::v1::InvocationRequest invocation_request() {
    nsl::v1::InvocationRequest request;
    request.set_wallet("hot");
    request.set_contract(kToken);
    request.set_method("m");
    request.set_args(R"([7, "text", {"type": "Hash160", "value": ")" + std::string(kReceiver) +
                     R"("}])");
    return request;
  }
  static nsl::v1::DeployRequest deploy_request() {
    nsl::v1::DeployRequest request;
    request.set_wallet("hot");
    neo::Nef nef;
    nef.compiler = "test";
    nef.script = {0x40};
    const Bytes bytes = neo::encode(nef);
    request.set_nef(bytes.data(), bytes.size());
    request.set_manifest(kManifest);
    return request;
  }
  neo::Transaction newest_sent() { return neo::parse_transaction(chain_.sent.back()).value(); }
  neo::UInt160 payer() { return neo::UInt160::parse(wallet_.script_hash()).value(); }
  static neo::UInt160 receiver() { return neo::UInt160::parse(kReceiver).value(); }
  Result<Transaction> get(const router::Call& call, const std::string& id) {
    nsl::v1::GetTransactionRequest request;
    request.set_wallet("hot");
    request.set_transaction(id);
    return service_.get(call, request);
  }

  TokenReader tokens_{chain_};
  FakeBalances balances_;
  TransactionService service_{{.wallets = book_,
                               .submitter = submitter_,
                               .tokens = tokens_,
                               .balances = balances_,
                               .chain = chain_}};
};

TEST_F(TransactionServiceTest, PaysWithGas) {
  const auto made = service_.transfer(alice(), transfer_request());
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->state(), Transaction::SENT);
  const neo::UInt160 gas = neo::native_contract_hash("GasToken");
  EXPECT_EQ(newest_sent().script, neo::make_transfer_script({.token = gas,
                                                             .from = payer(),
                                                             .to = receiver(),
                                                             .amount = neo::Integer(150'000'000),
                                                             .data = {}})
                                      .value());
  EXPECT_EQ(made->hash(), neo::hash_of(newest_sent()).to_text());
}

TEST_F(TransactionServiceTest, PaysWithATokenOfItsOwnDecimals) {
  chain_.answers["decimals"] = {neo::StackItem::integer(2)};
  nsl::v1::TransferRequest request = transfer_request();
  request.set_asset(kToken);
  request.set_data("[1]");
  ASSERT_TRUE(service_.transfer(alice(), request).has_value());
  EXPECT_EQ(newest_sent().script,
            neo::make_transfer_script({.token = neo::UInt160::parse(kToken).value(),
                                       .from = payer(),
                                       .to = receiver(),
                                       .amount = neo::Integer(150),
                                       .data = neo::StackItem::array({neo::StackItem::integer(1)})})
                .value());
  request.set_amount("1.555");
  EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::invalid_amount);
}

TEST_F(TransactionServiceTest, PaysWithAnItemThatCannotBeDivided) {
  nsl::v1::TransferRequest request = transfer_request();
  request.set_asset(kToken);
  request.set_amount("");
  request.set_token_id("item-1");
  ASSERT_TRUE(service_.transfer(alice(), request).has_value());
  neo::ScriptBuilder expected;
  expected
      .call(neo::UInt160::parse(kToken).value(), "transfer",
            {neo::to_argument(receiver()), neo::StackItem::byte_string("item-1"), {}})
      .emit(neo::Opcode::assert_);
  EXPECT_EQ(newest_sent().script, std::move(expected).finish().value());
}

TEST_F(TransactionServiceTest, RefusesAContractThatIsNoToken) {
  chain_.answers["decimals"] = {
      neo::StackItem::byte_string("many bytes that are no number at all")};
  nsl::v1::TransferRequest request = transfer_request();
  request.set_asset(kToken);
  EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::token_refused);
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(TransactionServiceTest, RefusesAmountsThatPayNothing) {
  for (const char* amount : {"", "0", "-1", "1e3", "0.000000001", "1,5"}) {
    nsl::v1::TransferRequest request = transfer_request();
    request.set_amount(amount);
    EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::invalid_amount) << amount;
  }
}

TEST_F(TransactionServiceTest, DoesARequestOnceUnderOneIdempotencyKey) {
  const Bytes seed(32, 7);
  router::RepeatableRandom first_random(seed);
  router::RepeatableRandom second_random(seed);
  const router::Call first = {deadline_, alice().caller,     "req_1",
                              {},        clock_.wall_time(), first_random};
  const router::Call second = {deadline_, alice().caller,     "req_2",
                               {},        clock_.wall_time(), second_random};
  const auto made = service_.transfer(first, transfer_request());
  const auto again = service_.transfer(second, transfer_request());
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(made->id(), again->id());
  EXPECT_EQ(made->hash(), again->hash());
}

TEST_F(TransactionServiceTest, CallsAContractWithTypedArguments) {
  ASSERT_TRUE(service_.invoke(alice(), invocation_request()).has_value());
  EXPECT_EQ(newest_sent().script,
            neo::make_call_script(neo::UInt160::parse(kToken).value(), "m",
                                  {neo::StackItem::integer(7), neo::StackItem::byte_string("text"),
                                   neo::to_argument(receiver())})
                .value());
}

TEST_F(TransactionServiceTest, GivesAWitnessTheScopeItIsAskedFor) {
  nsl::v1::InvocationRequest request = invocation_request();
  auto* signer = request.add_signers();
  signer->set_scopes("CustomContracts");
  signer->add_allowed_contracts(kToken);
  ASSERT_TRUE(service_.invoke(alice(), request).has_value());
  const neo::Signer made = newest_sent().signers.at(0);
  EXPECT_EQ(made.account, payer());
  EXPECT_EQ(made.scopes, neo::WitnessScope::custom_contracts);
  EXPECT_EQ(made.allowed_contracts, std::vector{neo::UInt160::parse(kToken).value()});
  request.mutable_signers(0)->set_scopes("Everything");
  EXPECT_EQ(service_.invoke(alice(), request).error().code(), Code::invalid_signer);
}

TEST_F(TransactionServiceTest, RefusesArgumentsThatAreNoList) {
  for (const char* args : {"{}", "7", "[", "[1],\"x\":[2]", "[{\"type\":\"Pointer\"}]"}) {
    nsl::v1::InvocationRequest request = invocation_request();
    request.set_args(args);
    EXPECT_FALSE(service_.invoke(alice(), request).has_value()) << args;
  }
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(TransactionServiceTest, SaysWhichContractADeploymentMakes) {
  const auto made = service_.deploy(alice(), deploy_request());
  ASSERT_TRUE(made.has_value()) << made.error().message();
  const neo::Nef nef = neo::parse_nef(as_bytes(deploy_request().nef())).value();
  EXPECT_EQ(made->contract(), neo::contract_hash(payer(), neo::checksum_of(nef), "c").to_text());
}

TEST_F(TransactionServiceTest, RefusesAContractANodeWouldRefuse) {
  nsl::v1::DeployRequest request = deploy_request();
  request.mutable_nef()->back() ^= 1;
  EXPECT_EQ(service_.deploy(alice(), request).error().code(), Code::invalid_nef);
  request = deploy_request();
  request.set_manifest("{}");
  EXPECT_EQ(service_.deploy(alice(), request).error().code(), Code::invalid_manifest);
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(TransactionServiceTest, UpdatesAContractThroughItsOwnMethod) {
  nsl::v1::UpdateContractRequest request;
  request.set_wallet("hot");
  request.set_contract(kToken);
  EXPECT_EQ(service_.update(alice(), request).error().code(), Code::invalid_argument);
  request.set_nef(deploy_request().nef());
  ASSERT_TRUE(service_.update(alice(), request).has_value());
  EXPECT_EQ(newest_sent().script,
            neo::make_call_script(neo::UInt160::parse(kToken).value(), "update",
                                  {neo::StackItem::byte_string(request.nef()), {}, {}})
                .value());
}

TEST_F(TransactionServiceTest, BoundsFeesWhenTheRequestDoesNot) {
  chain_.trial.gas_consumed = neo::GasAmount::parse("1").value();
  EXPECT_EQ(service_.transfer(alice(), transfer_request()).error().code(),
            Code::grant_fee_exceeded);
  nsl::v1::TransferRequest request = transfer_request();
  request.mutable_options()->set_max_system_fee("1.1");
  EXPECT_TRUE(service_.transfer(alice(), request).has_value());
  chain_.fees.fee_per_byte = 1'000'000;
  EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::grant_fee_exceeded);
  request.mutable_options()->set_max_network_fee("5");
  EXPECT_TRUE(service_.transfer(alice(), request).has_value());
}

TEST_F(TransactionServiceTest, BoundsTheFeesOfADeployment) {
  chain_.trial.gas_consumed = neo::GasAmount::parse("18").value();
  EXPECT_TRUE(service_.deploy(alice(), deploy_request()).has_value());
  chain_.trial.gas_consumed = neo::GasAmount::parse("19").value();
  EXPECT_EQ(service_.deploy(alice(), deploy_request()).error().code(), Code::grant_fee_exceeded);
}

TEST_F(TransactionServiceTest, BoundsWhatARequestMayHold) {
  nsl::v1::TransferRequest request = transfer_request();
  request.mutable_options()->set_order_key(
      std::string(static_cast<std::size_t>(limits::kOrderKeyBytesMax) + 1, 'k'));
  EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::invalid_argument);
  request = transfer_request();
  request.mutable_options()->set_valid_blocks(5761);
  EXPECT_EQ(service_.transfer(alice(), request).error().code(), Code::invalid_argument);
  request.mutable_options()->set_valid_blocks(5760);
  EXPECT_TRUE(service_.transfer(alice(), request).has_value());
}

TEST_F(TransactionServiceTest, SaysWhyNoNodeHasTakenATransaction) {
  chain_.send_failure = Code::transaction_rejected;
  const auto made = service_.transfer(alice(), transfer_request());
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->state(), Transaction::SIGNED);
  EXPECT_EQ(made->failure().code(), code_text(Code::transaction_rejected));
}

TEST_F(TransactionServiceTest, ListsTheTransactionsOfAWallet) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(service_.transfer(alice(), transfer_request())->id());
    clock_.advance_ms(1);
  }
  nsl::v1::ListTransactionsRequest request;
  request.set_wallet("hot");
  request.set_limit(2);
  const auto page = service_.list(alice(), request).value();
  ASSERT_EQ(page.items_size(), 2);
  request.set_cursor(page.next_cursor());
  const auto rest = service_.list(alice(), request).value();
  ASSERT_EQ(rest.items_size(), 1);
  EXPECT_EQ(rest.items(0).id(), ids[2]);
  EXPECT_TRUE(rest.next_cursor().empty());
}

TEST_F(TransactionServiceTest, DoesNotFindAnotherAccountsTransaction) {
  const std::string id = service_.transfer(alice(), transfer_request())->id();
  EXPECT_EQ(get(alice(), id)->id(), id);
  EXPECT_EQ(get(bob(), id).error().code(), Code::wallet_not_found);
  nsl::v1::CreateWalletRequest create;
  create.set_name("hot");
  ASSERT_TRUE(wallets_.create(bob(), create).has_value());
  EXPECT_EQ(get(bob(), id).error().code(), Code::transaction_not_found);
  EXPECT_EQ(get(alice(), "txn_none").error().code(), Code::transaction_not_found);
}

TEST_F(TransactionServiceTest, ShowsBalances) {
  nsl::v1::ListBalancesRequest request;
  request.set_wallet("hot");
  const auto reply = service_.list_balances(alice(), request).value();
  ASSERT_EQ(reply.items_size(), 2);
  EXPECT_EQ(reply.items(0).symbol(), "NEO");
  EXPECT_EQ(reply.items(1).symbol(), "GAS");
  EXPECT_EQ(reply.items(1).amount(), "12.5");
  EXPECT_EQ(reply.items(1).proof(), "storage");
  EXPECT_EQ(reply.proof(), "storage");
  EXPECT_EQ(reply.block(), 100U);
}

TEST_F(TransactionServiceTest, AllBalancesAreAsSureAsTheLeastSure) {
  nsl::v1::ListBalancesRequest request;
  request.set_wallet("hot");
  balances_.unproven = "NEO";
  auto reply = service_.list_balances(alice(), request).value();
  EXPECT_EQ(reply.items(0).proof(), "quorum(2/3)");
  EXPECT_EQ(reply.items(0).proof_reason(), "not signed yet");
  EXPECT_EQ(reply.items(1).proof(), "storage");
  EXPECT_EQ(reply.proof(), "quorum(2/3)");
  balances_.unproven = "GAS";
  reply = service_.list_balances(alice(), request).value();
  EXPECT_EQ(reply.proof(), "quorum(2/3)");
}

}  // namespace
}  // namespace nsl::enclave::transactions
