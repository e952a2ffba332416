// Triggers that wait for blocks and transactions: each starts its function once, for what the chain
// proves and nothing else.
#include "enclave/triggers/block_intake.h"

#include "core/base/limits.h"
#include "core/neo/address.h"
#include "core/neo/script_builder.h"
#include "enclave/triggers/backfiller.h"
#include "enclave/triggers/block_events.h"
#include "enclave/triggers/intake_testing.h"

namespace nsl::enclave::triggers {
namespace {

using nsl::v1::TransactionSource;

constexpr const char* kPayer = "0x00000000000000000000000000000000000000aa";
constexpr const char* kOther = "0x00000000000000000000000000000000000000bb";

neo::UInt160 account(const char* text) { return neo::UInt160::parse(text).value(); }

class BlockIntakeTest : public IntakeTest {
 protected:
  BlockIntakeTest() { add_block(101); }

  static neo::Transaction transaction_of(std::uint32_t nonce, const char* sender = kPayer) {
    neo::Transaction transaction;
    transaction.nonce = nonce;
    transaction.system_fee = neo::GasAmount::parse("1.5").value();
    transaction.signers.emplace_back().account = account(sender);
    transaction.script =
        neo::make_call_script(account(kContract), "transfer", {}, neo::CallFlags::all).value();
    return transaction;
  }
  void add_block(std::uint32_t index, std::vector<neo::Transaction> transactions = {}) {
    neo::Block& block = proofs_.blocks[index];
    block.header.index = neo::BlockIndex(index);
    block.header.timestamp_ms = 1'700'000'000'000;
    block.transactions = std::move(transactions);
    proofs_.newest_block = neo::BlockIndex(index);
  }
  Result<nsl::v1::Trigger> put(const nsl::v1::TriggerSource& source, const char* filter = "") {
    nsl::v1::PutTriggerRequest request;
    request.set_name("watch");
    request.set_function("answer");
    request.set_filter(filter);
    *request.mutable_source() = source;
    return triggers_.put(alice(), request);
  }
  void put_blocks(std::uint32_t every = 0, const char* filter = "") {
    nsl::v1::TriggerSource source;
    source.mutable_block()->set_every(every);
    ASSERT_TRUE(put(source, filter).has_value());
  }
  void put_transactions(const TransactionSource& named, const char* filter = "") {
    nsl::v1::TriggerSource source;
    *source.mutable_transaction() = named;
    const auto made = put(source, filter);
    ASSERT_TRUE(made.has_value()) << made.error().message();
  }
  static nsl::v1::TriggerSource transactions(const TransactionSource& named) {
    nsl::v1::TriggerSource source;
    *source.mutable_transaction() = named;
    return source;
  }
  internal::v1::ReportEventRequest report_of(std::uint32_t index) const {
    internal::v1::ReportEventRequest request;
    request.set_block(index);
    const auto found = proofs_.blocks.find(index);
    request.set_transaction(found == proofs_.blocks.end()
                                ? neo::UInt256().to_text()
                                : neo::hash_of(found->second.header).to_text());
    return request;
  }
  std::size_t started_by(std::uint32_t index) {
    const auto started = blocks_.report(report_of(index), deadline_);
    EXPECT_TRUE(started.has_value()) << started.error().message();
    return started.has_value() ? started->size() : 0;
  }
  // Of each run its event, oldest first.
  std::vector<nsl::v1::RunEvent> events() {
    std::vector<nsl::v1::RunEvent> all;
    const auto runs = runs_.list("acc_alice", deadline_).value();
    for (const auto& record : runs) {
      all.push_back(record.value.run().event());
    }
    return all;
  }
};

TEST_F(BlockIntakeTest, ABlockStartsARunOnceHoweverOftenItIsReported) {
  put_blocks();
  EXPECT_EQ(started_by(101), 1U);
  EXPECT_EQ(started_by(101), 1U);
  ASSERT_EQ(events().size(), 1U);
  const nsl::v1::RunEvent event = events()[0];
  EXPECT_EQ(event.id(), report_of(101).transaction() + "/Block");
  EXPECT_EQ(event.block(), 101U);
  EXPECT_EQ(event.event(), "block");
  EXPECT_EQ(event.proof(), "inclusion");
  const std::string input = runs_.list("acc_alice", deadline_).value()[0].value.run().input();
  EXPECT_NE(input.find(R"("content":{"hash":"0x)"), std::string::npos) << input;
}

TEST_F(BlockIntakeTest, OnlyEveryNthBlockCounts) {
  put_blocks(5);
  for (std::uint32_t index = 101; index <= 110; ++index) {
    add_block(index);
    EXPECT_EQ(started_by(index), index % 5 == 0 ? 1U : 0U) << index;
  }
}

TEST_F(BlockIntakeTest, ABlockTheHostInventedStartsNothing) {
  put_blocks();
  internal::v1::ReportEventRequest invented = report_of(101);
  invented.set_transaction(neo::UInt256().to_text());
  EXPECT_EQ(blocks_.report(invented, deadline_).error().code(), Code::event_not_confirmed);
  // And one that is not there.
  EXPECT_FALSE(blocks_.report(report_of(4000), deadline_).has_value());
  EXPECT_TRUE(events().empty());
}

TEST_F(BlockIntakeTest, ABlockThatCannotBeProvenStartsNothingUntilItIs) {
  put_blocks();
  proofs_.failure = Code::node_behind;
  EXPECT_EQ(blocks_.report(report_of(101), deadline_).error().code(), Code::node_behind);
  EXPECT_TRUE(events().empty());
  proofs_.failure.reset();
  EXPECT_EQ(started_by(101), 1U);
}

TEST_F(BlockIntakeTest, BlocksBeforeTheTriggerDoNotCount) {
  put_blocks();
  add_block(100);
  EXPECT_EQ(started_by(100), 0U);
}

TEST_F(BlockIntakeTest, NothingIsReadWhileNobodyWaitsForBlocks) {
  proofs_.failure = Code::internal;
  EXPECT_EQ(started_by(101), 0U);
}

TEST_F(BlockIntakeTest, TheHostIsAskedForEveryBlock) {
  put_blocks(7);
  const auto wanted = index_.wanted();
  ASSERT_EQ(wanted.size(), 2U);
  EXPECT_EQ(wanted[0].name, kEveryBlock);
  EXPECT_EQ(wanted[0].from_block, 101U);
}

TEST_F(BlockIntakeTest, EachTransactionStartsARunInTheOrderOfTheBlock) {
  put_transactions({});
  add_block(101, {transaction_of(1), transaction_of(2), transaction_of(3)});
  EXPECT_EQ(started_by(101), 3U);
  EXPECT_EQ(started_by(101), 3U);
  const auto all = events();
  ASSERT_EQ(all.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const std::string hash = neo::hash_of(transaction_of(i + 1)).to_text();
    const auto is_it = [&](const auto& event) { return event.id() == hash + "/Transaction"; };
    ASSERT_EQ(std::ranges::count_if(all, is_it), 1);
    const auto found = std::ranges::find_if(all, is_it);
    EXPECT_EQ(found->transaction(), hash);
    EXPECT_EQ(found->proof(), "inclusion");
  }
}

TEST_F(BlockIntakeTest, TheSourceNamesSenderSignerContractAndAttribute) {
  neo::Transaction two = transaction_of(2, kOther);
  two.signers.emplace_back().account = account(kPayer);
  two.script = {0x40};
  two.attributes.emplace_back(neo::HighPriority{});
  const std::vector<neo::Transaction> both = {transaction_of(1), two};
  TransactionSource named;
  const auto count = [&] {
    chain_access::FoundBlock found;
    found.block.transactions = both;
    return block_events(access_, transactions(named), found, deadline_).value().size();
  };
  EXPECT_EQ(count(), 2U);
  named.set_sender(kOther);
  EXPECT_EQ(count(), 1U);
  named.Clear();
  named.set_signer(kPayer);
  EXPECT_EQ(count(), 2U);
  named.set_signer(kOther);
  EXPECT_EQ(count(), 1U);
  named.set_sender(kPayer);
  EXPECT_EQ(count(), 0U);
  named.Clear();
  named.set_called(kContract);
  EXPECT_EQ(count(), 1U);
  named.set_called(kOtherContract);
  EXPECT_EQ(count(), 0U);
  named.Clear();
  named.set_attribute("HighPriority");
  EXPECT_EQ(count(), 1U);
  named.set_attribute("Conflicts");
  EXPECT_EQ(count(), 0U);
}

TEST_F(BlockIntakeTest, ThatAContractNotifiedIsTheWordOfTheNodes) {
  TransactionSource named;
  named.set_notified(kContract);
  put_transactions(named);
  add_block(101, {transaction_of(1)});
  EXPECT_FALSE(blocks_.report(report_of(101), deadline_).has_value());
  const std::string hash = neo::hash_of(transaction_of(1)).to_text();
  chain_.replies.emplace(
      "getapplicationlog",
      R"({"txid":")" + hash +
          R"(","executions":[{"trigger":"Application","vmstate":"HALT","gasconsumed":"1",)"
          R"("stack":[],"notifications":[{"contract":")" +
          kContract + R"(","eventname":"E","state":{"type":"Array","value":[]}}]}]})");
  EXPECT_EQ(started_by(101), 1U);
  EXPECT_EQ(events().at(0).proof(), "quorum(1/1)");
}

TEST_F(BlockIntakeTest, AFilterLooksAtTheTypedFieldsOfATransaction) {
  const std::string sender = neo::to_address(account(kPayer));
  const std::string filter = "system_fee > 100000000 && sender == '" + sender +
                             "' && size(signers) == 1 && calls[0].method == 'transfer' && "
                             "calls[0].contract == '" +
                             kContract + "' && nonce != 2";
  put_transactions({}, filter.c_str());
  add_block(101, {transaction_of(1), transaction_of(2), transaction_of(3, kOther)});
  EXPECT_EQ(started_by(101), 1U);
}

TEST_F(BlockIntakeTest, AFilterOverBlocksKnowsNoFieldsOfTransactions) {
  nsl::v1::TriggerSource source;
  source.mutable_block();
  EXPECT_EQ(put(source, "sender == 'N'").error().code(), Code::expression_ill_typed);
  EXPECT_TRUE(put(source, "transaction_count > 0 && block % 2 == 1").has_value());
  EXPECT_EQ(started_by(101), 0U);
  add_block(101, {transaction_of(1)});
  EXPECT_EQ(started_by(101), 1U);
}

TEST_F(BlockIntakeTest, AFilterWithoutAValueFailsItsRunAndSaysWhy) {
  put_transactions({}, "calls[7].method == 'transfer'");
  add_block(101, {transaction_of(1)});
  EXPECT_EQ(started_by(101), 1U);
  const auto run = runs_.list("acc_alice", deadline_).value()[0].value.run();
  EXPECT_EQ(run.status(), nsl::v1::Run::FAILED);
}

TEST_F(BlockIntakeTest, SourcesThatAreNoneAreRefused) {
  TransactionSource named;
  named.set_sender("nobody");
  EXPECT_EQ(put(transactions(named)).error().code(), Code::invalid_hash);
  named.Clear();
  named.set_attribute("Priority");
  EXPECT_EQ(put(transactions(named)).error().code(), Code::trigger_invalid);
  named.Clear();
  named.set_from_block(9);
  named.set_to_block(8);
  EXPECT_EQ(put(transactions(named)).error().code(), Code::block_range_invalid);
  EXPECT_EQ(put({}).error().code(), Code::trigger_invalid);
}

TEST_F(BlockIntakeTest, PastBlocksAreABackfillsAndStartEachRunOnce) {
  for (std::uint32_t index = 90; index <= 100; ++index) add_block(index, {transaction_of(index)});
  TransactionSource named;
  named.set_from_block(95);
  put_transactions(named);
  Backfiller backfiller({.vault = *vault_,
                         .chain = chain_,
                         .intake = intake_,
                         .blocks = blocks_,
                         .clock = system_clock_});
  EXPECT_TRUE(backfiller.carry_out("backfill/acc_alice/trigger/watch", deadline_)->is_done);
  EXPECT_EQ(events().size(), 6U);
  nsl::v1::GetTriggerRequest get;
  get.set_name("watch");
  EXPECT_EQ(triggers_.get(alice(), get)->backfill().events_found(), 6U);
}

TEST_F(BlockIntakeTest, APreviewShowsWhatWouldStartTheFunction) {
  for (std::uint32_t index = 90; index <= 100; ++index) add_block(index, {transaction_of(index)});
  put_transactions({}, "nonce % 2 == 0");
  nsl::v1::PreviewTriggerRequest request;
  request.set_name("watch");
  request.set_from_block(91);
  const auto preview = triggers_.preview(alice(), request).value();
  EXPECT_EQ(preview.events_seen(), 10U);
  ASSERT_EQ(preview.items_size(), 5);
  EXPECT_EQ(preview.items(0).block(), 92U);
  EXPECT_EQ(preview.items(0).event(), "transaction");
  EXPECT_EQ(preview.items(0).proof(), "inclusion");
  EXPECT_TRUE(events().empty());
}

TEST_F(BlockIntakeTest, WhatIsTooLargeForAFunctionIsLeftOutOfItsInput) {
  neo::Transaction large = transaction_of(1);
  large.script = Bytes(60'000, 0x21);
  chain_access::FoundBlock found;
  found.block.transactions = {large};
  const auto events = block_events(access_, transactions({}), found, deadline_).value();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_LE(std::ssize(events[0].arguments_json), limits::kEventArgumentBytesMax);
  EXPECT_NE(events[0].input.find(R"("script":"")"), std::string::npos);
}

}  // namespace
}  // namespace nsl::enclave::triggers
