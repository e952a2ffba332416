#include "host/link/link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <semaphore>
#include <set>

#include "core/base/limits.h"
#include "core/wire/socket_address.h"
#include "nsl/internal/v1/dial.service.h"

namespace nsl::host::link {
namespace {

using wire::Frame;

// The enclave's end, driven by the test: it listens, and answers only what the test says.
class FakeEnclave {
 public:
  explicit FakeEnclave(const wire::Endpoint& endpoint)
      : listener_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const wire::SocketAddress address = wire::to_socket_address(endpoint);
    EXPECT_EQ(bind(listener_, address.pointer(), address.size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
  }
  ~FakeEnclave() {
    drop();
    close(listener_);
  }
  void accept_host() { connection_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); }
  void drop() {
    if (connection_ >= 0) close(connection_);
    connection_ = -1;
    reader_ = {};
  }
  std::optional<Frame> receive() {
    std::array<std::uint8_t, 4096> chunk{};
    for (;;) {
      auto frame = reader_.next();
      if (!frame.has_value() || frame->has_value()) return frame.value_or(std::nullopt);
      const ssize_t size = recv(connection_, chunk.data(), chunk.size(), 0);
      if (size <= 0) return std::nullopt;
      reader_.feed(ByteView(chunk).first(static_cast<std::size_t>(size)));
    }
  }
  void send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  void send_frame(Frame::Kind kind, std::uint64_t id, std::string payload, Frame frame = {}) {
    frame.set_version(wire::kFrameVersion);
    frame.set_kind(kind);
    frame.set_id(id);
    frame.set_payload(std::move(payload));
    send_bytes(wire::encode_frame(frame).value());
  }

 private:
  int listener_;
  int connection_ = -1;
  wire::FrameReader reader_;
};

using DialInterface = internal::v1::DialServiceInterface<OutcallContext>;

class FakeDial final : public DialInterface {
 public:
  Result<internal::v1::DialReply> dial(const OutcallContext& call,
                                       const internal::v1::DialRequest& request) override {
    if (request.host() == "fails") return fail(Code::name_not_resolved);
    internal::v1::DialReply reply;
    reply.set_address(request.host() + " for " + call.request_id);
    return reply;
  }
};

class HostLink : public testing::Test {
 protected:
  HostLink() {
    std::string pattern = testing::TempDir() + "nsl-link-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    endpoint_ = wire::UnixEndpoint{directory_ + "/enclave.sock"};
  }
  ~HostLink() override { std::filesystem::remove_all(directory_); }

  void start(std::size_t requests_in_flight_max = 256) {
    enclave_.emplace(endpoint_);
    link_.emplace(
        Link::Options{.endpoint = endpoint_, .requests_in_flight_max = requests_in_flight_max},
        std::vector<OutcallService>{{.service = &dial_, .workers = 2}}, clock_);
    enclave_->accept_host();
    wait_until_connected();
  }
  void wait_until_connected() const {
    while (!link_->is_connected()) std::this_thread::yield();
  }
  std::future<Result<Frame>> ask(std::string payload, std::int64_t deadline_ms = 30'000) {
    const auto answer = std::make_shared<std::promise<Result<Frame>>>();
    Frame frame;
    frame.set_payload(std::move(payload));
    link_->request(std::move(frame), deadline_ms,
                   [answer](Result<Frame> result) { answer->set_value(std::move(result)); });
    return answer->get_future();
  }
  static Frame dial_outcall(const std::string& host) {
    internal::v1::DialRequest request;
    request.set_host(host);
    Frame frame;
    frame.set_service_type("nsl.internal.v1.DialService");
    frame.set_operation("Dial");
    frame.set_deadline_ms_left(5000);
    frame.mutable_trace()->set_request_id("req_7");
    return frame;
  }
  static std::string dial_payload(const std::string& host) {
    internal::v1::DialRequest request;
    request.set_host(host);
    return request.SerializeAsString();
  }

  SystemClock clock_;
  std::string directory_;
  wire::Endpoint endpoint_;
  FakeDial dial_;
  std::optional<FakeEnclave> enclave_;
  std::optional<Link> link_;
};

TEST_F(HostLink, MatchesAnswersToRequestsInAnyOrder) {
  start();
  std::vector<std::future<Result<Frame>>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(ask(std::to_string(i)));
  std::vector<Frame> requests;
  for (int i = 0; i < 50; ++i) requests.push_back(enclave_->receive().value());
  std::uint64_t last_id = 0;
  for (const Frame& request : requests) {
    EXPECT_EQ(request.kind(), Frame::REQUEST);
    EXPECT_GT(request.id(), last_id);
    EXPECT_GT(request.deadline_ms_left(), 0U);
    last_id = request.id();
  }
  for (auto it = requests.rbegin(); it != requests.rend(); ++it) {
    enclave_->send_frame(Frame::RESPONSE, it->id(), "re " + it->payload());
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].get()->payload(), "re " + std::to_string(i));
  }
}

TEST_F(HostLink, CarriesLargeFramesBothWays) {
  start();
  const std::string large(900'000, 'x');
  auto answer = ask(large);
  const auto request = enclave_->receive();
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->payload().size(), large.size());
  enclave_->send_frame(Frame::RESPONSE, request->id(), large);
  EXPECT_EQ(answer.get()->payload().size(), large.size());
}

TEST_F(HostLink, FailsARequestOverItsDeadlineAndTellsTheEnclave) {
  start();
  auto answer = ask("slow", 20);
  const auto request = enclave_->receive();
  EXPECT_EQ(answer.get().error().code(), Code::deadline_exceeded);
  const auto cancel = enclave_->receive();
  EXPECT_EQ(cancel->kind(), Frame::CANCEL);
  EXPECT_EQ(cancel->id(), request->id());
  enclave_->send_frame(Frame::RESPONSE, request->id(), "too late");
  auto next = ask("next");
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "in time");
  EXPECT_EQ(next.get()->payload(), "in time");
  EXPECT_EQ(link_->statistics().ignored_frames, 1U);
}

TEST_F(HostLink, AnEarlierDeadlineOvertakesALaterOne) {
  start();
  auto later = ask("later", 30'000);
  auto earlier = ask("earlier", 20);
  EXPECT_EQ(earlier.get().error().code(), Code::deadline_exceeded);
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "fine");
  EXPECT_EQ(later.get()->payload(), "fine");
}

TEST_F(HostLink, RefusesRequestsOverTheLimit) {
  start(2);
  auto first = ask("1");
  auto second = ask("2");
  EXPECT_EQ(ask("3").get().error().code(), Code::overloaded);
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "");
  EXPECT_TRUE(first.get().has_value());
  auto third = ask("3");
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "");
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "");
  EXPECT_TRUE(second.get().has_value());
  EXPECT_TRUE(third.get().has_value());
}

TEST_F(HostLink, IgnoresAnswersNobodyWaitsFor) {
  start();
  enclave_->send_frame(Frame::RESPONSE, 1000, "unknown");
  enclave_->send_frame(Frame::REQUEST, 1, "wrong direction");
  auto answer = ask("x");
  const auto id = enclave_->receive()->id();
  enclave_->send_frame(Frame::RESPONSE, id, "first");
  enclave_->send_frame(Frame::RESPONSE, id, "second");
  EXPECT_EQ(answer.get()->payload(), "first");
  auto next = ask("y");
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "");
  EXPECT_TRUE(next.get().has_value());
  EXPECT_EQ(link_->statistics().ignored_frames, 3U);
}

TEST_F(HostLink, FailsWhatIsUnderWayWhenTheEnclaveGoesAndConnectsAgain) {
  start();
  auto answer = ask("x");
  ASSERT_TRUE(enclave_->receive().has_value());
  enclave_->drop();
  EXPECT_EQ(answer.get().error().code(), Code::connection_lost);
  enclave_->accept_host();
  wait_until_connected();
  auto again = ask("y");
  enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "back");
  EXPECT_EQ(again.get()->payload(), "back");
  EXPECT_EQ(link_->statistics().connections, 2U);
}

TEST_F(HostLink, DropsAnEnclaveThatSendsBrokenBytes) {
  start();
  auto answer = ask("x");
  ASSERT_TRUE(enclave_->receive().has_value());
  enclave_->send_bytes("\xff\xff\xff\xff");
  EXPECT_EQ(answer.get().error().code(), Code::connection_lost);
  enclave_->drop();
  enclave_->accept_host();
  wait_until_connected();
}

TEST_F(HostLink, IsUnavailableWhileNoEnclaveListens) {
  link_.emplace(Link::Options{.endpoint = endpoint_}, std::vector<OutcallService>{}, clock_);
  EXPECT_FALSE(link_->is_connected());
  EXPECT_EQ(ask("x").get().error().code(), Code::unavailable);
  enclave_.emplace(endpoint_);
  enclave_->accept_host();
  wait_until_connected();
}

TEST_F(HostLink, AnswersWhatIsUnderWayWhenItIsDestroyed) {
  start();
  auto answer = ask("x");
  ASSERT_TRUE(enclave_->receive().has_value());
  link_.reset();
  EXPECT_EQ(answer.get().error().code(), Code::unavailable);
}

TEST_F(HostLink, AnswersWhatIsUnderWayAndLaterWhenItIsClosed) {
  start();
  auto answer = ask("x");
  ASSERT_TRUE(enclave_->receive().has_value());
  link_->close();
  EXPECT_EQ(answer.get().error().code(), Code::unavailable);
  EXPECT_EQ(ask("y").get().error().code(), Code::unavailable);
}

TEST_F(HostLink, RefusesAFrameOverTheMaximum) {
  start();
  EXPECT_EQ(ask(std::string(1'100'000, 'x')).get().error().code(), Code::frame_too_large);
}

TEST_F(HostLink, WaitsForTheAnswerOnTheCallersThread) {
  start();
  std::thread enclave(
      [&] { enclave_->send_frame(Frame::RESPONSE, enclave_->receive()->id(), "done"); });
  const auto answer = request_and_wait(*link_, Frame(), 5000);
  EXPECT_EQ(answer->payload(), "done");
  enclave.join();
}

TEST_F(HostLink, LetsTheEnclaveCallAService) {
  start();
  enclave_->send_frame(Frame::OUTCALL, 5, dial_payload("example.com"), dial_outcall(""));
  const auto reply = enclave_->receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->kind(), Frame::OUTCALL_REPLY);
  EXPECT_EQ(reply->id(), 5U);
  internal::v1::DialReply dialled;
  ASSERT_TRUE(dialled.ParseFromString(reply->payload()));
  EXPECT_EQ(dialled.address(), "example.com for req_7");
}

TEST_F(HostLink, AnswersAnOutcallThatFailsWithItsCode) {
  start();
  enclave_->send_frame(Frame::OUTCALL, 5, dial_payload("fails"), dial_outcall(""));
  EXPECT_EQ(enclave_->receive()->error().code(), code_text(Code::name_not_resolved));
}

TEST(ReconnectDelay, DoublesUpToItsLimit) {
  EXPECT_EQ(reconnect_delay_ms(0), limits::kLinkReconnectMsMin);
  EXPECT_EQ(reconnect_delay_ms(1), 2 * limits::kLinkReconnectMsMin);
  EXPECT_EQ(reconnect_delay_ms(20), limits::kLinkReconnectMsMax);
  EXPECT_EQ(reconnect_delay_ms(UINT32_MAX), limits::kLinkReconnectMsMax);
}

}  // namespace
}  // namespace nsl::host::link
