// A host end of the connection for tests: sends frames or any bytes, reads frames, keeps the rules
// only when the test wants it to.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/wire/frame.h"
#include "enclave/server/server.h"

namespace nsl::enclave::server {

using wire::Frame;

class FunctionHandler final : public RequestHandler {
 public:
  using Function = std::function<Frame(const Frame&, const Deadline&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  void serve(const Frame& request, const Deadline& deadline, Answer answer) override {
    answer(function_(request, deadline));
  }

 private:
  Function function_;
};

inline Frame make_frame(Frame::Kind kind, std::uint64_t id) {
  Frame frame;
  frame.set_version(wire::kFrameVersion);
  frame.set_kind(kind);
  frame.set_id(id);
  return frame;
}

inline Frame make_request(std::uint64_t id, std::string payload) {
  Frame frame = make_frame(Frame::REQUEST, id);
  frame.set_service_type("nsl.v1.Test");
  frame.set_operation("Echo");
  frame.mutable_trace()->set_request_id("req_" + std::to_string(id));
  frame.set_payload(std::move(payload));
  return frame;
}

inline Frame make_reply(std::uint64_t id, std::string payload) {
  Frame frame = make_frame(Frame::OUTCALL_REPLY, id);
  frame.set_payload(std::move(payload));
  return frame;
}

inline Frame payload_frame(std::string payload) {
  Frame frame;
  frame.set_payload(std::move(payload));
  return frame;
}

class HostEnd {
 public:
  explicit HostEnd(stream::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  void send(const Frame& frame) { send_bytes(wire::encode_frame(frame).value()); }
  void send_bytes(std::string_view bytes) {
    // The enclave may already have closed; the test sees that by reading.
    [[maybe_unused]] const auto sent = stream::write_all(descriptor_, as_bytes(bytes));
  }
  // The next frame, or nothing when the enclave closed the connection.
  std::optional<Frame> receive() {
    std::array<std::uint8_t, 4096> chunk{};
    for (;;) {
      auto frame = reader_.next();
      EXPECT_TRUE(frame.has_value());
      if (!frame.has_value() || frame->has_value()) return *frame;
      const auto size = stream::read_some(descriptor_, chunk);
      if (!size.has_value() || *size == 0) return std::nullopt;
      reader_.feed(ByteView(chunk).first(*size));
    }
  }
  void stop_sending() { shutdown(descriptor_.number(), SHUT_WR); }
  void disconnect() { stream::shut_down(descriptor_); }

 private:
  stream::Descriptor descriptor_;
  wire::FrameReader reader_;
};

// A server that serves one end of a socketpair on its own thread.
class RunningServer {
 public:
  explicit RunningServer(FunctionHandler::Function function, Server::Options options = {},
                         const Clock* clock = nullptr)
      : handler_(std::move(function)),
        server_(options, handler_, transport_, clock == nullptr ? system_clock_ : *clock) {}
  ~RunningServer() {
    server_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  // Called for one connection after the other, as a real host comes back.
  HostEnd connect() {
    std::array<int, 2> numbers{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers.data()), 0);
    join();
    threads_.emplace_back([this, number = numbers[0]] {
      reason_ = server_.serve(stream::Descriptor(number)).code();
    });
    return HostEnd(stream::Descriptor(numbers[1]));
  }
  // Waits for the connection to end and says why it did.
  Code join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return reason_;
  }
  Server& server() { return server_; }

 private:
  SystemClock system_clock_;
  FunctionHandler handler_;
  HostTransport transport_;
  Server server_;
  std::vector<std::thread> threads_;
  Code reason_ = Code::internal;
};

}  // namespace nsl::enclave::server
