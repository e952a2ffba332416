#include "enclave/session/session.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::enclave::session {
namespace {

constexpr const char* kOperation = "nsl.v1.SecretService/Put";
constexpr const char* kRequestId = "req_01ARZ3NDEKTSV4RRFFQ69G5FAV";

class SessionTest : public ::testing::Test {
 protected:
  seal::SealedCall sealed(const std::string& request_id, WallTime issued_at) {
    nsl::v1::SealedContent content;
    content.set_version(1);
    content.set_credential("credential");
    content.set_issued_at_ms(issued_at.value());
    content.set_message("message");
    return seal::seal_request({key_.public_key(), binding_digest_},
                              {kOperation, "acc_1", request_id}, content, random_)
        .value();
  }

  SeededRandom random_{11};
  ManualClock clock_{WallTime(1'700'000'000'000)};
  crypto::P256PrivateKey key_ = crypto::P256PrivateKey::generate(random_);
  crypto::Digest32 binding_digest_ = crypto::sha256(as_bytes("binding"));
  Session session_{key_.duplicate(), binding_digest_, clock_};
};

TEST_F(SessionTest, OpensARequestAndSealsItsReply) {
  const seal::SealedCall call = sealed(kRequestId, clock_.wall_time());
  const auto opened = session_.open(as_bytes(call.request), kOperation);
  ASSERT_TRUE(opened.has_value()) << opened.error().message();
  EXPECT_EQ(opened->account, "acc_1");
  EXPECT_EQ(opened->content.message(), "message");
  nsl::v1::SealedReplyContent reply;
  reply.set_version(1);
  reply.set_message("reply");
  const std::string sealed_reply = opened->reply_sealer.seal(reply, random_);
  EXPECT_EQ(call.reply_opener.open(as_bytes(sealed_reply))->message(), "reply");
}

TEST_F(SessionTest, RefusesAReplay) {
  const seal::SealedCall call = sealed(kRequestId, clock_.wall_time());
  ASSERT_TRUE(session_.open(as_bytes(call.request), kOperation).has_value());
  EXPECT_EQ(session_.open(as_bytes(call.request), kOperation).error().code(), Code::seal_replayed);
}

TEST_F(SessionTest, RefusesToServeItAsAnotherOperation) {
  const seal::SealedCall call = sealed(kRequestId, clock_.wall_time());
  EXPECT_EQ(session_.open(as_bytes(call.request), "nsl.v1.SecretService/Delete").error().code(),
            Code::seal_invalid);
}

TEST_F(SessionTest, RefusesAStaleRequest) {
  const seal::SealedCall call = sealed(kRequestId, clock_.wall_time());
  clock_.advance_ms(limits::kSealWindowMs + 1);
  EXPECT_EQ(session_.open(as_bytes(call.request), kOperation).error().code(), Code::seal_stale);
}

TEST_F(SessionTest, RefusesEveryChangedByteWithoutSpendingTheRequest) {
  const seal::SealedCall call = sealed(kRequestId, clock_.wall_time());
  for (std::size_t i = 0; i < call.request.size(); ++i) {
    std::string changed = call.request;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(session_.open(as_bytes(changed), kOperation).has_value()) << i;
  }
  EXPECT_TRUE(session_.open(as_bytes(call.request), kOperation).has_value());
}

}  // namespace
}  // namespace nsl::enclave::session
