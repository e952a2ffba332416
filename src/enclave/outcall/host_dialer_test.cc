#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <thread>

#include "enclave/outcall/dialer.h"
#include "nsl/internal/v1/dial.pb.h"

namespace nsl::enclave::outcall {
namespace {

// The host's DialService as the test wants it to answer.
class FakeHost final : public wire::Transport {
 public:
  using Answer = std::function<Result<internal::v1::DialReply>(const internal::v1::DialRequest&)>;
  Result<std::string> call(std::string_view service, std::string_view method, std::string payload,
                           const Deadline& /*deadline*/) override {
    ++calls;
    EXPECT_EQ(service, "nsl.internal.v1.DialService");
    EXPECT_EQ(method, "Dial");
    internal::v1::DialRequest request;
    EXPECT_TRUE(request.ParseFromString(payload));
    NSL_TRY(const internal::v1::DialReply reply, answer(request));
    return reply.SerializeAsString();
  }

  Answer answer;
  int calls = 0;
};

internal::v1::DialReply make_reply(const std::string& address) {
  internal::v1::DialReply reply;
  reply.set_token(std::string(32, 't'));
  reply.set_address(address);
  return reply;
}

class HostDialing : public testing::Test {
 protected:
  HostDialing() {
    std::string pattern = testing::TempDir() + "nsl-dial-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    endpoint_ = wire::UnixEndpoint{directory_ + "/dial.sock"};
    auto listener = stream::listen_on(endpoint_);
    EXPECT_TRUE(listener.has_value());
    listener_ = std::move(*listener);
    host_.answer = [](const auto&) { return make_reply("93.184.216.34"); };
  }
  ~HostDialing() override { std::filesystem::remove_all(directory_); }

  Result<std::unique_ptr<stream::ByteStream>> dial(const std::string& host,
                                                   std::uint16_t port = 443) {
    HostDialer dialer({.endpoint = endpoint_, .allowed_addresses = allowed_}, host_, clock_);
    return dialer.dial(host, port, Deadline::after_ms(clock_, 2000));
  }
  // The pump's end: takes the token and answers `bytes`.
  std::thread pump(std::string bytes) {
    return std::thread([this, bytes = std::move(bytes)] {
      const stream::Waker waker;
      const auto connection = stream::accept_from(listener_, waker);
      ASSERT_TRUE(connection.has_value());
      std::array<std::uint8_t, 64> token{};
      EXPECT_EQ(stream::read_some(*connection, token), 32U);
      EXPECT_TRUE(stream::write_all(*connection, as_bytes(bytes)).has_value());
    });
  }
  Code refusal_of(const std::string& host, const std::string& address) {
    host_.answer = [address](const auto&) { return make_reply(address); };
    const auto stream = dial(host);
    return stream.has_value() ? Code::internal : stream.error().code();
  }

  SystemClock clock_;
  std::string directory_;
  wire::Endpoint endpoint_;
  stream::Descriptor listener_;
  FakeHost host_;
  std::vector<net::IpEndpoint> allowed_;
};

TEST_F(HostDialing, ShowsTheTokenAndThenCarriesBytes) {
  std::thread host = pump("\x01hello");
  const auto stream = dial("example.com");
  ASSERT_TRUE(stream.has_value());
  std::array<std::uint8_t, 5> bytes{};
  const Deadline deadline = Deadline::after_ms(clock_, 2000);
  EXPECT_EQ((*stream)->read_some(bytes, deadline), 5U);
  EXPECT_EQ(as_text(bytes), "hello");
  EXPECT_EQ((*stream)->read_some(bytes, deadline), 0U);
  host.join();
}

TEST_F(HostDialing, RefusesAPrivateAddressWhateverTheHostSays) {
  EXPECT_EQ(refusal_of("example.com", "127.0.0.1"), Code::private_address_refused);
  EXPECT_EQ(refusal_of("example.com", "169.254.169.254"), Code::private_address_refused);
  EXPECT_EQ(refusal_of("example.com", "::ffff:8.8.8.8"), Code::private_address_refused);
}

TEST_F(HostDialing, NeverAsksTheHostForAPrivateAddress) {
  EXPECT_EQ(refusal_of("10.0.0.1", "10.0.0.1"), Code::private_address_refused);
  EXPECT_EQ(refusal_of("::1", "::1"), Code::private_address_refused);
  EXPECT_EQ(host_.calls, 0);
}

TEST_F(HostDialing, DialsAListedPrivateAddressAndPortOnly) {
  allowed_ = {net::parse_ip_endpoint("127.0.0.1:443").value()};
  host_.answer = [](const auto&) { return make_reply("127.0.0.1"); };
  std::thread host = pump("\x01");
  EXPECT_TRUE(dial("localhost", 443).has_value());
  host.join();
  EXPECT_EQ(dial("localhost", 444).error().code(), Code::private_address_refused);
}

TEST_F(HostDialing, RefusesAnAddressOtherThanTheOneAsked) {
  EXPECT_EQ(refusal_of("8.8.8.8", "8.8.4.4"), Code::dial_failed);
  EXPECT_EQ(refusal_of("example.com", "not an address"), Code::dial_failed);
  EXPECT_EQ(refusal_of("example.com", ""), Code::dial_failed);
}

TEST_F(HostDialing, RefusesATokenOfTheWrongSize) {
  host_.answer = [](const auto&) {
    auto reply = make_reply("93.184.216.34");
    reply.set_token("short");
    return reply;
  };
  EXPECT_EQ(dial("example.com").error().code(), Code::dial_failed);
}

TEST_F(HostDialing, RefusesAPumpThatDoesNotOpen) {
  for (const std::string bytes : {"", "\x02"}) {
    std::thread host = pump(bytes);
    EXPECT_EQ(dial("example.com").error().code(), Code::dial_failed);
    host.join();
  }
}

TEST_F(HostDialing, PassesOnOnlyErrorsADialCanHave) {
  host_.answer = [](const auto&) { return fail(Code::name_not_resolved); };
  EXPECT_EQ(dial("example.com").error().code(), Code::name_not_resolved);
  host_.answer = [](const auto&) { return fail(Code::permission_denied, "made up by the host"); };
  const auto stream = dial("example.com");
  EXPECT_EQ(stream.error().code(), Code::dial_failed);
  EXPECT_EQ(stream.error().message().find("made up"), std::string::npos);
}

}  // namespace
}  // namespace nsl::enclave::outcall
