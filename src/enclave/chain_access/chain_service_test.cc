#include "enclave/chain_access/chain_service.h"

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/account_state.h"
#include "core/neo/address.h"
#include "core/rest/json_printer.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/fake_proofs.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::chain_access {
namespace {

using nsl::v1::ChainProof;

constexpr const char* kGas = "0xd2a4cff31913016155e38e474a2c06d08be276cf";
constexpr const char* kAddress = "NepwUjd9GhqgNkrfXaxj9mmsFhFzGoFuWM";

neo::Transaction transaction_of(std::uint32_t nonce, std::size_t script_bytes = 1) {
  neo::Transaction transaction;
  transaction.nonce = nonce;
  transaction.script = Bytes(script_bytes, 0x40);
  neo::Signer& signer = transaction.signers.emplace_back();
  signer.account = neo::UInt160::parse(kGas).value();
  signer.scopes = neo::WitnessScope::called_by_entry;
  transaction.attributes.emplace_back(neo::NotValidBefore{.height = neo::BlockIndex(3)});
  return transaction;
}

class ChainServiceTest : public testing::ServiceTest {
 protected:
  void add_block(std::uint32_t index, std::size_t transactions, std::size_t script_bytes = 1) {
    neo::Block block;
    block.header.index = neo::BlockIndex(index);
    block.header.timestamp_ms = 1'700'000'000'123;
    for (std::size_t i = 0; i < transactions; ++i) {
      block.transactions.push_back(transaction_of(static_cast<std::uint32_t>(i), script_bytes));
    }
    proofs_.blocks[index] = std::move(block);
  }
  Result<nsl::v1::ChainBlock> block(const char* name) {
    nsl::v1::GetChainBlockRequest request;
    request.set_block(name);
    return service_.get_block(alice(), request);
  }

  testing::FakeChain chain_;
  testing::FakeProofs proofs_;
  ChainAccess access_{chain_, proofs_};
  transactions::TokenReader tokens_{chain_};
  wallets::WalletBook wallets_{*vault_, keys_};
  TokenBalanceReader balances_{access_, tokens_};
  ChainService service_{{.access = access_, .balances = balances_, .wallets = wallets_}};
};

TEST_F(ChainServiceTest, TellsHowFarTheChainIsAndHowFarItIsVerified) {
  chain_.newest_block = neo::BlockIndex(120);
  chain_.stated_agreement = {.agreeing = 2, .asked = 3};
  const auto reply = service_.get_height(alice(), {}).value();
  EXPECT_EQ(reply.block(), 120U);
  EXPECT_EQ(reply.verified_block(), 100U);
  EXPECT_EQ(reply.network(), 56753U);
  EXPECT_TRUE(reply.storage_provable());
  EXPECT_EQ(reply.proof().kind(), ChainProof::QUORUM);
  EXPECT_EQ(reply.proof().agreeing(), 2U);
  EXPECT_EQ(reply.proof().asked(), 3U);
}

TEST_F(ChainServiceTest, ShowsABlockAndHowItIsProven) {
  add_block(7, 2);
  const auto reply = block("7").value();
  EXPECT_EQ(reply.index(), 7U);
  EXPECT_EQ(reply.time(), "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(reply.transaction_count(), 2U);
  EXPECT_EQ(reply.transactions(1), neo::hash_of(transaction_of(1)).to_text());
  EXPECT_EQ(reply.proof().kind(), ChainProof::INCLUSION);
  EXPECT_EQ(reply.proof().asked(), 0U);
}

TEST_F(ChainServiceTest, NamesABoundedNumberOfABlocksTransactions) {
  add_block(7, static_cast<std::size_t>(limits::kChainBlockHashesMax) + 1);
  const auto reply = block("7").value();
  EXPECT_EQ(reply.transactions_size(), limits::kChainBlockHashesMax);
  EXPECT_EQ(reply.transaction_count(), limits::kChainBlockHashesMax + 1);
}

TEST_F(ChainServiceTest, ListsTheTransactionsOfABlockInPages) {
  add_block(7, 120);
  nsl::v1::ListBlockTransactionsRequest request;
  request.set_block("7");
  std::uint32_t nonce = 0;
  do {
    const auto page = service_.list_block_transactions(alice(), request).value();
    for (const auto& item : page.items()) EXPECT_EQ(item.nonce(), nonce++);
    request.set_cursor(page.next_cursor());
  } while (!request.cursor().empty());
  EXPECT_EQ(nonce, 120U);
  request.set_cursor("seven");
  EXPECT_EQ(service_.list_block_transactions(alice(), request).error().code(),
            Code::invalid_argument);
}

TEST_F(ChainServiceTest, AnAnswerHasABoundedSize) {
  add_block(7, 50, 20'000);
  nsl::v1::ListBlockTransactionsRequest request;
  request.set_block("7");
  const auto page = service_.list_block_transactions(alice(), request).value();
  EXPECT_FALSE(page.next_cursor().empty());
  EXPECT_LT(std::ssize(rest::print_json(page).value()), limits::kChainAnswerBytesMax + 1000);
  // And a call whose result is larger is refused.
  const Bytes large(static_cast<std::size_t>(limits::kChainAnswerBytesMax), 0);
  chain_.replies.emplace("invokescript",
                         R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"ByteString",)"
                         R"("value":")" +
                             codec::encode_base64(large) + R"("}]})");
  nsl::v1::CallContractRequest call;
  call.set_contract(kGas);
  call.set_method("symbol");
  EXPECT_EQ(service_.call_contract(alice(), call).error().code(), Code::limit_exceeded);
}

TEST_F(ChainServiceTest, ShowsATransactionWithItsSignersAndAttributes) {
  add_block(7, 1);
  const neo::UInt256 hash = neo::hash_of(transaction_of(0));
  chain_.halt_in_block(hash, neo::BlockIndex(7));
  nsl::v1::GetChainTransactionRequest request;
  request.set_transaction(hash.to_text());
  const auto reply = service_.get_transaction(alice(), request).value();
  EXPECT_EQ(reply.hash(), hash.to_text());
  EXPECT_EQ(reply.block(), 7U);
  EXPECT_EQ(reply.sender(), kAddress);
  EXPECT_EQ(reply.signers(0).scopes(), "CalledByEntry");
  EXPECT_EQ(reply.attributes(0).type(), "NotValidBefore");
  EXPECT_EQ(reply.attributes(0).block(), 3U);
  EXPECT_EQ(reply.proof().kind(), ChainProof::INCLUSION);
  request.set_transaction("0x1234");
  EXPECT_EQ(service_.get_transaction(alice(), request).error().code(), Code::invalid_hash);
}

TEST_F(ChainServiceTest, ShowsWhatATransactionDidOnTheWordOfTheNodes) {
  const std::string hash = neo::hash_of(transaction_of(0)).to_text();
  nsl::v1::GetChainLogRequest request;
  request.set_hash(hash);
  EXPECT_EQ(service_.get_log(alice(), request).error().code(), Code::not_found);
  chain_.replies.emplace("getapplicationlog",
                         R"({"txid":")" + hash +
                             R"(","executions":[{"trigger":"Application","vmstate":"FAULT",)"
                             R"("gasconsumed":"150000000","exception":"no","stack":[]}]})");
  const auto reply = service_.get_log(alice(), request).value();
  EXPECT_EQ(reply.executions(0).state(), "FAULT");
  EXPECT_EQ(reply.executions(0).gas_consumed(), "1.5");
  EXPECT_EQ(reply.executions(0).exception(), "no");
  EXPECT_EQ(reply.proof().kind(), ChainProof::QUORUM);
}

TEST_F(ChainServiceTest, CallsAContractWithTypedArgumentsAndSigners) {
  chain_.replies.emplace("invokescript",
                         R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Integer",)"
                         R"("value":"7"}]})");
  nsl::v1::CallContractRequest request;
  request.set_contract(kGas);
  request.set_method("balanceOf");
  request.add_args()->set_hash160(kAddress);
  request.add_signers(kAddress);
  const auto reply = service_.call_contract(alice(), request).value();
  EXPECT_EQ(reply.state(), "HALT");
  EXPECT_EQ(reply.stack(0).integer(), "7");
  EXPECT_EQ(reply.block(), 100U);
  EXPECT_NE(chain_.questions.back().find(R"("scopes":"CalledByEntry")"), std::string::npos);
  request.mutable_args(0)->set_integer("x");
  EXPECT_TRUE(service_.call_contract(alice(), request).error().message().starts_with("/args/0: "));
}

TEST_F(ChainServiceTest, ReadsABoundedNumberOfAnIteratorsItems) {
  nsl::v1::CallContractRequest request;
  request.set_contract(kGas);
  request.set_method("tokens");
  request.set_iterator_items(static_cast<std::uint32_t>(limits::kChainIteratorItemsMax) + 1);
  EXPECT_EQ(service_.call_contract(alice(), request).error().code(), Code::limit_exceeded);
  request.set_iterator_items(static_cast<std::uint32_t>(limits::kChainIteratorItemsMax));
  EXPECT_NE(service_.call_contract(alice(), request).error().code(), Code::limit_exceeded);
}

TEST_F(ChainServiceTest, ShowsStorageAndThatThereIsNone) {
  nsl::v1::GetStorageItemRequest request;
  request.set_contract(kGas);
  request.set_key("key");
  auto reply = service_.get_storage(alice(), request).value();
  EXPECT_FALSE(reply.exists());
  EXPECT_EQ(reply.proof().kind(), ChainProof::QUORUM);
  proofs_.stored[{neo::UInt160::parse(kGas).value(), to_bytes(as_bytes("key"))}] = {1, 2};
  reply = service_.get_storage(alice(), request).value();
  EXPECT_TRUE(reply.exists());
  EXPECT_EQ(reply.value(), "\x01\x02");
  EXPECT_EQ(reply.proof().kind(), ChainProof::STORAGE);
  request.set_key(std::string(65, 'k'));
  EXPECT_EQ(service_.get_storage(alice(), request).error().code(), Code::invalid_argument);
}

TEST_F(ChainServiceTest, AnswersWithABoundedNumberOfTokens) {
  chain_.answers = {{"balanceOf", {neo::StackItem::integer(5)}},
                    {"decimals", {neo::StackItem::integer(0)}},
                    {"symbol", {neo::StackItem::byte_string("T")}}};
  std::string tokens;
  for (int i = 0; i < limits::kChainTokensMax + 10; ++i) {
    if (!tokens.empty()) tokens += ',';
    tokens += R"({"assethash":"0x)" + std::to_string(10'000 + i) + std::string(35, '0') + R"("})";
  }
  chain_.replies.emplace("getnep17balances", R"({"address":")" + std::string(kAddress) +
                                                 R"(","balance":[)" + tokens + "]}");
  nsl::v1::ListChainBalancesRequest request;
  request.set_account(kAddress);
  const auto reply = service_.list_balances(alice(), request).value();
  EXPECT_EQ(reply.items_size(), limits::kChainTokensMax);
  EXPECT_EQ(reply.items(0).symbol(), "NEO");
  EXPECT_EQ(reply.items(1).symbol(), "GAS");
  EXPECT_EQ(reply.items(1).amount(), "0.00000005");
  // NEO and GAS take two of the places.
  EXPECT_EQ(reply.omitted(), 12U);
  request.set_asset("GAS");
  EXPECT_EQ(service_.list_balances(alice(), request).value().items_size(), 1);
}

TEST_F(ChainServiceTest, AllBalancesAreAsSureAsTheLeastSure) {
  chain_.answers = {{"balanceOf", {neo::StackItem::integer(5)}}};
  chain_.replies.emplace("getnep17balances",
                         R"({"address":")" + std::string(kAddress) + R"(","balance":[]})");
  proofs_.proves_absence = true;
  nsl::v1::ListChainBalancesRequest request;
  request.set_account(kAddress);
  auto reply = service_.list_balances(alice(), request).value();
  ASSERT_EQ(reply.items_size(), 2);
  EXPECT_EQ(reply.proof().kind(), ChainProof::STORAGE);
  // What is kept of GAS is no balance.
  const neo::UInt160 account = neo::parse_account(kAddress).value();
  proofs_.stored[{neo::UInt160::parse(kGas).value(), neo::make_account_key(account)}] = {1};
  reply = service_.list_balances(alice(), request).value();
  EXPECT_EQ(reply.items(0).proof().kind(), ChainProof::STORAGE);
  EXPECT_EQ(reply.items(1).proof().kind(), ChainProof::QUORUM);
  EXPECT_EQ(reply.proof().kind(), ChainProof::QUORUM);
  EXPECT_FALSE(reply.proof().reason().empty());
}

TEST_F(ChainServiceTest, KnowsOnlyTheCallersOwnWalletsByName) {
  nsl::v1::ListChainBalancesRequest request;
  request.set_account("main");
  EXPECT_EQ(service_.list_balances(alice(), request).error().code(), Code::wallet_not_found);
}

TEST_F(ChainServiceTest, ListsTheTokensOfAnAccount) {
  chain_.replies.emplace("invokescript",
                         R"({"state":"HALT","gasconsumed":"1","stack":[{"type":"Array","value":[)"
                         R"({"type":"ByteString","value":"AQI="}]},)"
                         R"({"type":"Boolean","value":true}]})");
  nsl::v1::ListChainTokensRequest request;
  request.set_account(kAddress);
  request.set_contract(kGas);
  request.set_limit(1);
  const auto reply = service_.list_tokens(alice(), request).value();
  EXPECT_EQ(reply.items(0), "\x01\x02");
  EXPECT_EQ(reply.next_cursor(), "1");
  chain_.replies.clear();
  chain_.replies.emplace("invokescript", R"({"state":"FAULT","gasconsumed":"1","stack":[]})");
  EXPECT_EQ(service_.list_tokens(alice(), request).error().code(), Code::token_refused);
}

}  // namespace
}  // namespace nsl::enclave::chain_access
