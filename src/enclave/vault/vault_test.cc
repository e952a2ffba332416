#include "enclave/vault/vault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::vault {
namespace {

RecordKey key_of(std::string id, std::string account = "acc_1", std::string kind = "thing") {
  return {.kind = std::move(kind), .account = std::move(account), .id = std::move(id)};
}

class VaultTest : public ::testing::Test {
 protected:
  Result<void> put(const RecordKey& key, std::string_view value, std::uint64_t expected) {
    Batch batch;
    batch.put(key, to_bytes(value), expected);
    return vault_->commit(std::move(batch), fixture_.deadline());
  }
  std::string value_of(const RecordKey& key) {
    const auto record = vault_->find(key, fixture_.deadline());
    return record.has_value() && record->has_value() ? to_string((*record)->value) : "(none)";
  }
  static Batch job() {
    Batch batch;
    batch.enqueue("job", 0);
    return batch;
  }
  // A first commit goes to the store again and again from here on; others wait behind it.
  void hold_up() {
    fixture_.store.set_fault([](std::string_view method) {
      return method == "Commit" ? testing::Fault::fail_before : testing::Fault::none;
    });
    EXPECT_EQ(code_of(vault_->commit(job(), fixture_.deadline(200))), Code::deadline_exceeded);
    ASSERT_GT(fixture_.store.calls("Commit"), 0);
  }
  static Code code_of(const Result<void>& result) {
    return result.has_value() ? Code::internal : result.error().code();
  }

  testing::VaultFixture fixture_;
  std::unique_ptr<Vault> vault_ = fixture_.must_open();
};

TEST_F(VaultTest, ReturnsWhatWasCommitted) {
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  const auto record = vault_->find(key_of("a"), fixture_.deadline());
  EXPECT_EQ((*record)->version, 1U);
  EXPECT_EQ(to_string((*record)->value), "one");
}

TEST_F(VaultTest, KnowsAnAbsentRecordWithoutAskingTheHost) {
  EXPECT_EQ(value_of(key_of("nothing")), "(none)");
  EXPECT_EQ(fixture_.store.calls("Get"), 0);
}

TEST_F(VaultTest, ReadsWhatItWroteWithoutAskingTheHost) {
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  EXPECT_EQ(value_of(key_of("a")), "one");
  EXPECT_EQ(fixture_.store.calls("Get"), 0);
}

TEST_F(VaultTest, RefusesAPutWhoseExpectedVersionDiffers) {
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  EXPECT_EQ(code_of(put(key_of("a"), "again", 0)), Code::version_conflict);
  EXPECT_EQ(code_of(put(key_of("a"), "later", 2)), Code::version_conflict);
  EXPECT_EQ(code_of(put(key_of("b"), "absent", 1)), Code::version_conflict);
  EXPECT_TRUE(put(key_of("a"), "two", 1).has_value());
  EXPECT_EQ(value_of(key_of("a")), "two");
}

TEST_F(VaultTest, AppliesABatchAsAWholeOrNotAtAll) {
  ASSERT_TRUE(put(key_of("taken"), "x", 0).has_value());
  Batch batch;
  batch.put(key_of("new"), to_bytes(std::string_view("y")), 0);
  batch.put(key_of("taken"), to_bytes(std::string_view("y")), 0);
  batch.append_audit(to_bytes(std::string_view("entry")));
  batch.enqueue("job", 5);
  EXPECT_EQ(code_of(vault_->commit(std::move(batch), fixture_.deadline())), Code::version_conflict);
  EXPECT_EQ(value_of(key_of("new")), "(none)");
  EXPECT_EQ(vault_->audit_head().sequence, 0U);
  EXPECT_TRUE(fixture_.store.contents().jobs.empty());
}

TEST_F(VaultTest, ErasesARecordAndCreatesItAgain) {
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  Batch wrong;
  wrong.erase(key_of("a"), 2);
  EXPECT_EQ(code_of(vault_->commit(std::move(wrong), fixture_.deadline())), Code::version_conflict);
  Batch right;
  right.erase(key_of("a"), 1);
  ASSERT_TRUE(vault_->commit(std::move(right), fixture_.deadline()).has_value());
  EXPECT_EQ(value_of(key_of("a")), "(none)");
  ASSERT_TRUE(put(key_of("a"), "new", 0).has_value());
  EXPECT_EQ(value_of(key_of("a")), "new");
}

TEST_F(VaultTest, ListsRecordsThatAreBeingChanged) {
  constexpr std::uint64_t kChanges = 3000;
  ASSERT_TRUE(put(key_of("a"), "0", 0).has_value());
  std::atomic<bool> is_done = false;
  std::thread writer([this, &is_done] {
    for (std::uint64_t version = 1; version < kChanges; ++version) {
      EXPECT_TRUE(put(key_of("a"), std::to_string(version), version).has_value());
    }
    is_done = true;
  });
  while (!is_done) {
    const auto listed = vault_->list("thing", "acc_1", fixture_.deadline());
    if (listed.has_value() && listed->size() == 1) continue;
    ADD_FAILURE() << (listed.has_value() ? "not one record" : listed.error().message());
    break;
  }
  writer.join();
}

TEST_F(VaultTest, ListsOneKindOfOneAccount) {
  for (const char* id : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(put(key_of(id), id, 0).has_value());
  ASSERT_TRUE(put(key_of("x", "acc_2"), "x", 0).has_value());
  ASSERT_TRUE(put(key_of("y", "acc_1", "other"), "y", 0).has_value());
  // Once from the cache, once from the host.
  for (int round = 0; round < 2; ++round) {
    auto listed = vault_->list("thing", "acc_1", fixture_.deadline());
    ASSERT_TRUE(listed.has_value());
    std::vector<std::string> ids;
    for (const auto& [id, record] : *listed) {
      EXPECT_EQ(to_string(record.value), id);
      ids.push_back(id);
    }
    std::ranges::sort(ids);
    EXPECT_EQ(ids, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
    vault_.reset();
    vault_ = fixture_.must_open();
  }
}

TEST_F(VaultTest, KeepsSecretsApartFromOrdinaryRecords) {
  Batch batch;
  batch.put_secret(key_of("s", "acc_1", "secret"), SecretBytes::copy_of(as_bytes("hush")), 0);
  ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  const auto secret = vault_->find_secret(key_of("s", "acc_1", "secret"), fixture_.deadline());
  ASSERT_TRUE(secret.has_value() && secret->has_value());
  EXPECT_EQ(to_string((*secret)->value.reveal()), "hush");
  EXPECT_EQ(vault_->find(key_of("s", "acc_1", "secret"), fixture_.deadline()).error().code(),
            Code::record_corrupt);
  EXPECT_FALSE(vault_->list("secret", "acc_1", fixture_.deadline()).has_value());
  ASSERT_TRUE(put(key_of("plain"), "x", 0).has_value());
  EXPECT_FALSE(vault_->find_secret(key_of("plain"), fixture_.deadline()).has_value());
}

TEST_F(VaultTest, HandsJobsToTheHostWithTheRecords) {
  Batch batch;
  batch.put(key_of("run"), {}, 0).enqueue("run_1", 250);
  ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  EXPECT_EQ(fixture_.store.contents().jobs.at("run_1"), 250U);
}

TEST_F(VaultTest, RefusesWhatTheHostCouldNotTake) {
  const std::string long_part(limits::kRecordKeyBytesMax + 1, 'x');
  EXPECT_EQ(code_of(put(key_of(long_part), "x", 0)), Code::limit_exceeded);
  EXPECT_EQ(code_of(put(key_of(""), "x", 0)), Code::invalid_argument);
  EXPECT_EQ(code_of(put(anchor_key(), "x", 0)), Code::invalid_argument);
  EXPECT_EQ(code_of(put(key_of("a"), std::string(limits::kRecordBytesMax, 'x'), 0)),
            Code::limit_exceeded);
  Batch twice;
  twice.put(key_of("a"), {}, 0).put(key_of("a"), {}, 1);
  EXPECT_EQ(code_of(vault_->commit(std::move(twice), fixture_.deadline())), Code::invalid_argument);
  Batch nameless;
  nameless.enqueue("", 0);
  EXPECT_EQ(code_of(vault_->commit(std::move(nameless), fixture_.deadline())),
            Code::invalid_argument);
  Batch many;
  for (std::size_t i = 0; i < limits::kStoreBatchMax; ++i) many.enqueue("job", 0);
  EXPECT_EQ(code_of(vault_->commit(std::move(many), fixture_.deadline())), Code::limit_exceeded);
  Batch wordy;
  wordy.append_audit(Bytes(limits::kAuditEntryBytesMax + 1));
  EXPECT_EQ(code_of(vault_->commit(std::move(wordy), fixture_.deadline())), Code::limit_exceeded);
  EXPECT_TRUE(put(key_of("a"), std::string(limits::kRecordBytesMax - 256, 'x'), 0).has_value());
}

TEST_F(VaultTest, AConflictRefusesOnlyItsOwnBatch) {
  ASSERT_TRUE(put(key_of("taken"), "x", 0).has_value());
  std::atomic<int> committed = 0;
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread, &committed, &conflicts] {
      for (int i = 0; i < 20; ++i) {
        const std::string id = std::to_string(thread) + "/" + std::to_string(i);
        if (put(key_of(id), id, 0).has_value()) ++committed;
        if (code_of(put(key_of("taken"), "y", 0)) == Code::version_conflict) ++conflicts;
        EXPECT_EQ(value_of(key_of(id)), id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(committed, 160);
  EXPECT_EQ(conflicts, 160);
  vault_.reset();
  vault_ = fixture_.must_open();
  EXPECT_EQ(value_of(key_of("7/19")), "7/19");
}

TEST_F(VaultTest, OneOfTwoRacingWritersWins) {
  ASSERT_TRUE(put(key_of("a"), "0", 0).has_value());
  for (std::uint64_t version = 1; version <= 20; ++version) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([this, version, &winners] {
        if (put(key_of("a"), "x", version).has_value()) ++winners;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
}

TEST_F(VaultTest, EachCommitMovesTheHead) {
  const keys::StateHead before = vault_->head();
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  const keys::StateHead after = vault_->head();
  EXPECT_EQ(after.counter, before.counter + 1);
  EXPECT_NE(after.head, before.head);
  EXPECT_EQ(*fixture_.unlocker.load_head(), after);
}

TEST_F(VaultTest, TheHostSeesNeitherNamesNorValues) {
  ASSERT_TRUE(
      put(key_of("visible-id", "visible-account", "visible-kind"), "visible-value", 0).has_value());
  Batch batch;
  batch.append_audit(to_bytes(std::string_view("visible-entry")));
  ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  const auto contents = fixture_.store.contents();
  for (const auto& [key, record] : contents.records) {
    EXPECT_EQ(key.find("visible"), std::string::npos);
    EXPECT_EQ(record.value().find("visible"), std::string::npos);
  }
  for (const std::string& entry : contents.logs.at("audit")) {
    EXPECT_EQ(entry.find("visible"), std::string::npos);
  }
}

TEST_F(VaultTest, RefusesARecordAboveTheMostItMayHold) {
  fixture_.records_max = 2;
  vault_.reset();
  vault_ = fixture_.must_open();
  ASSERT_TRUE(put(key_of("a"), "one", 0).has_value());
  ASSERT_TRUE(put(key_of("b"), "two", 0).has_value());
  EXPECT_EQ(code_of(put(key_of("c"), "three", 0)), Code::limit_exceeded);
  EXPECT_TRUE(put(key_of("b"), "changed", 1).has_value());
}

TEST_F(VaultTest, RefusesACommitWhenTooManyWait) {
  hold_up();
  for (std::int64_t i = 0; i < limits::kStoreQueueMax; ++i) {
    vault_->commit_then(job(), fixture_.deadline(600'000), [](const Result<void>&) {});
  }
  EXPECT_EQ(code_of(vault_->commit(job(), fixture_.deadline(600'000))), Code::overloaded);
  vault_.reset();
}

TEST_F(VaultTest, RefusesWhatWaitsBehindAnotherWhenItsTimeIsOver) {
  hold_up();
  std::promise<Code> refusal;
  vault_->commit_then(job(), fixture_.deadline(1), [&refusal](const Result<void>& result) {
    refusal.set_value(code_of(result));
  });
  EXPECT_EQ(refusal.get_future().get(), Code::deadline_exceeded);
}

TEST_F(VaultTest, TellsThoseThatWaitWhenItStops) {
  hold_up();
  std::promise<Code> refusal;
  vault_->commit_then(job(), fixture_.deadline(600'000), [&refusal](const Result<void>& result) {
    refusal.set_value(code_of(result));
  });
  vault_.reset();
  EXPECT_EQ(refusal.get_future().get(), Code::unavailable);
}

}  // namespace
}  // namespace nsl::enclave::vault
