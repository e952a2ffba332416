#include "enclave/audit/audit_log.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::audit {
namespace {

Event event_of(const std::string& request_id) {
  return {.account = "acc_1",
          .request_id = request_id,
          .operation = "nsl.v1.SecretService/Put",
          .resource = "name",
          .failure = std::nullopt};
}

class AuditLogTest : public ::testing::Test {
 protected:
  void record(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(record(event_of(std::to_string(++recorded_))));
    }
  }
  bool record(const Event& event) {
    vault::Batch batch;
    log_->add_to(batch, event);
    return vault_->commit(std::move(batch), deadline()).has_value();
  }
  Deadline deadline() const { return fixture_.deadline(); }
  void restart() {
    vault_.reset();
    vault_ = fixture_.must_open();
    log_ = std::make_unique<AuditLog>(*vault_, clock_);
  }
  // The host changes its log while the vault is open.
  template <class Change>
  void tamper(Change change) {
    auto contents = fixture_.store.contents();
    change(contents.logs["audit"]);
    fixture_.store.set_contents(std::move(contents));
  }
  Code verify_code() {
    const auto verified = log_->verify(deadline());
    return verified.has_value() ? Code::internal : verified.error().code();
  }

  vault::testing::VaultFixture fixture_;
  ManualClock clock_{WallTime(1000)};
  std::unique_ptr<vault::Vault> vault_ = fixture_.must_open();
  std::unique_ptr<AuditLog> log_ = std::make_unique<AuditLog>(*vault_, clock_);
  int recorded_ = 0;
};

TEST_F(AuditLogTest, ReadsBackWhatHappenedInOrder) {
  ASSERT_TRUE(record(event_of("first")));
  clock_.advance_ms(5);
  Event denied = event_of("second");
  denied.failure = Code::permission_denied;
  ASSERT_TRUE(record(denied));
  const auto entries = log_->read(1, 10, deadline());
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].entry.request_id, "first");
  EXPECT_EQ((*entries)[0].entry.code, "");
  EXPECT_EQ((*entries)[1].sequence, 2U);
  EXPECT_EQ((*entries)[1].entry.time, WallTime(1005));
  EXPECT_EQ((*entries)[1].entry.code, code_text(Code::permission_denied));
  EXPECT_TRUE(log_->read(3, 10, deadline())->empty());
  EXPECT_EQ(log_->read(2, 1, deadline())->size(), 1U);
  EXPECT_FALSE(log_->read(0, 1, deadline()).has_value());
}

TEST_F(AuditLogTest, RecordsAChangeTogetherWithItOrNotAtAll) {
  const vault::RecordKey key{.kind = "thing", .account = "acc_1", .id = "a"};
  vault::Batch batch;
  batch.put(key, {}, 0);
  log_->add_to(batch, event_of("put"));
  ASSERT_TRUE(vault_->commit(std::move(batch), deadline()).has_value());
  vault::Batch refused;
  refused.put(key, {}, 0);
  log_->add_to(refused, event_of("refused"));
  ASSERT_FALSE(vault_->commit(std::move(refused), deadline()).has_value());
  EXPECT_EQ(log_->read(1, 10, deadline())->size(), 1U);
}

TEST_F(AuditLogTest, ContinuesTheChainAcrossRestarts) {
  record(3);
  restart();
  record(3);
  restart();
  EXPECT_EQ(log_->verify(deadline()).value(), 6U);
}

TEST_F(AuditLogTest, VerifiesAChainOfManyPages) {
  record(300);
  EXPECT_EQ(log_->verify(deadline()).value(), 300U);
}

TEST_F(AuditLogTest, ConcurrentEntriesFormOneChain) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this] {
      for (int i = 0; i < 25; ++i) {
        ASSERT_TRUE(record(event_of("x")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log_->verify(deadline()).value(), 100U);
}

TEST_F(AuditLogTest, NoticesARemovedEntry) {
  record(5);
  tamper([](auto& entries) { entries.erase(entries.begin() + 2); });
  EXPECT_EQ(verify_code(), Code::record_corrupt);
}

TEST_F(AuditLogTest, NoticesAShortenedLog) {
  record(5);
  tamper([](auto& entries) { entries.pop_back(); });
  EXPECT_EQ(verify_code(), Code::record_missing);
}

TEST_F(AuditLogTest, NoticesSwappedAndChangedEntries) {
  record(5);
  tamper([](auto& entries) { std::swap(entries[1], entries[2]); });
  EXPECT_EQ(verify_code(), Code::record_corrupt);
  tamper([](auto& entries) {
    std::swap(entries[1], entries[2]);
    entries[3].back() = static_cast<char>(entries[3].back() ^ 1);
  });
  EXPECT_EQ(verify_code(), Code::record_corrupt);
}

// Two lives continued the same chain: the entry of the other one opens and has the right number,
// but its successor does not follow from it.
TEST_F(AuditLogTest, NoticesAnEntryOfAForkedChain) {
  record(1);
  vault_.reset();
  const auto store = fixture_.store.contents();
  const auto head = *fixture_.unlocker.load_head();
  restart();
  record(1);
  const std::string other = fixture_.store.contents().logs.at("audit")[1];
  vault_.reset();
  fixture_.store.set_contents(store);
  fixture_.unlocker.set_head(head);
  restart();
  record(3);
  tamper([&other](auto& entries) { entries[1] = other; });
  EXPECT_EQ(verify_code(), Code::record_corrupt);
  EXPECT_FALSE(log_->read(1, 10, deadline()).has_value());
}

}  // namespace
}  // namespace nsl::enclave::audit
