#include "enclave/chain/quorum_chain.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/testing/fake_chain.h"

namespace nsl::enclave::chain {
namespace {

using testing::FakeChain;

neo::UInt256 transaction() {
  return neo::UInt256::parse("0x0102030405060708091011121314151617181920212223242526272829303132")
      .value();
}

// Three nodes; the test keeps a hand on each.
class QuorumChainTest : public ::testing::Test {
 protected:
  void start(std::size_t agreeing) {
    std::vector<std::unique_ptr<Chain>> chains;
    for (FakeChain*& node : nodes_) {
      auto made = std::make_unique<FakeChain>();
      node = made.get();
      chains.push_back(std::move(made));
    }
    chain_ = std::make_unique<QuorumChain>(std::move(chains), agreeing, clock_);
  }
  void emit(FakeChain& node, const char* event) {
    node.halt_in_block(transaction(), neo::BlockIndex(7),
                       {{.contract = {}, .event = event, .arguments_json = "[]"}});
  }
  Result<std::optional<ApplicationLog>> log() {
    return chain_->application_log(transaction(), deadline_);
  }

  ManualClock clock_{WallTime(1'700'000'000'000)};
  Deadline deadline_ = Deadline::after_ms(clock_, 10000);
  std::array<FakeChain*, 3> nodes_{};
  std::unique_ptr<QuorumChain> chain_;
};

TEST_F(QuorumChainTest, SaysHowManyAgree) {
  start(2);
  EXPECT_EQ(chain_->proof(), "quorum(2/3)");
}

TEST_F(QuorumChainTest, TakesAHeightThatEnoughNodesHaveReached) {
  start(2);
  nodes_[0]->newest_block = neo::BlockIndex(9000);
  EXPECT_EQ(chain_->height(deadline_), neo::BlockIndex(100));
  nodes_[1]->read_failure = Code::node_unavailable;
  EXPECT_EQ(chain_->height(deadline_), neo::BlockIndex(100));
}

TEST_F(QuorumChainTest, TakesNoEventFromFewerNodesThanMustAgree) {
  start(2);
  emit(*nodes_[0], "Forged");
  EXPECT_EQ(log().value(), std::nullopt);
  emit(*nodes_[1], "Forged");
  ASSERT_TRUE(log().value().has_value());
}

TEST_F(QuorumChainTest, TakesNoAbsenceFromFewerNodesThanMustAgree) {
  start(2);
  emit(*nodes_[0], "Requested");
  nodes_[1]->read_failure = Code::node_unavailable;
  EXPECT_EQ(log().error().code(), Code::quorum_not_reached);
  nodes_[1]->read_failure = std::nullopt;
  EXPECT_EQ(log().value(), std::nullopt);
}

TEST_F(QuorumChainTest, TakesTheStoryOfTheMajorityAboutATransaction) {
  start(2);
  emit(*nodes_[0], "Forged");
  emit(*nodes_[1], "True");
  EXPECT_EQ(log().error().code(), Code::quorum_not_reached);
  emit(*nodes_[2], "True");
  ASSERT_TRUE(log().value().has_value());
  EXPECT_EQ(log().value()->notifications[0].event, "True");
  EXPECT_EQ(chain_->block_of(transaction(), deadline_).value(), neo::BlockIndex(7));
}

TEST_F(QuorumChainTest, AnswersWhileEnoughNodesAreThere) {
  start(2);
  for (FakeChain* node : nodes_) emit(*node, "True");
  nodes_[1]->read_failure = Code::node_unavailable;
  EXPECT_TRUE(log().value().has_value());
  nodes_[2]->read_failure = Code::node_unavailable;
  EXPECT_EQ(log().error().code(), Code::node_unavailable);
  EXPECT_EQ(chain_->height(deadline_).error().code(), Code::node_unavailable);
}

TEST_F(QuorumChainTest, RefusesFiguresNodesDisagreeAbout) {
  start(2);
  for (std::size_t i = 0; i < 3; ++i) {
    nodes_[i]->fees.fee_per_byte = 1000 + static_cast<std::int64_t>(i);
    nodes_[i]->trial.stack_json = std::to_string(i);
  }
  EXPECT_EQ(chain_->fee_policy(deadline_).error().code(), Code::quorum_not_reached);
  EXPECT_EQ(chain_->invoke_script({}, {}, deadline_).error().code(), Code::quorum_not_reached);
  nodes_[0]->fees.fee_per_byte = 1002;
  nodes_[0]->trial.stack_json = "2";
  EXPECT_EQ(chain_->fee_policy(deadline_)->fee_per_byte, 1002);
  EXPECT_EQ(chain_->invoke_script({}, {}, deadline_)->stack_json, "2");
}

TEST_F(QuorumChainTest, SendsToEveryNode) {
  start(2);
  nodes_[0]->send_failure = Code::node_unavailable;
  EXPECT_EQ(chain_->send_transaction(as_bytes("tx"), deadline_), SendOutcome::accepted);
  EXPECT_EQ(nodes_[1]->sent.size(), 1U);
  EXPECT_EQ(nodes_[2]->sent.size(), 1U);
}

TEST_F(QuorumChainTest, CallsATransactionRefusedOnlyWhenNoNodeLeftItOpen) {
  start(2);
  for (FakeChain* node : nodes_) node->send_failure = Code::insufficient_gas;
  EXPECT_EQ(chain_->send_transaction(as_bytes("tx"), deadline_).error().code(),
            Code::insufficient_gas);
  nodes_[1]->send_failure = Code::node_unavailable;
  EXPECT_EQ(chain_->send_transaction(as_bytes("tx"), deadline_).error().code(),
            Code::node_unavailable);
}

TEST_F(QuorumChainTest, AsksANodeThatKeepsFailingLast) {
  start(1);
  nodes_[0]->read_failure = Code::node_unavailable;
  int asked = 0;
  const auto count = [&] { ++asked; };
  for (int i = 0; i < limits::kNodeFailuresMax; ++i) {
    EXPECT_TRUE(chain_->height(deadline_).has_value());
  }
  nodes_[0]->read_failure.reset();
  nodes_[0]->on_height = count;
  EXPECT_TRUE(chain_->height(deadline_).has_value());
  EXPECT_EQ(asked, 0);
  clock_.advance_ms(limits::kNodeRestMs);
  EXPECT_TRUE(chain_->height(deadline_).has_value());
  EXPECT_EQ(asked, 1);
}

// Answers getversion, or is away.
class VersionNode final : public outcall::HttpExchanger {
 public:
  Result<outcall::HttpReply> exchange(const outcall::HttpRequest&, const outcall::EgressPolicy&,
                                      const Deadline&) override {
    if (network == 0) return fail(Code::dial_failed);
    outcall::HttpReply reply;
    reply.status = 200;
    reply.body = R"({"jsonrpc":"2.0","id":1,"result":{"protocol":{"network":)" +
                 std::to_string(network) +
                 R"(,"msperblock":200,"maxvaliduntilblockincrement":5760}}})";
    return reply;
  }
  int network = 56753;
};

class QuorumConnect : public ::testing::Test {
 protected:
  Result<std::unique_ptr<QuorumChain>> connect(std::size_t agreeing) {
    std::vector<std::unique_ptr<RpcClient>> clients;
    for (VersionNode& node : nodes_) {
      clients.push_back(
          std::make_unique<RpcClient>("http://node:1", outcall::EgressPolicy{}, node));
    }
    return QuorumChain::connect(std::move(clients), agreeing, {}, clock_,
                                Deadline::after_ms(clock_, 10000));
  }
  ManualClock clock_{WallTime(1'700'000'000'000)};
  std::array<VersionNode, 3> nodes_;
};

TEST_F(QuorumConnect, StartsWhenEnoughNodesAnswer) {
  nodes_[0].network = 0;
  const auto connected = connect(2);
  ASSERT_TRUE(connected.has_value()) << connected.error().message();
  EXPECT_EQ((*connected)->proof(), "quorum(2/3)");
  EXPECT_EQ((*connected)->network().magic, neo::NetworkMagic(56753));
  EXPECT_EQ(connect(3).error().code(), Code::node_unavailable);
}

TEST_F(QuorumConnect, RefusesNodesOfDifferentNetworks) {
  nodes_[2].network = 1;
  EXPECT_EQ(connect(2).error().code(), Code::wrong_chain);
}

TEST_F(QuorumConnect, RefusesANumberThatCannotAgree) {
  EXPECT_EQ(connect(0).error().code(), Code::invalid_configuration);
  EXPECT_EQ(connect(4).error().code(), Code::invalid_configuration);
}

TEST_F(QuorumChainTest, TakesABlocksTransactionsFromEnoughNodesOnly) {
  start(2);
  const auto content = [this] {
    return chain_->block_content(neo::BlockIndex(7), deadline_).value();
  };
  emit(*nodes_[0], "A");
  // One invents a transaction, and two have a block without.
  EXPECT_TRUE(content()->transactions.empty());
  emit(*nodes_[1], "A");
  ASSERT_EQ(content()->transactions.size(), 1U);
  EXPECT_EQ(content()->transactions[0].hash, transaction());
  for (FakeChain* node : nodes_) node->newest_block = neo::BlockIndex(6);
  EXPECT_EQ(content(), std::nullopt);
}

}  // namespace
}  // namespace nsl::enclave::chain
