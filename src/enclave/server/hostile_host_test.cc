// The host as an adversary: it sends what it likes, answers what it likes, or says nothing.
#include <gtest/gtest.h>

#include <semaphore>

#include "core/base/random.h"
#include "enclave/server/server_testing.h"

namespace nsl::enclave::server {
namespace {

Frame echo(const Frame& request, const Deadline& /*deadline*/) {
  return payload_frame("echo " + request.payload());
}

// A handler that makes one outcall and answers with its result or the name of its error.
class OutcallingServer {
 public:
  explicit OutcallingServer(const Clock* clock = nullptr)
      : running_(
            [this](const Frame&, const Deadline& deadline) {
              const auto answer = running_.server().host().call("s", "m", "", deadline);
              results_.push_back(
                  answer.has_value() ? *answer : std::string(code_name(answer.error().code())));
              finished_.release();
              return payload_frame(results_.back());
            },
            {.workers = 1}, clock) {}
  RunningServer* operator->() { return &running_; }
  std::string wait_for_result() {
    finished_.acquire();
    return results_.back();
  }

 private:
  std::vector<std::string> results_;  // Written by the one worker, read after finished_.
  std::counting_semaphore<64> finished_{0};
  RunningServer running_;
};

TEST(HostileHost, ABrokenStreamEndsTheConnectionButNotTheServer) {
  RunningServer running(echo);
  for (const std::string& bytes :
       {std::string("\0\0\0\0", 4), std::string("\xff\xff\xff\xff"),
        std::string("GET / HTTP/1.1\r\n"), std::string("\0\0\0\3abc", 7)}) {
    HostEnd host = running.connect();
    host.send_bytes(bytes);
    EXPECT_FALSE(host.receive().has_value());
    EXPECT_NE(running.join(), Code::connection_lost);
  }
  EXPECT_EQ(running.server().statistics().broken_connections, 4U);
  HostEnd host = running.connect();
  host.send(make_request(1, "still here"));
  EXPECT_EQ(host.receive()->payload(), "echo still here");
}

TEST(HostileHost, AnyByteStreamLeavesTheServerAlive) {
  RunningServer running(echo);
  SeededRandom random(11);
  const std::string valid = wire::encode_frame(make_request(1, "payload")).value();
  for (int round = 0; round < 200; ++round) {
    std::string bytes = valid + valid + valid;
    for (int i = 0; i < 3; ++i) {
      const auto where = random.bytes<2>();
      bytes[(where[0] * 256U + where[1]) % bytes.size()] = static_cast<char>(random.bytes<1>()[0]);
    }
    HostEnd host = running.connect();
    host.send_bytes(bytes);
    host.stop_sending();
    while (host.receive().has_value()) {
    }
    running.join();
  }
  HostEnd host = running.connect();
  host.send(make_request(1, "alive"));
  EXPECT_EQ(host.receive()->payload(), "echo alive");
}

TEST(HostileHost, ATruncatedFrameIsTheEndOfTheConnectionOnly) {
  RunningServer running(echo);
  const std::string whole = wire::encode_frame(make_request(1, "x")).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    HostEnd host = running.connect();
    host.send_bytes(std::string_view(whole).substr(0, size));
    host.stop_sending();
    EXPECT_FALSE(host.receive().has_value());
    EXPECT_EQ(running.join(), Code::connection_lost);
  }
  EXPECT_EQ(running.server().statistics().requests, 0U);
}

TEST(HostileHost, AReplayedRequestRunsOnce) {
  std::atomic<int> served = 0;
  RunningServer running([&](const Frame& request, const Deadline& deadline) {
    ++served;
    return echo(request, deadline);
  });
  HostEnd host = running.connect();
  for (int i = 0; i < 5; ++i) host.send(make_request(3, "x"));
  host.send(make_request(2, "older"));
  host.send(make_request(4, "last"));
  EXPECT_EQ(host.receive()->id() + host.receive()->id(), 3U + 4U);
  EXPECT_EQ(served, 2);
  EXPECT_EQ(running.server().statistics().ignored_frames, 5U);
}

TEST(HostileHost, FramesOfTheWrongDirectionAreIgnored) {
  RunningServer running(echo);
  HostEnd host = running.connect();
  host.send(make_frame(Frame::RESPONSE, 1));
  host.send(make_frame(Frame::OUTCALL, 1));
  host.send(make_request(1, "x"));
  EXPECT_EQ(host.receive()->payload(), "echo x");
  EXPECT_EQ(running.server().statistics().ignored_frames, 2U);
}

TEST(HostileHost, AnAnswerToAnIdNobodyAskedIsIgnored) {
  OutcallingServer server;
  HostEnd host = server->connect();
  host.send(make_request(1, ""));
  const auto outcall = host.receive();
  host.send(make_reply(outcall->id() + 1, "wrong"));
  host.send(make_reply(0xffffffffffffffffU, "wrong"));
  host.send(make_reply(outcall->id(), "right"));
  EXPECT_EQ(server.wait_for_result(), "right");
  EXPECT_EQ(host.receive()->payload(), "right");
  EXPECT_EQ(server->server().statistics().ignored_frames, 2U);
}

TEST(HostileHost, TheSecondAnswerToAnOutcallIsIgnored) {
  OutcallingServer server;
  HostEnd host = server->connect();
  host.send(make_request(1, ""));
  const std::uint64_t id = host.receive()->id();
  host.send(make_reply(id, "first"));
  host.send(make_reply(id, "second"));
  EXPECT_EQ(host.receive()->payload(), "first");
  host.send(make_request(2, ""));
  const std::uint64_t next_id = host.receive()->id();
  EXPECT_NE(next_id, id);
  host.send(make_reply(id, "replayed"));
  host.send(make_reply(next_id, "third"));
  EXPECT_EQ(host.receive()->payload(), "third");
  EXPECT_EQ(server->server().statistics().ignored_frames, 2U);
}

TEST(HostileHost, AHostThatNeverAnswersCostsOnlyTheDeadline) {
  ManualClock clock(WallTime(0));
  OutcallingServer server(&clock);
  HostEnd host = server->connect();
  Frame request = make_request(1, "");
  request.set_deadline_ms_left(50);
  host.send(request);
  const auto outcall = host.receive();
  EXPECT_EQ(outcall->kind(), Frame::OUTCALL);
  clock.advance_ms(51);
  EXPECT_EQ(server.wait_for_result(), "deadline_exceeded");
  const auto cancel = host.receive();
  EXPECT_EQ(cancel->kind(), Frame::CANCEL);
  EXPECT_EQ(cancel->id(), outcall->id());
  EXPECT_EQ(host.receive()->kind(), Frame::RESPONSE);
}

TEST(HostileHost, CancelEndsTheOutcallsOfTheRequestAndItsAnswer) {
  OutcallingServer server;
  HostEnd host = server->connect();
  host.send(make_request(1, ""));
  const auto outcall = host.receive();
  host.send(make_frame(Frame::CANCEL, 1));
  EXPECT_EQ(server.wait_for_result(), "cancelled");
  const auto cancel = host.receive();
  EXPECT_EQ(cancel->kind(), Frame::CANCEL);
  EXPECT_EQ(cancel->id(), outcall->id());
  host.send(make_reply(outcall->id(), "too late"));
  host.send(make_request(2, ""));
  const auto next = host.receive();  // Nothing was answered to request 1.
  EXPECT_EQ(next->kind(), Frame::OUTCALL);
  EXPECT_EQ(next->parent_id(), 2U);
  host.send(make_reply(next->id(), "fresh"));
  EXPECT_EQ(server.wait_for_result(), "fresh");
}

TEST(HostileHost, ARequestCancelledBeforeItsTurnNeverRuns) {
  std::atomic<int> served = 0;
  std::binary_semaphore arrived(0);
  std::binary_semaphore gate(0);
  RunningServer running(
      [&](const Frame& request, const Deadline& deadline) {
        if (++served == 1) {
          arrived.release();
          gate.acquire();
        }
        return echo(request, deadline);
      },
      {.workers = 1});
  HostEnd host = running.connect();
  host.send(make_request(1, "first"));
  arrived.acquire();
  host.send(make_request(2, "never"));
  host.send(make_frame(Frame::CANCEL, 2));
  while (running.server().statistics().cancelled == 0) std::this_thread::yield();
  host.send(make_request(3, "third"));
  gate.release();
  EXPECT_EQ(host.receive()->payload(), "echo first");
  EXPECT_EQ(host.receive()->payload(), "echo third");
  EXPECT_EQ(served, 2);
}

TEST(HostileHost, LosingTheHostEndsItsOutcallsAndTheRestOfItsRequests) {
  std::vector<std::string> errors;
  bool is_abandoned = false;
  std::binary_semaphore finished(0);
  wire::Transport* transport = nullptr;
  RunningServer running([&](const Frame&, const Deadline& deadline) {
    for (int i = 0; i < 2; ++i) {
      const auto answer = transport->call("s", "m", "", deadline);
      errors.emplace_back(answer.has_value() ? "answered" : code_name(answer.error().code()));
    }
    is_abandoned = is_request_abandoned();
    finished.release();
    return Frame();
  });
  transport = &running.server().host();
  {
    HostEnd host = running.connect();
    host.send(make_request(1, ""));
    ASSERT_TRUE(host.receive().has_value());
  }
  finished.acquire();
  EXPECT_EQ(errors, (std::vector<std::string>{"connection_lost", "connection_lost"}));
  EXPECT_TRUE(is_abandoned);
  EXPECT_FALSE(is_request_abandoned());
}

TEST(HostileHost, AHostThatNeverReadsIsClosedAndOthersAreServed) {
  RunningServer running(
      [](const Frame&, const Deadline&) { return payload_frame(std::string(100'000, 'x')); },
      {.workers = 2, .requests_in_flight_max = 4});
  {
    HostEnd host = running.connect();
    // Answers fill the socket, then the slots; refusals fill the queue; then the enclave closes.
    for (std::uint64_t id = 1; id < 100'000; ++id) {
      host.send(make_request(id, ""));
      if (running.server().statistics().broken_connections > 0) break;
    }
    running.join();
  }
  EXPECT_EQ(running.server().statistics().broken_connections, 1U);
  HostEnd host = running.connect();
  host.send(make_request(1, ""));
  const auto answer = host.receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->payload().size(), 100'000U) << answer->error().code();
}

TEST(HostileHost, TooManyOutcallsAreRefusedNotQueued) {
  wire::Transport* transport = nullptr;
  RunningServer running(
      [&](const Frame&, const Deadline& deadline) {
        const auto answer = transport->call("s", "m", "", deadline);
        return payload_frame(answer.has_value() ? "answered"
                                                : std::string(code_name(answer.error().code())));
      },
      {.workers = 3, .outcalls_in_flight_max = 2});
  transport = &running.server().host();
  HostEnd host = running.connect();
  for (std::uint64_t id = 1; id <= 3; ++id) host.send(make_request(id, ""));
  std::vector<std::uint64_t> outcalls;
  for (int i = 0; i < 3; ++i) {
    const auto frame = host.receive();
    if (frame->kind() == Frame::OUTCALL) {
      outcalls.push_back(frame->id());
    } else {
      EXPECT_EQ(frame->payload(), "overloaded");
    }
  }
  ASSERT_EQ(outcalls.size(), 2U);
  for (const std::uint64_t id : outcalls) host.send(make_reply(id, ""));
  EXPECT_EQ(host.receive()->payload(), "answered");
  EXPECT_EQ(host.receive()->payload(), "answered");
}

}  // namespace
}  // namespace nsl::enclave::server
