#include "enclave/router/idempotency.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/testing/service_test.h"

namespace nsl::enclave::router {
namespace {

class IdempotencyBookTest : public testing::ServiceTest {
 protected:
  const IdempotencyKey key_ = {
      .account = "acc_alice", .operation = "Create", .key = "key-1", .request = "request"};
  IdempotencyBook book_{*vault_, clock_, random_};
};

TEST_F(IdempotencyBookTest, RefusesAKeyWhoseRequestIsUnderWay) {
  ASSERT_TRUE(book_.admit(key_, deadline_).has_value());
  EXPECT_EQ(book_.admit(key_, deadline_).error().code(), Code::request_in_flight);
  book_.release(key_);
  EXPECT_TRUE(book_.admit(key_, deadline_).has_value());
}

TEST_F(IdempotencyBookTest, ForgetsAKeyAfterItsTime) {
  const auto first = book_.admit(key_, deadline_);
  ASSERT_TRUE(first.has_value());
  vault::Batch batch;
  IdempotencyBook::keep_reply(batch, key_, *first, "reply");
  ASSERT_TRUE(vault_->commit(std::move(batch), deadline_).has_value());
  book_.release(key_);
  clock_.advance_ms(limits::kIdempotencyTtlMs - 1);
  EXPECT_EQ(book_.admit(key_, deadline_)->reply, "reply");
  book_.release(key_);
  clock_.advance_ms(1);
  EXPECT_EQ(book_.admit(key_, deadline_)->reply, std::nullopt);
}

TEST_F(IdempotencyBookTest, TakesTheLongestKeyAndNoLongerOne) {
  IdempotencyKey longest = key_;
  longest.operation = "nsl.v1.WalletService/Create";
  longest.key.assign(static_cast<std::size_t>(limits::kIdempotencyKeyBytesMax), 'k');
  EXPECT_TRUE(book_.admit(longest, deadline_).has_value());
  longest.key += 'k';
  EXPECT_EQ(book_.admit(longest, deadline_).error().code(), Code::invalid_argument);
}

}  // namespace
}  // namespace nsl::enclave::router
