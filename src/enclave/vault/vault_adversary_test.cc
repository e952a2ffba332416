// The host's store lies while the vault is open. Whatever it does, a read gives the record last
// committed or an error.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "enclave/vault/vault.h"
#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::vault {
namespace {

using internal::v1::StoredRecord;
using testing::MemoryStore;

RecordKey key_of(std::string account, std::string id) {
  return {.kind = "thing", .account = std::move(account), .id = std::move(id)};
}

class LyingStore : public ::testing::Test {
 protected:
  void SetUp() override {
    vault_ = fixture_.must_open();
    put(key_of("acc_1", "a"), "old", 0);
    older_ = record_of(key_of("acc_1", "a"));
    put(key_of("acc_1", "a"), "new", 1);
    put(key_of("acc_1", "b"), "b", 0);
    put(key_of("acc_2", "a"), "other", 0);
    // A fresh vault has nothing cached and must ask.
    vault_.reset();
    vault_ = fixture_.must_open();
  }

  void put(const RecordKey& key, std::string_view value, std::uint64_t expected) {
    Batch batch;
    batch.put(key, to_bytes(value), expected);
    ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  }
  std::string stored_name(const RecordKey& key) {
    return to_string(RecordSealer(fixture_.keys, fixture_.random).name_of(key));
  }
  StoredRecord record_of(const RecordKey& key) {
    return fixture_.store.contents().records.at(stored_name(key));
  }
  // Shows `record` wherever that of `key` is asked for.
  void show(const RecordKey& key, StoredRecord record) {
    auto contents = fixture_.store.contents();
    record.set_key(stored_name(key));
    contents.records[stored_name(key)] = std::move(record);
    fixture_.store.set_contents(std::move(contents));
  }
  void withhold(const RecordKey& key) {
    auto contents = fixture_.store.contents();
    contents.records.erase(stored_name(key));
    fixture_.store.set_contents(std::move(contents));
  }
  Code find_code(const RecordKey& key) {
    const auto found = vault_->find(key, fixture_.deadline());
    return found.has_value() ? Code::internal : found.error().code();
  }
  Code list_code() {
    const auto listed = vault_->list("thing", "acc_1", fixture_.deadline());
    return listed.has_value() ? Code::internal : listed.error().code();
  }

  testing::VaultFixture fixture_;
  std::unique_ptr<Vault> vault_;
  StoredRecord older_;
};

TEST_F(LyingStore, AnOlderRecordIsRefused) {
  show(key_of("acc_1", "a"), older_);
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::record_rolled_back);
  EXPECT_EQ(list_code(), Code::record_rolled_back);
}

TEST_F(LyingStore, AnOlderRecordUnderTheNewVersionIsRefused) {
  StoredRecord disguised = older_;
  disguised.set_version(2);
  show(key_of("acc_1", "a"), disguised);
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::record_corrupt);
}

TEST_F(LyingStore, ARecordOfAnotherNameIsRefused) {
  show(key_of("acc_1", "b"), record_of(key_of("acc_1", "a")));
  EXPECT_EQ(find_code(key_of("acc_1", "b")), Code::record_corrupt);
  EXPECT_EQ(list_code(), Code::record_corrupt);
}

TEST_F(LyingStore, ARecordOfAnotherAccountIsRefused) {
  StoredRecord foreign = record_of(key_of("acc_2", "a"));
  foreign.set_version(2);
  show(key_of("acc_1", "a"), foreign);
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::record_corrupt);
}

TEST_F(LyingStore, AMissingRecordIsNotTakenForAbsent) {
  withhold(key_of("acc_1", "a"));
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::record_missing);
  EXPECT_EQ(list_code(), Code::record_missing);
}

TEST_F(LyingStore, EveryTruncationIsRefused) {
  const StoredRecord whole = record_of(key_of("acc_1", "a"));
  for (std::size_t size = 0; size < whole.value().size(); ++size) {
    StoredRecord cut = whole;
    cut.set_value(whole.value().substr(0, size));
    show(key_of("acc_1", "a"), cut);
    ASSERT_EQ(find_code(key_of("acc_1", "a")), Code::record_corrupt) << size;
  }
}

TEST_F(LyingStore, EveryChangedByteIsRefused) {
  const StoredRecord whole = record_of(key_of("acc_1", "a"));
  for (std::size_t at = 0; at < whole.value().size(); ++at) {
    StoredRecord changed = whole;
    (*changed.mutable_value())[at] = static_cast<char>(whole.value()[at] ^ 1);
    show(key_of("acc_1", "a"), changed);
    ASSERT_EQ(find_code(key_of("acc_1", "a")), Code::record_corrupt) << at;
  }
}

TEST_F(LyingStore, AnInventedRecordDoesNotExist) {
  show(key_of("acc_1", "invented"), record_of(key_of("acc_1", "a")));
  const auto found = vault_->find(key_of("acc_1", "invented"), fixture_.deadline());
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->has_value());
  EXPECT_EQ(vault_->list("thing", "acc_1", fixture_.deadline())->size(), 2U);
}

TEST_F(LyingStore, TheTruthIsReadAgainAfterALie) {
  const StoredRecord truth = record_of(key_of("acc_1", "a"));
  show(key_of("acc_1", "a"), older_);
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::record_rolled_back);
  show(key_of("acc_1", "a"), truth);
  EXPECT_EQ(to_string((*vault_->find(key_of("acc_1", "a"), fixture_.deadline()))->value), "new");
}

TEST_F(LyingStore, AStoreSetBackInOneLifeStopsTheVaultAtTheNextWrite) {
  auto earlier = fixture_.store.contents();
  put(key_of("acc_1", "c"), "c", 0);
  fixture_.store.set_contents(std::move(earlier));
  Batch batch;
  batch.put(key_of("acc_1", "d"), {}, 0);
  const auto refused = vault_->commit(std::move(batch), fixture_.deadline());
  EXPECT_EQ(refused.error().code(), Code::state_rolled_back);
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::state_rolled_back);
  Batch again;
  again.put(key_of("acc_1", "e"), {}, 0);
  EXPECT_EQ(vault_->commit(std::move(again), fixture_.deadline()).error().code(),
            Code::state_rolled_back);
}

TEST_F(LyingStore, ASecondEnclaveOnTheSameStoreStopsTheFirst) {
  auto second = fixture_.must_open();
  Batch batch;
  batch.put(key_of("acc_1", "c"), {}, 0);
  EXPECT_EQ(vault_->commit(std::move(batch), fixture_.deadline()).error().code(),
            Code::state_rolled_back);
  Batch other;
  other.put(key_of("acc_1", "c"), {}, 0);
  EXPECT_TRUE(second->commit(std::move(other), fixture_.deadline()).has_value());
}

// Replies whose shape is wrong, whatever they hold.
class LyingReplies : public LyingStore {
 protected:
  // Lets `change` change each reply to `method`.
  template <class Reply, class Change>
  void lie(std::string method, Change change) {
    fixture_.store.set_lie(
        [method = std::move(method), change](std::string_view asked, std::string& payload) {
          if (asked != method) return;
          Reply reply;
          NSL_ASSERT(reply.ParseFromString(payload));
          change(reply);
          payload = reply.SerializeAsString();
        });
  }
  template <class Change>
  Code open_code(Change change) {
    vault_.reset();
    lie<internal::v1::StoreListReply>("List", change);
    const auto opened = fixture_.try_open();
    return opened.has_value() ? Code::internal : opened.error().code();
  }
  Code audit_code() {
    const auto entries = vault_->read_audit(1, 10, fixture_.deadline());
    return entries.has_value() ? Code::internal : entries.error().code();
  }
};

TEST_F(LyingReplies, AListOutOfOrderIsRefused) {
  EXPECT_EQ(open_code([](auto& reply) {
              if (reply.records_size() > 1) reply.mutable_records()->SwapElements(0, 1);
            }),
            Code::record_corrupt);
}

TEST_F(LyingReplies, AListThatNeverEndsIsRefused) {
  EXPECT_EQ(open_code([](auto& reply) { reply.set_has_more(true); }), Code::record_corrupt);
}

TEST_F(LyingReplies, ANameOfAnotherLengthIsRefused) {
  EXPECT_EQ(open_code([](auto& reply) { reply.mutable_records(0)->mutable_key()->append("x"); }),
            Code::record_corrupt);
}

TEST_F(LyingReplies, ARecordWithoutVersionIsRefused) {
  EXPECT_EQ(open_code([](auto& reply) { reply.mutable_records(0)->set_version(0); }),
            Code::state_rolled_back);
}

TEST_F(LyingReplies, AListOfAnotherPrefixIsRefused) {
  lie<internal::v1::StoreListReply>(
      "List", [](auto& reply) { reply.mutable_records(0)->set_key(std::string(32, '\xff')); });
  EXPECT_EQ(list_code(), Code::record_corrupt);
}

TEST_F(LyingReplies, AReplyThatIsNoMessageIsRefused) {
  fixture_.store.set_lie([](std::string_view, std::string& reply) { reply = "\x0a\xff"; });
  EXPECT_EQ(find_code(key_of("acc_1", "a")), Code::malformed_frame);
}

TEST_F(LyingReplies, AnAuditLogWithGapsOrTooManyEntriesIsRefused) {
  Batch batch;
  batch.append_audit({1}).append_audit({2}).append_audit({3});
  ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  EXPECT_EQ(vault_->read_audit(1, 10, fixture_.deadline())->size(), 3U);
  using Reply = internal::v1::StoreReadLogReply;
  lie<Reply>("ReadLog", [](auto& reply) { reply.mutable_entries()->DeleteSubrange(1, 1); });
  EXPECT_EQ(audit_code(), Code::record_corrupt);
  lie<Reply>("ReadLog", [](auto& reply) { reply.clear_entries(); });
  EXPECT_EQ(audit_code(), Code::record_missing);
  lie<Reply>("ReadLog", [](auto& reply) {
    auto* more = reply.add_entries();
    more->set_sequence(4);
  });
  EXPECT_EQ(audit_code(), Code::record_missing);
  lie<Reply>("ReadLog", [](auto& reply) { reply.mutable_entries(2)->set_entry("short"); });
  EXPECT_EQ(audit_code(), Code::record_corrupt);
}

TEST_F(LyingReplies, AnAuditEntryOfAnotherHistoryIsRefused) {
  Batch batch;
  batch.append_audit({1}).append_audit({2}).append_audit({3});
  ASSERT_TRUE(vault_->commit(std::move(batch), fixture_.deadline()).has_value());
  // The same root, hence entries that open under the same keys, but another second decision.
  testing::VaultFixture other;
  auto other_vault = other.must_open();
  Batch fork;
  fork.append_audit({1}).append_audit({9}).append_audit({3});
  ASSERT_TRUE(other_vault->commit(std::move(fork), other.deadline()).has_value());
  const std::vector<std::string> entries = other.store.contents().logs.at("audit");
  for (const int swapped : {1, 2}) {
    lie<internal::v1::StoreReadLogReply>("ReadLog", [&entries, swapped](auto& reply) {
      reply.mutable_entries(swapped)->set_entry(entries[static_cast<std::size_t>(swapped)]);
    });
    EXPECT_EQ(audit_code(), Code::record_corrupt) << swapped;
  }
}

}  // namespace
}  // namespace nsl::enclave::vault
