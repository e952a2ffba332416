#include "host/store/store_service.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.h"
#include "host/store/store_testing.h"

namespace nsl::host::store {
namespace {

using internal::v1::StoreCommitRequest;
using testing::append_of;
using testing::job_of;
using testing::must_open;
using testing::put_of;
using testing::TemporaryDirectory;

struct NoContext {};

class StoreServiceTest : public ::testing::Test {
 protected:
  // As the link does it: by name, through descriptors.
  template <class Reply>
  Result<Reply> call(const char* method, const google::protobuf::Message& request) {
    const auto* descriptor = service_.descriptor().FindMethodByName(method);
    NSL_TRY(const auto reply, service_.dispatch(descriptor->index(), NoContext{}, request));
    return static_cast<const Reply&>(*reply);
  }
  Code code_of(const StoreCommitRequest& request) {
    const auto reply = call<internal::v1::StoreCommitReply>("Commit", request);
    return reply.has_value() ? Code::internal : reply.error().code();
  }

  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_ = must_open(directory_.file("store.db"));
  ManualClock clock_{WallTime(1000)};
  StoreServiceHandler<NoContext> service_{*store_, clock_};
};

TEST_F(StoreServiceTest, CommitsAndReadsBack) {
  StoreCommitRequest request = put_of("key", 0, 1, "value");
  *request.add_appends() = append_of("log", 1, "entry");
  *request.add_jobs() = job_of("run", 5).jobs(0);
  ASSERT_TRUE(call<internal::v1::StoreCommitReply>("Commit", request).has_value());

  internal::v1::StoreGetRequest get;
  get.set_key("key");
  EXPECT_EQ(call<internal::v1::StoreGetReply>("Get", get)->record().value(), "value");
  internal::v1::StoreListRequest list;
  list.set_prefix("k");
  EXPECT_EQ(call<internal::v1::StoreListReply>("List", list)->records_size(), 1);
  internal::v1::StoreReadLogRequest read;
  read.set_log("log");
  read.set_from_sequence(1);
  EXPECT_EQ(call<internal::v1::StoreReadLogReply>("ReadLog", read)->entries_size(), 1);
  EXPECT_EQ(store_->next_job_due().value(), WallTime(1005));
}

TEST_F(StoreServiceTest, RefusesKeysThatAreEmptyOrTooLong) {
  EXPECT_EQ(code_of(put_of("", 0, 1, "x")), Code::invalid_argument);
  const std::string longest(limits::kRecordKeyBytesMax, 'k');
  EXPECT_EQ(code_of(put_of(longest + "k", 0, 1, "x")), Code::limit_exceeded);
  EXPECT_TRUE(store_->commit(put_of(longest, 0, 1, "x"), WallTime(0)).has_value());
}

TEST_F(StoreServiceTest, RefusesARecordOverTheMaximumSize) {
  const std::string largest(limits::kRecordBytesMax, 'v');
  EXPECT_EQ(code_of(put_of("key", 0, 1, largest + "v")), Code::limit_exceeded);
  EXPECT_TRUE(store_->commit(put_of("key", 0, 1, largest), WallTime(0)).has_value());
}

TEST_F(StoreServiceTest, RefusesACommitOfTooManyRecordsOrNone) {
  EXPECT_EQ(code_of(StoreCommitRequest()), Code::invalid_argument);
  StoreCommitRequest request;
  for (std::size_t i = 0; i <= limits::kStoreBatchMax; ++i) {
    *request.add_puts() = put_of("key" + std::to_string(i), 0, 1, "x").puts(0);
  }
  EXPECT_EQ(code_of(request), Code::limit_exceeded);
}

TEST_F(StoreServiceTest, RefusesNumbersThatNoEngineCanHold) {
  EXPECT_EQ(code_of(put_of("key", 0, std::uint64_t{1} << 63, "x")), Code::limit_exceeded);
  StoreCommitRequest request;
  *request.add_appends() = append_of("log", 0, "x");
  EXPECT_EQ(code_of(request), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::host::store
