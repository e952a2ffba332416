// Proposals on a host that lies, and across crashes.
#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "enclave/proposals/proposal_testing.h"

namespace nsl::enclave::proposals {
namespace {

using nsl::v1::Proposal;

class ProposalAdversaryTest : public testing::ProposalFixture {
 protected:
  // What is left after a crash: the records, and nothing that was in memory.
  struct Life {
    explicit Life(ProposalAdversaryTest& test)
        : submitter(test.parts()),
          book({.vault = *test.vault_,
                .wallets = test.book_,
                .chain = test.chain_,
                .submitter = submitter}),
          sender({.book = book, .submitter = submitter, .chain = test.chain_}) {}
    transactions::Submitter submitter;
    ProposalBook book;
    ProposalSender sender;
  };
  // Enough signatures are stored, and the enclave dies before it sends.
  Proposal released_but_not_sent() {
    const Proposal made = propose();
    EXPECT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
    const std::string signature = signed_outside(made.id());
    EXPECT_TRUE(proposals_
                    .change(
                        {"acc_alice", made.id()},
                        [&](stored::ProposalRecord& record) -> Result<void> {
                          NSL_TRY(Collection collection,
                                  Collection::open(record, chain_.network_info.magic));
                          NSL_TRY_VOID(collection.add(outside_.public_key(), as_bytes(signature)));
                          collection.store(record);
                          record.set_is_released(true);
                          return {};
                        },
                        deadline_)
                    .has_value());
    return made;
  }
  // An enclave that starts on what the host holds now.
  Result<std::unique_ptr<vault::Vault>> next_vault() {
    return vault::Vault::open({.transport = host_,
                               .keys = keys_,
                               .unlocker = unlocker_,
                               .random = random_,
                               .clock = system_clock_},
                              deadline_);
  }
  std::string newest_job() { return host_.jobs().back(); }
};

TEST_F(ProposalAdversaryTest, ACrashBetweenTheLastSignatureAndSendingIsMadeGood) {
  const Proposal made = released_but_not_sent();
  EXPECT_TRUE(chain_.sent.empty());
  EXPECT_EQ(status(made.id()), Proposal::READY);
  Life next(*this);
  const auto outcome = next.sender.carry_out(newest_job(), deadline_);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
  EXPECT_TRUE(outcome->is_done);
  ASSERT_EQ(chain_.sent.size(), 1U);
  EXPECT_EQ(neo::hash_of(newest_sent()).to_text(), made.hash());
}

TEST_F(ProposalAdversaryTest, AJobThatComesAgainSendsTheSameBytesOrNothing) {
  const Proposal made = released_but_not_sent();
  const std::string job = newest_job();
  for (int i = 0; i < 3; ++i) {
    Life next(*this);
    ASSERT_TRUE(next.sender.carry_out(job, deadline_).has_value());
  }
  for (const Bytes& sent : chain_.sent) EXPECT_EQ(sent, chain_.sent.front());
  make_block({neo::UInt256::parse(made.hash()).value()});
  const std::size_t count = chain_.sent.size();
  EXPECT_EQ(status(made.id()), Proposal::CONFIRMED);
  Life last(*this);
  ASSERT_TRUE(last.sender.carry_out(job, deadline_).has_value());
  EXPECT_EQ(chain_.sent.size(), count);
}

TEST_F(ProposalAdversaryTest, AnInventedJobSendsNothing) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  EXPECT_TRUE(sender_.carry_out(to_job({"acc_alice", made.id()}), deadline_)->is_done);
  EXPECT_TRUE(sender_.carry_out(to_job({"acc_bob", made.id()}), deadline_)->is_done);
  EXPECT_TRUE(sender_.carry_out("proposal/acc_alice/prop_nobodys", deadline_)->is_done);
  EXPECT_EQ(sender_.carry_out("proposal", deadline_).error().code(), Code::invalid_argument);
  EXPECT_EQ(sender_.carry_out("wallet/a/b", deadline_).error().code(), Code::invalid_argument);
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(ProposalAdversaryTest, AJobFailsForNowWhenTheChainIsAway) {
  const Proposal made = released_but_not_sent();
  chain_.read_failure = Code::unavailable;
  clock_.advance_ms(60000);
  EXPECT_FALSE(sender_.carry_out(newest_job(), deadline_).has_value());
  chain_.read_failure.reset();
  EXPECT_TRUE(sender_.carry_out(newest_job(), deadline_)->is_done);
  EXPECT_EQ(neo::hash_of(newest_sent()).to_text(), made.hash());
}

TEST_F(ProposalAdversaryTest, IsSignedWhileNoNodeAnswersAndSentLater) {
  const Proposal made = propose();
  chain_.read_failure = Code::unavailable;
  chain_.send_failure = Code::unavailable;
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  const auto last = sign(bob(), "own", made.id());
  ASSERT_TRUE(last.has_value()) << last.error().message();
  EXPECT_TRUE(chain_.sent.empty());
  chain_.read_failure.reset();
  chain_.send_failure.reset();
  Life next(*this);
  EXPECT_TRUE(next.sender.carry_out(to_job({"acc_alice", made.id()}), deadline_)->is_done);
  EXPECT_EQ(neo::hash_of(newest_sent()).to_text(), made.hash());
}

TEST_F(ProposalAdversaryTest, ARecordRolledBackIsNotBelieved) {
  const Proposal made = propose();
  const auto before = host_.snapshot();
  ASSERT_TRUE(withdraw(alice(), "safe", made.id()).has_value());
  // Withdrawn, says the enclave; not yet, says the host.
  host_.restore(before);
  EXPECT_EQ(sign(alice(), "safe", made.id(), "hot").error().code(), Code::proposal_closed);
  EXPECT_EQ(status(made.id()), Proposal::WITHDRAWN);
  EXPECT_EQ(next_vault().error().code(), Code::state_rolled_back);
}

TEST_F(ProposalAdversaryTest, TwoRecordsThatChangePlacesAreNotBelieved) {
  const auto before = host_.snapshot();
  const Proposal first = propose();
  const auto between = host_.snapshot();
  const Proposal second = propose();
  auto records = host_.snapshot();
  // The names of each proposal's records: those that came with it.
  std::vector<std::string> of_first;
  std::vector<std::string> of_second;
  for (const auto& [name, record] : records) {
    if (!between.contains(name)) {
      of_second.push_back(name);
    } else if (!before.contains(name)) {
      of_first.push_back(name);
    }
  }
  ASSERT_EQ(of_first.size(), of_second.size());
  for (std::size_t i = 0; i < of_first.size(); ++i) {
    std::swap(records[of_first[i]], records[of_second[i]]);
  }
  host_.restore(records);
  EXPECT_EQ(get(alice(), "safe", first.id())->hash(), first.hash());
  EXPECT_EQ(sign(alice(), "safe", second.id(), "hot")->hash(), second.hash());
  const auto next = next_vault();
  ASSERT_FALSE(next.has_value());
  EXPECT_EQ(next.error().code(), Code::state_rolled_back);
}

TEST_F(ProposalAdversaryTest, ShowsTheHostNothingOfAProposal) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  const std::string stored = host_.everything();
  EXPECT_EQ(stored.find(made.transaction()), std::string::npos);
  EXPECT_EQ(stored.find(made.hash()), std::string::npos);
  EXPECT_EQ(stored.find(safe_.verification_script()), std::string::npos);
}

TEST_F(ProposalAdversaryTest, TwoWhoSignAtOnceBothHaveSigned) {
  const Proposal made = propose();
  const std::string signature = signed_outside(made.id());
  bool is_second = true;
  // The other's signature gets in between reading and writing.
  const auto changed = proposals_.change(
      {"acc_alice", made.id()},
      [&](stored::ProposalRecord& record) -> Result<void> {
        if (std::exchange(is_second, false)) {
          EXPECT_TRUE(add(made.id(), outside_.public_key(), signature).has_value());
        }
        record.set_is_manual(true);
        return {};
      },
      deadline_);
  ASSERT_TRUE(changed.has_value()) << changed.error().message();
  EXPECT_EQ(changed->value.signatures_size(), 1);
  EXPECT_TRUE(changed->value.is_manual());
}

}  // namespace
}  // namespace nsl::enclave::proposals
