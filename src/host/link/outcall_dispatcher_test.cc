#include "host/link/outcall_dispatcher.h"

#include <gtest/gtest.h>

#include <semaphore>

#include "core/base/bounded_queue.h"
#include "nsl/internal/v1/dial.service.h"

namespace nsl::host::link {
namespace {

using wire::Frame;

class GatedDial final : public internal::v1::DialServiceInterface<OutcallContext> {
 public:
  Result<internal::v1::DialReply> dial(const OutcallContext&,
                                       const internal::v1::DialRequest& request) override {
    if (request.host() == "throws") throw std::runtime_error("private reason");
    if (request.host() == "large") {
      internal::v1::DialReply reply;
      reply.set_token(std::string(2'000'000, 'x'));
      return reply;
    }
    arrived.release();
    gate.acquire();
    return internal::v1::DialReply();
  }

  std::counting_semaphore<16> arrived{0};
  std::counting_semaphore<16> gate{0};
};

class Dispatcher : public testing::Test {
 protected:
  static Frame outcall(std::uint64_t id, const std::string& host) {
    internal::v1::DialRequest request;
    request.set_host(host);
    Frame frame;
    frame.set_id(id);
    frame.set_kind(Frame::OUTCALL);
    frame.set_service_type("nsl.internal.v1.DialService");
    frame.set_operation("Dial");
    frame.set_deadline_ms_left(5000);
    frame.set_payload(request.SerializeAsString());
    return frame;
  }
  std::string next_error() { return replies_.pop()->error().code(); }

  SystemClock clock_;
  GatedDial dial_;
  BoundedQueue<Frame> replies_{16};
  OutcallDispatcher dispatcher_{
      {{.service = &dial_, .workers = 1}}, 2, clock_, [this](Frame frame) {
        EXPECT_TRUE(replies_.try_push(std::move(frame)));
      }};
};

TEST_F(Dispatcher, RefusesAServiceOrMethodItDoesNotHave) {
  Frame frame = outcall(1, "x");
  frame.set_service_type("nsl.internal.v1.NoService");
  dispatcher_.dispatch(frame);
  EXPECT_EQ(next_error(), code_text(Code::unknown_operation));
  frame = outcall(2, "x");
  frame.set_operation("NoMethod");
  dispatcher_.dispatch(frame);
  EXPECT_EQ(next_error(), code_text(Code::unknown_operation));
}

TEST_F(Dispatcher, RefusesAPayloadThatIsNotTheMessage) {
  Frame frame = outcall(1, "x");
  frame.set_payload("\xff\xff");
  dispatcher_.dispatch(frame);
  EXPECT_EQ(next_error(), code_text(Code::malformed_request));
}

TEST_F(Dispatcher, RefusesOutcallsOverTheLimit) {
  dispatcher_.dispatch(outcall(1, "x"));
  dispatcher_.dispatch(outcall(2, "x"));
  dispatcher_.dispatch(outcall(3, "x"));
  EXPECT_EQ(next_error(), code_text(Code::overloaded));
  dial_.gate.release(2);
  EXPECT_FALSE(replies_.pop()->has_error());
  EXPECT_FALSE(replies_.pop()->has_error());
}

TEST_F(Dispatcher, RefusesAnIdThatIsStillInUse) {
  dispatcher_.dispatch(outcall(1, "x"));
  dispatcher_.dispatch(outcall(1, "x"));
  EXPECT_EQ(next_error(), code_text(Code::unexpected_frame));
  dial_.gate.release();
  EXPECT_FALSE(replies_.pop()->has_error());
}

TEST_F(Dispatcher, NeverAnswersOrStartsWhatWasCancelled) {
  dispatcher_.dispatch(outcall(1, "x"));
  dial_.arrived.acquire();
  dispatcher_.dispatch(outcall(2, "never starts"));
  dispatcher_.cancel(1);
  dispatcher_.cancel(2);
  dispatcher_.cancel(99);
  dial_.gate.release();
  dispatcher_.dispatch(outcall(3, "throws"));
  EXPECT_EQ(replies_.pop()->id(), 3U);
  EXPECT_FALSE(dial_.arrived.try_acquire());
}

TEST_F(Dispatcher, AnswersInternalWithoutTheReasonWhenALibraryThrows) {
  dispatcher_.dispatch(outcall(1, "throws"));
  const auto reply = replies_.pop();
  EXPECT_EQ(reply->error().code(), code_text(Code::internal));
  EXPECT_EQ(reply->SerializeAsString().find("private"), std::string::npos);
}

TEST_F(Dispatcher, RefusesAReplyOverTheFrameMaximum) {
  dispatcher_.dispatch(outcall(1, "large"));
  EXPECT_EQ(next_error(), code_text(Code::frame_too_large));
}

TEST_F(Dispatcher, RefusesAnOutcallWhoseDeadlineHasPassed) {
  Frame frame = outcall(1, "x");
  frame.set_deadline_ms_left(0);
  dispatcher_.dispatch(frame);
  EXPECT_EQ(next_error(), code_text(Code::deadline_exceeded));
}

}  // namespace
}  // namespace nsl::host::link
