#include "enclave/server/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <set>
#include <thread>

#include "enclave/server/server_testing.h"

namespace nsl::enclave::server {
namespace {

Frame echo(const Frame& request, const Deadline& /*deadline*/) {
  return payload_frame("echo " + request.payload());
}

TEST(Server, AnswersEachRequestWithItsId) {
  RunningServer running(echo);
  HostEnd host = running.connect();
  for (std::uint64_t id = 1; id <= 100; ++id) host.send(make_request(id, std::to_string(id)));
  std::set<std::uint64_t> answered;
  for (int i = 0; i < 100; ++i) {
    const auto response = host.receive();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->kind(), Frame::RESPONSE);
    EXPECT_EQ(response->payload(), "echo " + std::to_string(response->id()));
    answered.insert(response->id());
  }
  EXPECT_EQ(answered.size(), 100U);
}

TEST(Server, ServesManyRequestsAtATime) {
  std::counting_semaphore<16> arrived(0);
  std::counting_semaphore<16> gate(0);
  RunningServer running(
      [&](const Frame& request, const Deadline& deadline) {
        arrived.release();
        gate.acquire();
        return echo(request, deadline);
      },
      {.workers = 4});
  HostEnd host = running.connect();
  for (std::uint64_t id = 1; id <= 4; ++id) host.send(make_request(id, "x"));
  for (int i = 0; i < 4; ++i) arrived.acquire();
  gate.release(4);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(host.receive().has_value());
}

TEST(Server, ServesTheHostsOwnRequestsWhileEveryUsersRequestWaits) {
  std::binary_semaphore gate(0);
  RunningServer running(
      [&](const Frame& request, const Deadline& deadline) {
        if (request.payload() == "user") gate.acquire();
        return echo(request, deadline);
      },
      {.workers = 1, .host_workers = 1});
  HostEnd host = running.connect();
  host.send(make_request(1, "user"));
  Frame job = make_request(2, "job");
  job.set_service_type("nsl.internal.v1.WorkService");
  host.send(job);
  EXPECT_EQ(host.receive()->payload(), "echo job");
  gate.release();
  EXPECT_EQ(host.receive()->payload(), "echo user");
}

TEST(Server, RefusesRequestsOverTheLimitAndGoesOn) {
  std::counting_semaphore<16> gate(0);
  RunningServer running(
      [&](const Frame& request, const Deadline& deadline) {
        gate.acquire();
        return echo(request, deadline);
      },
      {.workers = 1, .requests_in_flight_max = 2});
  HostEnd host = running.connect();
  for (std::uint64_t id = 1; id <= 3; ++id) host.send(make_request(id, "x"));
  const auto refused = host.receive();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->id(), 3U);
  EXPECT_EQ(refused->error().code(), code_text(Code::overloaded));
  gate.release(3);
  EXPECT_EQ(host.receive()->payload(), "echo x");
  EXPECT_EQ(host.receive()->payload(), "echo x");
  host.send(make_request(4, "again"));
  EXPECT_EQ(host.receive()->payload(), "echo again");
  EXPECT_EQ(running.server().statistics().overloaded, 1U);
}

TEST(Server, GivesTheHandlerTheDeadlineOfTheFrameWithinTheLimit) {
  const ManualClock clock(WallTime(0));
  RunningServer running(
      [&](const Frame&, const Deadline& deadline) {
        return payload_frame(std::to_string(deadline.ms_left(clock)));
      },
      {}, &clock);
  HostEnd host = running.connect();
  Frame request = make_request(1, "");
  request.set_deadline_ms_left(1234);
  host.send(request);
  EXPECT_EQ(host.receive()->payload(), "1234");
  request.set_id(2);
  request.set_deadline_ms_left(0);
  host.send(request);
  EXPECT_EQ(host.receive()->payload(), std::to_string(limits::kRequestDeadlineMsDefault));
  request.set_id(3);
  request.set_deadline_ms_left(0xffffffffU);
  host.send(request);
  EXPECT_EQ(host.receive()->payload(), std::to_string(limits::kRequestDeadlineMsMax));
}

TEST(Server, RefusesARequestWhoseDeadlinePassedWhileItWaited) {
  ManualClock clock(WallTime(0));
  std::binary_semaphore arrived(0);
  std::binary_semaphore gate(0);
  RunningServer running(
      [&](const Frame&, const Deadline&) {
        arrived.release();
        gate.acquire();
        return payload_frame("served");
      },
      {.workers = 1}, &clock);
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  arrived.acquire();
  Frame late = make_request(2, "");
  late.set_deadline_ms_left(5);
  host.send(late);
  host.send(make_frame(Frame::CANCEL, 99));  // Read after the request: the marker below.
  while (running.server().statistics().ignored_frames == 0) std::this_thread::yield();
  clock.advance_ms(6);
  gate.release();
  EXPECT_EQ(host.receive()->payload(), "served");
  EXPECT_EQ(host.receive()->error().code(), code_text(Code::deadline_exceeded));
}

TEST(Server, AnswersInternalWhenALibraryThrows) {
  RunningServer running(
      [](const Frame&, const Deadline&) -> Frame { throw std::runtime_error("private reason"); });
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  const auto response = host.receive();
  EXPECT_EQ(response->error().code(), code_text(Code::internal));
  EXPECT_EQ(response->SerializeAsString().find("private"), std::string::npos);
}

TEST(Server, AnswersAnErrorWhenTheReplyIsOverTheFrameMaximum) {
  RunningServer running([](const Frame&, const Deadline&) {
    return payload_frame(std::string(static_cast<std::size_t>(limits::kFrameBytesMax), 'x'));
  });
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  EXPECT_EQ(host.receive()->error().code(), code_text(Code::frame_too_large));
}

TEST(Server, CarriesAnOutcallToTheHostAndItsAnswerBack) {
  wire::Transport* transport = nullptr;
  RunningServer running([&](const Frame& request, const Deadline& deadline) {
    const auto answer =
        transport->call("nsl.internal.v1.Store", "Get", request.payload(), deadline);
    return payload_frame(answer.value_or("none"));
  });
  transport = &running.server().host();
  HostEnd host = running.connect();
  host.send(make_request(7, "key"));
  const auto outcall = host.receive();
  ASSERT_TRUE(outcall.has_value());
  EXPECT_EQ(outcall->kind(), Frame::OUTCALL);
  EXPECT_EQ(outcall->parent_id(), 7U);
  EXPECT_EQ(outcall->service_type(), "nsl.internal.v1.Store");
  EXPECT_EQ(outcall->operation(), "Get");
  EXPECT_EQ(outcall->payload(), "key");
  EXPECT_EQ(outcall->trace().request_id(), "req_7");
  EXPECT_GT(outcall->deadline_ms_left(), 0U);
  host.send(make_reply(outcall->id(), "value"));
  EXPECT_EQ(host.receive()->payload(), "value");
}

TEST(Server, AnOutcallFromAThreadThatServesNothingHasNoParent) {
  RunningServer running(echo);
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  ASSERT_TRUE(host.receive().has_value());
  const SystemClock clock;
  std::thread asking([&] {
    const auto answer = running.server().host().call("s", "m", "", Deadline::after_ms(clock, 5000));
    EXPECT_EQ(answer.value_or(""), "yes");
  });
  const auto outcall = host.receive();
  ASSERT_TRUE(outcall.has_value());
  EXPECT_EQ(outcall->parent_id(), 0U);
  host.send(make_reply(outcall->id(), "yes"));
  asking.join();
}

TEST(Server, AnErrorOfTheHostBecomesTheErrorOfTheOutcall) {
  wire::Transport* transport = nullptr;
  RunningServer running([&](const Frame&, const Deadline& deadline) {
    const auto answer = transport->call("s", "m", "", deadline);
    return payload_frame(std::string(code_name(answer.error().code())));
  });
  transport = &running.server().host();
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  Frame reply = make_reply(host.receive()->id(), "");
  reply.mutable_error()->set_code(std::string(code_text(Code::store_conflict)));
  host.send(reply);
  EXPECT_EQ(host.receive()->payload(), "store_conflict");
}

TEST(Server, AnOutcallWithoutAHostIsUnavailableAtOnce) {
  RunningServer running(echo);
  const SystemClock clock;
  const auto answer = running.server().host().call("s", "m", "", Deadline::after_ms(clock, 60'000));
  EXPECT_EQ(answer.error().code(), Code::unavailable);
}

// A server that listens, and hosts that connect to it.
class ListeningServer : public ::testing::Test {
 protected:
  void start(FunctionHandler::Function function) {
    handler_ = std::make_unique<FunctionHandler>(std::move(function));
    server_ = std::make_unique<Server>(Server::Options(), *handler_, transport_, clock_);
    ASSERT_TRUE(server_->listen(endpoint_).has_value());
    running_ = std::thread([this] { EXPECT_TRUE(server_->run().has_value()); });
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // Connects and sends one request.
  stream::Descriptor ask() {
    const Deadline deadline = Deadline::after_ms(clock_, 5000);
    auto descriptor = stream::connect_to(endpoint_, deadline, clock_);
    EXPECT_TRUE(descriptor.has_value());
    EXPECT_TRUE(stream::wait_until_ready(descriptor->number(), stream::Readiness::writable,
                                         deadline, clock_)
                    .has_value());
    const std::string bytes = wire::encode_frame(make_request(1, "x")).value();
    EXPECT_TRUE(stream::write_all(*descriptor, as_bytes(bytes)).has_value());
    return *std::move(descriptor);
  }
  std::string reply_to(stream::Descriptor descriptor) {
    EXPECT_TRUE(stream::wait_until_ready(descriptor.number(), stream::Readiness::readable,
                                         Deadline::after_ms(clock_, 5000), clock_)
                    .has_value());
    return HostEnd(std::move(descriptor)).receive()->payload();
  }

  std::string pattern_ = ::testing::TempDir() + "nsl-server-XXXXXX";
  const std::string directory_ = mkdtemp(pattern_.data());
  const wire::Endpoint endpoint_ = wire::UnixEndpoint{directory_ + "/enclave.sock"};
  const SystemClock clock_;
  HostTransport transport_;
  std::unique_ptr<FunctionHandler> handler_;
  std::unique_ptr<Server> server_;
  std::thread running_;
};

TEST_F(ListeningServer, AcceptsTheHostAgainAfterItsConnectionEnded) {
  start(echo);
  for (int round = 0; round < 3; ++round) EXPECT_EQ(reply_to(ask()), "echo x");
  server_->stop();
  running_.join();
}

TEST_F(ListeningServer, ServesNothingAnyMoreWhenRunReturns) {
  std::binary_semaphore started(0);
  std::atomic<bool> has_ended = false;
  start([&](const Frame& request, const Deadline& deadline) {
    started.release();
    while (!is_request_abandoned()) std::this_thread::yield();
    // What the stop does meanwhile would come first.
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    has_ended = true;
    return echo(request, deadline);
  });
  const stream::Descriptor host = ask();
  started.acquire();
  server_->stop();
  running_.join();
  EXPECT_TRUE(has_ended);
}

TEST(Server, RunsNoMoreRequestsAtATimeThanItHasWorkers) {
  std::counting_semaphore<16> arrived(0);
  std::counting_semaphore<16> gate(0);
  std::atomic<int> running_now = 0;
  std::atomic<int> most = 0;
  RunningServer running(
      [&](const Frame& request, const Deadline& deadline) {
        if (request.payload() == "job") return echo(request, deadline);
        const int now = ++running_now;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        arrived.release();
        gate.acquire();
        --running_now;
        return echo(request, deadline);
      },
      {.workers = 2, .host_workers = 1});
  HostEnd host = running.connect();
  for (std::uint64_t id = 1; id <= 8; ++id) host.send(make_request(id, "x"));
  Frame last = make_request(9, "job");
  last.set_service_type("nsl.internal.v1.WorkService");
  host.send(last);
  // Its answer says that the requests before it were handed out.
  EXPECT_EQ(host.receive()->id(), 9U);
  for (int i = 0; i < 2; ++i) arrived.acquire();
  EXPECT_EQ(most, 2);
  gate.release(8);
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(host.receive().has_value());
  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace nsl::enclave::server
