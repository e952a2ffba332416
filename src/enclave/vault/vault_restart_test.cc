// Restarts, crashes between any two steps, lost replies and stores set back meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include "enclave/vault/vault.h"
#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::vault {
namespace {

using testing::Fault;
using testing::VaultFixture;

RecordKey key_of(std::string id) {
  return {.kind = "thing", .account = "acc_1", .id = std::move(id)};
}

class VaultRestart : public ::testing::Test {
 protected:
  Result<void> put(const std::string& id, std::string_view value, std::uint64_t expected,
                   std::int64_t deadline_ms = 30000) {
    Batch batch;
    batch.put(key_of(id), to_bytes(value), expected);
    batch.append_audit(to_bytes(value));
    return vault_->commit(std::move(batch), fixture_.deadline(deadline_ms));
  }
  std::string value_of(const std::string& id) {
    const auto record = vault_->find(key_of(id), fixture_.deadline());
    return record.has_value() && record->has_value() ? to_string((*record)->value) : "(none)";
  }
  void restart() {
    vault_.reset();
    vault_ = fixture_.must_open();
  }
  Code open_code() {
    vault_.reset();
    const auto opened = fixture_.try_open();
    return opened.has_value() ? Code::internal : opened.error().code();
  }
  // The next `count` commits end in `fault`.
  void fail_commits(Fault fault, int count) {
    auto left = std::make_shared<std::atomic<int>>(count);
    fixture_.store.set_fault([fault, left](std::string_view method) {
      return method == "Commit" && (*left)-- > 0 ? fault : Fault::none;
    });
  }

  VaultFixture fixture_;
  std::unique_ptr<Vault> vault_ = fixture_.must_open();
};

TEST_F(VaultRestart, KeepsEverything) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  restart();
  EXPECT_EQ(value_of("a"), "one");
  EXPECT_EQ(vault_->audit_head().sequence, 1U);
  ASSERT_TRUE(put("a", "two", 1).has_value());
  restart();
  EXPECT_EQ(value_of("a"), "two");
}

TEST_F(VaultRestart, RefusesAnOlderStore) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  const auto earlier = fixture_.store.contents();
  ASSERT_TRUE(put("a", "two", 1).has_value());
  fixture_.store.set_contents(earlier);
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesAnEmptiedStore) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  fixture_.store.set_contents({});
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesOneRecordSetBack) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  const auto earlier = fixture_.store.contents();
  ASSERT_TRUE(put("a", "two", 1).has_value());
  auto mixed = fixture_.store.contents();
  for (auto& [key, record] : mixed.records) {
    const auto before = earlier.records.find(key);
    if (before != earlier.records.end() && record.version() == 2 && before->second.version() == 1) {
      record = before->second;
    }
  }
  fixture_.store.set_contents(mixed);
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesARemovedOrAnInventedRecord) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  ASSERT_TRUE(put("b", "one", 0).has_value());
  const auto whole = fixture_.store.contents();
  for (const auto& [key, record] : whole.records) {
    auto without = whole;
    without.records.erase(key);
    fixture_.store.set_contents(without);
    EXPECT_EQ(open_code(), Code::state_rolled_back);
  }
  auto with = whole;
  with.records[std::string(32, 'x')] = whole.records.begin()->second;
  with.records[std::string(32, 'x')].set_key(std::string(32, 'x'));
  fixture_.store.set_contents(with);
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesAShortenedAuditLog) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  ASSERT_TRUE(put("b", "two", 0).has_value());
  auto contents = fixture_.store.contents();
  contents.logs["audit"].pop_back();
  fixture_.store.set_contents(contents);
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesTheStoreOfAnotherInstallation) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  VaultFixture other(2);
  other.store.set_contents(fixture_.store.contents());
  EXPECT_EQ(other.try_open().error().code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, RefusesAStoreWithoutItsHead) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  fixture_.unlocker.set_head({});
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, TakesUpTheCommitAfterWhichItDiedBeforeKeepingTheHead) {
  const keys::StateHead before = vault_->head();
  ASSERT_TRUE(put("a", "one", 0).has_value());
  vault_.reset();
  fixture_.unlocker.set_head(before);
  vault_ = fixture_.must_open();
  EXPECT_EQ(value_of("a"), "one");
}

TEST_F(VaultRestart, RefusesAStoreTwoCommitsAhead) {
  const keys::StateHead before = vault_->head();
  ASSERT_TRUE(put("a", "one", 0).has_value());
  ASSERT_TRUE(put("a", "two", 1).has_value());
  vault_.reset();
  fixture_.unlocker.set_head(before);
  EXPECT_EQ(open_code(), Code::state_rolled_back);
}

TEST_F(VaultRestart, SurvivesDyingInEveryStepOfItsOwnStart) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  vault_.reset();
  // The fence is committed, its head is not kept: the next start finds the store one ahead.
  for (int round = 0; round < 3; ++round) {
    fixture_.unlocker.fail_next_saves(1);
    EXPECT_FALSE(fixture_.try_open().has_value());
  }
  fail_commits(Fault::fail_after, 1);
  EXPECT_FALSE(fixture_.try_open().has_value());
  vault_ = fixture_.must_open();
  EXPECT_EQ(value_of("a"), "one");
}

TEST_F(VaultRestart, SendsACommitAgainUntilItIsConfirmed) {
  for (const Fault fault : {Fault::fail_before, Fault::fail_after, Fault::hold}) {
    const std::string id = "id" + std::to_string(static_cast<int>(fault));
    fail_commits(fault, 3);
    EXPECT_TRUE(put(id, "value", 0).has_value());
    EXPECT_EQ(value_of(id), "value");
    EXPECT_EQ(fixture_.store.release_held(), 0);
    restart();
    EXPECT_EQ(value_of(id), "value");
  }
  EXPECT_EQ(vault_->audit_head().sequence, 3U);
}

TEST_F(VaultRestart, WaitsBeforeItSendsACommitAgain) {
  fixture_.retry_ms = limits::kVaultRetryMs;
  restart();
  fail_commits(Fault::fail_before, 2);
  const Deadline patience = fixture_.deadline(2 * limits::kVaultRetryMs);
  EXPECT_TRUE(put("a", "value", 0).has_value());
  EXPECT_TRUE(patience.has_passed(fixture_.clock));
}

TEST_F(VaultRestart, GivesAnAttemptToCommitItsOwnTime) {
  const Deadline earliest = fixture_.deadline(limits::kVaultCommitAttemptMs);
  ASSERT_TRUE(put("a", "value", 0).has_value());
  EXPECT_GE(fixture_.store.last_deadline().time(), earliest.time());
  EXPECT_LE(fixture_.store.last_deadline().time(),
            fixture_.deadline(limits::kVaultCommitAttemptMs).time());
}

TEST_F(VaultRestart, ALateCommitOfAnEarlierLifeCanNoLongerHappen) {
  ASSERT_TRUE(put("a", "one", 0).has_value());
  fail_commits(Fault::hold, 1'000'000);
  EXPECT_EQ(put("a", "two", 1, 20).error().code(), Code::deadline_exceeded);
  vault_.reset();
  fixture_.store.set_fault({});
  vault_ = fixture_.must_open();
  EXPECT_EQ(value_of("a"), "one");
  EXPECT_EQ(fixture_.store.release_held(), 0);
  ASSERT_TRUE(put("a", "three", 1).has_value());
  restart();
  EXPECT_EQ(value_of("a"), "three");
}

TEST_F(VaultRestart, ALateCommitThatArrivesDuringTheStartIsTakenUp) {
  fail_commits(Fault::hold, 1'000'000);
  EXPECT_EQ(put("a", "late", 0, 20).error().code(), Code::deadline_exceeded);
  vault_.reset();
  // The store is listed first, then the commit arrives, then the fence.
  fixture_.store.set_fault({});
  fixture_.store.release_held_before_commit();
  const int lists = fixture_.store.calls("List");
  vault_ = fixture_.must_open();
  EXPECT_EQ(fixture_.store.calls("List"), lists + 2);
  EXPECT_EQ(value_of("a"), "late");
}

TEST_F(VaultRestart, AcknowledgesNothingBeforeTheHeadIsKept) {
  fixture_.unlocker.fail_next_saves(1'000'000);
  EXPECT_EQ(put("a", "one", 0, 20).error().code(), Code::deadline_exceeded);
  // It is in the store, but nobody may see it yet.
  const auto found = vault_->find(key_of("a"), fixture_.deadline(20));
  EXPECT_EQ(found.error().code(), Code::deadline_exceeded);
  EXPECT_EQ(vault_->list("thing", "acc_1", fixture_.deadline(20)).error().code(),
            Code::deadline_exceeded);
  fixture_.unlocker.fail_next_saves(0);
  EXPECT_EQ(value_of("a"), "one");
}

TEST_F(VaultRestart, DoesNotCommitForACallerThatIsGone) {
  fail_commits(Fault::fail_before, 1'000'000);
  EXPECT_FALSE(put("first", "sent", 0, 20).has_value());
  EXPECT_FALSE(put("second", "waits", 0, 20).has_value());
  fixture_.store.set_fault({});
  ASSERT_TRUE(put("third", "done", 0).has_value());
  EXPECT_EQ(value_of("first"), "sent");
  EXPECT_EQ(value_of("second"), "(none)");
}

// Random commits, faults and restarts against a model: what was acknowledged is there, what was
// refused is not, and what was left open is one of the two.
TEST_F(VaultRestart, AgreesWithAModelUnderRandomFaults) {
  SeededRandom random(7);
  const auto pick = [&random](std::uint8_t below) -> std::uint8_t {
    return static_cast<std::uint8_t>(random.bytes<1>()[0] % below);
  };
  std::map<std::string, std::uint64_t> versions;
  std::uint64_t audited = 0;
  for (int step = 0; step < 300; ++step) {
    fail_commits(Fault{pick(4)}, pick(3));
    fixture_.unlocker.fail_next_saves(pick(3));
    const std::string id(1, static_cast<char>('a' + pick(6)));
    std::uint64_t& version = versions[id];
    ASSERT_TRUE(put(id, std::to_string(version + 1), version).has_value());
    ++version;
    ++audited;
    fixture_.store.set_fault({});
    fixture_.unlocker.fail_next_saves(0);
    fixture_.store.release_held();
    if (pick(10) == 0) restart();
  }
  restart();
  for (const auto& [id, version] : versions) EXPECT_EQ(value_of(id), std::to_string(version));
  EXPECT_EQ(vault_->audit_head().sequence, audited);
}

}  // namespace
}  // namespace nsl::enclave::vault
