#include "host/store/sqlite_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "core/base/limits.h"
#include "host/store/store_testing.h"

namespace nsl::host::store {
namespace {

using internal::v1::StoreCommitRequest;
using testing::append_of;
using testing::must_open;
using testing::put_of;
using testing::TemporaryDirectory;

constexpr WallTime kNow{1'000'000};

class SqliteStoreTest : public ::testing::Test {
 protected:
  Result<void> commit(const StoreCommitRequest& request) { return store_->commit(request, kNow); }
  std::uint64_t version_of(std::string_view key) { return store_->get(key)->version(); }
  void reopen() {
    store_.reset();
    store_ = must_open(directory_.file("store.db"));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_ = must_open(directory_.file("store.db"));
};

TEST_F(SqliteStoreTest, ReturnsWhatWasPut) {
  ASSERT_TRUE(commit(put_of("key", 0, 1, std::string("a\0b", 3))).has_value());
  const auto record = store_->get("key");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->version(), 1U);
  EXPECT_EQ(record->value(), std::string("a\0b", 3));
}

TEST_F(SqliteStoreTest, AnswersVersionZeroForAnAbsentRecord) {
  EXPECT_EQ(version_of("nothing"), 0U);
}

TEST_F(SqliteStoreTest, RefusesAPutWhoseExpectedVersionDiffers) {
  ASSERT_TRUE(commit(put_of("key", 0, 5, "first")).has_value());
  EXPECT_EQ(commit(put_of("key", 0, 6, "again")).error().code(), Code::store_conflict);
  EXPECT_EQ(commit(put_of("key", 4, 6, "again")).error().code(), Code::store_conflict);
  EXPECT_EQ(store_->get("key")->value(), "first");
  EXPECT_TRUE(commit(put_of("key", 5, 6, "second")).has_value());
}

TEST_F(SqliteStoreTest, RefusesAVersionThatDoesNotGrow) {
  EXPECT_EQ(commit(put_of("key", 3, 3, "x")).error().code(), Code::invalid_argument);
  EXPECT_EQ(commit(put_of("key", 3, 2, "x")).error().code(), Code::invalid_argument);
}

TEST_F(SqliteStoreTest, RemovesOnlyTheVersionNamed) {
  ASSERT_TRUE(commit(put_of("key", 0, 2, "x")).has_value());
  StoreCommitRequest removal;
  auto* put = removal.add_puts();
  put->set_key("key");
  put->set_expected_version(1);
  put->set_is_delete(true);
  EXPECT_EQ(commit(removal).error().code(), Code::store_conflict);
  put->set_expected_version(2);
  EXPECT_TRUE(commit(removal).has_value());
  EXPECT_EQ(version_of("key"), 0U);
}

TEST_F(SqliteStoreTest, CommitsAsAWholeOrNotAtAll) {
  ASSERT_TRUE(commit(put_of("b", 0, 1, "x")).has_value());
  StoreCommitRequest request = put_of("a", 0, 1, "x");
  *request.add_appends() = append_of("log", 1, "entry");
  *request.add_puts() = put_of("b", 0, 1, "refused").puts(0);
  EXPECT_EQ(commit(request).error().code(), Code::store_conflict);
  EXPECT_EQ(version_of("a"), 0U);
  EXPECT_EQ(store_->read_log("log", 1, 0)->entries_size(), 0);
}

TEST_F(SqliteStoreTest, ListsByPrefixInKeyOrderPageByPage) {
  for (const char* key : {"b1", "a2", "a1", "a3", "c"}) {
    ASSERT_TRUE(commit(put_of(key, 0, 1, key)).has_value());
  }
  const auto first = store_->list({.prefix = "a", .after_key = "", .limit = 2});
  ASSERT_EQ(first->records_size(), 2);
  EXPECT_EQ(first->records(0).key(), "a1");
  EXPECT_TRUE(first->has_more());
  const auto rest = store_->list({.prefix = "a", .after_key = "a2", .limit = 2});
  ASSERT_EQ(rest->records_size(), 1);
  EXPECT_EQ(rest->records(0).key(), "a3");
  EXPECT_FALSE(rest->has_more());
}

TEST_F(SqliteStoreTest, ListsAPrefixOfOnlyHighestBytes) {
  ASSERT_TRUE(commit(put_of("\xff\xff\x01", 0, 1, "x")).has_value());
  ASSERT_TRUE(commit(put_of("\xfe", 0, 1, "x")).has_value());
  EXPECT_EQ(store_->list({.prefix = "\xff\xff", .after_key = ""})->records_size(), 1);
  EXPECT_EQ(store_->list({.prefix = "", .after_key = ""})->records_size(), 2);
}

TEST_F(SqliteStoreTest, BoundsTheBytesOfOneListReply) {
  const std::string large(limits::kRecordBytesMax / 2, 'x');
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(commit(put_of(key, 0, 1, large)).has_value());
  }
  const auto reply = store_->list({.prefix = "", .after_key = ""});
  EXPECT_EQ(reply->records_size(), 2);
  EXPECT_TRUE(reply->has_more());
  EXPECT_LE(reply->ByteSizeLong(), limits::kFrameBytesMax);
}

TEST_F(SqliteStoreTest, AppendsOnlyTheNextSequence) {
  StoreCommitRequest request;
  *request.add_appends() = append_of("log", 2, "too far");
  EXPECT_EQ(commit(request).error().code(), Code::store_conflict);
  *request.mutable_appends(0) = append_of("log", 1, "one");
  *request.add_appends() = append_of("log", 2, "two");
  EXPECT_TRUE(commit(request).has_value());
  EXPECT_EQ(commit(request).error().code(), Code::store_conflict);
  const auto reply = store_->read_log("log", 2, 0);
  ASSERT_EQ(reply->entries_size(), 1);
  EXPECT_EQ(reply->entries(0).sequence(), 2U);
  EXPECT_EQ(reply->entries(0).entry(), "two");
  EXPECT_EQ(store_->read_log("log", 1, 1)->entries_size(), 1);
  EXPECT_EQ(store_->read_log("other", 1, 0)->entries_size(), 0);
}

TEST_F(SqliteStoreTest, KeepsEverythingAcrossAReopening) {
  ASSERT_TRUE(commit(put_of("key", 0, 1, "value")).has_value());
  reopen();
  EXPECT_EQ(store_->get("key")->value(), "value");
}

TEST_F(SqliteStoreTest, AFailedRequestDoesNotFailItsNeighbours) {
  ASSERT_TRUE(commit(put_of("taken", 0, 1, "x")).has_value());
  std::atomic<int> successes = 0;
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 16; ++i) {
    writers.emplace_back([this, i, &successes, &conflicts] {
      for (int n = 0; n < 20; ++n) {
        const std::string key = std::to_string(i) + "/" + std::to_string(n);
        if (commit(put_of(key, 0, 1, "x")).has_value()) ++successes;
        const auto refused = commit(put_of("taken", 0, 1, "y"));
        if (!refused.has_value() && refused.error().code() == Code::store_conflict) ++conflicts;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(successes, 320);
  EXPECT_EQ(conflicts, 320);
  reopen();
  EXPECT_EQ(version_of("15/19"), 1U);
}

TEST_F(SqliteStoreTest, AFullStoreRefusesWritesAndStillReads) {
  store_.reset();
  auto opened = SqliteStore::open({.path = directory_.file("store.db"), .bytes_max = 1 << 17});
  ASSERT_TRUE(opened.has_value());
  store_ = std::move(*opened);
  ASSERT_TRUE(commit(put_of("small", 0, 1, "x")).has_value());
  const std::string large(1 << 17, 'x');
  EXPECT_EQ(commit(put_of("large", 0, 1, large)).error().code(), Code::store_failed);
  EXPECT_EQ(version_of("large"), 0U);
  EXPECT_EQ(version_of("small"), 1U);
  EXPECT_TRUE(commit(put_of("other", 0, 1, "x")).has_value());
}

TEST_F(SqliteStoreTest, IsOpenInOneProcessAtATime) {
  const auto second = SqliteStore::open({.path = directory_.file("store.db")});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), Code::conflict);
}

TEST_F(SqliteStoreTest, RefusesAStoreOfANewerRelease) {
  store_.reset();
  const std::string path = directory_.file("store.db");
  auto database = Database::open(path, Database::Access::read_write);
  ASSERT_TRUE((*database)->run("PRAGMA user_version = 2").has_value());
  database->reset();
  const auto opened = SqliteStore::open({.path = path});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code(), Code::store_schema_newer);
}

TEST_F(SqliteStoreTest, RefusesAnotherProgramsFile) {
  const std::string path = directory_.file("other.db");
  ASSERT_TRUE(create_private_file(path).has_value());
  auto database = Database::open(path, Database::Access::read_write);
  ASSERT_TRUE((*database)->run("CREATE TABLE something (x)").has_value());
  database->reset();
  EXPECT_EQ(SqliteStore::open({.path = path}).error().code(), Code::store_failed);
}

TEST_F(SqliteStoreTest, KeepsItsFilePrivate) {
  namespace fs = std::filesystem;
  const auto others = fs::perms::group_all | fs::perms::others_all;
  ASSERT_TRUE(commit(put_of("key", 0, 1, "x")).has_value());
  for (const char* name : {"store.db", "store.db-wal", "store.db.lock"}) {
    EXPECT_EQ(fs::status(directory_.file(name)).permissions() & others, fs::perms::none) << name;
  }
}

}  // namespace
}  // namespace nsl::host::store
