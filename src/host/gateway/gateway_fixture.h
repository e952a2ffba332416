// A gateway on a free port before a FakeLink, for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "core/base/log.h"
#include "core/base/random.h"
#include "host/gateway/fake_link.h"
#include "host/gateway/gateway.h"
#include "host/gateway/test_client.h"

namespace nsl::host::gateway {

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() {
    // One line per request would bury what failed.
    set_log_level(LogLevel::error);
    options_.http.tick_ms = 1;
  }
  ~GatewayTest() override {
    gateway_.reset();
    set_log_level(LogLevel::info);
    set_log_sink(nullptr);
  }

  // With options_ as they are by then.
  void start() {
    gateway_ = std::make_unique<Gateway>(options_, link_, metrics_, clock_, random_);
    auto port = gateway_->start();
    ASSERT_TRUE(port.has_value()) << port.error().message();
    port_ = *port;
  }

  // One request on a connection of its own.
  TestReply ask(std::string_view method, std::string_view target,
                const std::vector<std::pair<std::string, std::string>>& headers = {},
                std::string_view body = {}) {
    if (gateway_ == nullptr) start();
    TestClient client(port_);
    return client.exchange(method, target, headers, body);
  }

  template <class Message>
  void answer(const Message& message, std::string etag = {}) {
    link_.answer_with([response = response_of(message, std::move(etag))](
                          const internal::v1::Frame&, std::int64_t) { return response; });
  }

  void answer_error(Code code, std::string message) {
    link_.answer_with([code, message](const internal::v1::Frame&, std::int64_t) {
      internal::v1::Frame frame;
      frame.mutable_error()->set_code(std::string(code_text(code)));
      frame.mutable_error()->set_message(message);
      return frame;
    });
  }

  // The request message of the `index`th frame.
  template <class Message>
  Message received(std::size_t index = 0) {
    Message message;
    EXPECT_TRUE(message.ParseFromString(link_.frame(index).payload()));
    return message;
  }

  GatewayOptions options_;
  FakeLink link_;
  telemetry::Metrics metrics_;
  ManualClock clock_{WallTime(1'700'000'000'000)};
  SeededRandom random_{1};
  std::unique_ptr<Gateway> gateway_;
  std::uint16_t port_ = 0;
};

}  // namespace nsl::host::gateway
