#include "enclave/tls/tls.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "core/crypto/hash.h"
#include "core/crypto/pem.h"
#include "enclave/tls/testing/authority.h"
#include "enclave/tls/testing/server.h"

namespace nsl::enclave::tls {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr WallTime kNow(1'800'000'000'000);
constexpr WallTime days_from_now(std::int64_t days) {
  return WallTime(kNow.value() + days * kDayMs);
}
constexpr testing::Validity kValid = {.from = days_from_now(-10), .until = days_from_now(10)};

// Wall time of the test, monotonic time of the machine.
class TestClock final : public Clock {
 public:
  WallTime wall_time() const override { return kNow; }
  MonotonicTime monotonic_time() const override { return SystemClock().monotonic_time(); }
};

class Tls : public ::testing::Test {
 protected:
  using Serve = std::function<void(testing::ServerStream&)>;

  Deadline soon() const { return Deadline::after_ms(clock_, 5000); }

  // A connected pair; the server end does its handshake and `serve` on a thread.
  Result<std::unique_ptr<TlsStream>> connect(const std::string& host,
                                             const testing::ServerIdentity& identity,
                                             Serve serve = {}) {
    auto [left, right] = make_carriers();
    server_ = std::thread([this, identity, serve, carrier = std::move(right)]() mutable {
      const auto stream = testing::accept_tls(std::move(carrier), identity, protocols_, soon());
      if (!stream.has_value()) return;
      requested_name_ = (*stream)->requested_name();
      if (serve) serve(**stream);
    });
    auto client = TlsClient::make(authority_.root_pem(), extra_roots_, clock_);
    EXPECT_TRUE(client.has_value());
    auto stream = (*client)->connect(std::move(left), host, soon());
    if (!stream.has_value()) server_.join();
    return stream;
  }
  std::pair<std::unique_ptr<stream::SocketStream>, std::unique_ptr<stream::SocketStream>>
  make_carriers() const {
    std::array<int, 2> numbers{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, numbers.data()), 0);
    return {std::make_unique<stream::SocketStream>(stream::Descriptor(numbers[0]), clock_),
            std::make_unique<stream::SocketStream>(stream::Descriptor(numbers[1]), clock_)};
  }
  testing::ServerIdentity identity(const std::string& name = "DNS:example.com",
                                   testing::Validity validity = kValid) const {
    return authority_.issue(name, validity);
  }
  std::string refusal_of(const std::string& host, const testing::ServerIdentity& shown) {
    const auto stream = connect(host, shown);
    if (stream.has_value()) {
      server_.join();
      return "accepted";
    }
    EXPECT_EQ(stream.error().code(), Code::tls_failed);
    return stream.error().message();
  }
  ~Tls() override {
    if (server_.joinable()) server_.join();
  }

  TestClock clock_;
  testing::Authority authority_{"Test authority", kValid};
  std::string extra_roots_;
  testing::Protocols protocols_ = testing::Protocols::all;
  std::string requested_name_;
  std::thread server_;
};

TEST_F(Tls, CarriesBytesBothWaysAndEndsProperly) {
  const std::string large(200'000, 'x');
  auto stream = connect("example.com", identity(), [&](testing::ServerStream& server) {
    std::array<std::uint8_t, 16> chunk{};
    const auto size = server.read_some(chunk, soon());
    ASSERT_TRUE(size.has_value());
    EXPECT_EQ(as_text(ByteView(chunk).first(*size)), "hello");
    EXPECT_TRUE(server.write_all(as_bytes(large), soon()).has_value());
    EXPECT_TRUE(server.finish(soon()).has_value());
  });
  ASSERT_TRUE(stream.has_value());
  ASSERT_TRUE((*stream)->write_all(as_bytes("hello"), soon()).has_value());
  std::string received;
  std::array<std::uint8_t, 4096> chunk{};
  for (;;) {
    const auto size = (*stream)->read_some(chunk, soon());
    ASSERT_TRUE(size.has_value());
    if (*size == 0) break;
    received += as_text(ByteView(chunk).first(*size));
  }
  EXPECT_EQ(received, large);
  server_.join();
  EXPECT_EQ(requested_name_, "example.com");
}

TEST_F(Tls, SpeaksTls12) {
  protocols_ = testing::Protocols::tls12_only;
  EXPECT_EQ(refusal_of("example.com", identity()), "accepted");
}

TEST_F(Tls, RefusesOlderProtocols) {
  protocols_ = testing::Protocols::tls11_only;
  EXPECT_NE(refusal_of("example.com", identity()), "accepted");
}

TEST_F(Tls, GivesTheHashOfTheServersCertificate) {
  const auto shown = identity();
  const auto stream = connect("example.com", shown);
  ASSERT_TRUE(stream.has_value());
  const auto der = crypto::decode_certificate_pem(shown.certificate_pem);
  ASSERT_TRUE(der.has_value());
  EXPECT_TRUE(equal((*stream)->certificate_hash(), crypto::sha256(*der)));
}

TEST_F(Tls, RefusesACertificateForAnotherHost) {
  EXPECT_NE(refusal_of("example.com", identity("DNS:example.org")).find("ostname mismatch"),
            std::string::npos);
  EXPECT_NE(refusal_of("sub.example.com", identity("DNS:example.com")), "accepted");
  EXPECT_NE(refusal_of("example.com", identity("DNS:*.example.com")), "accepted");
  EXPECT_NE(refusal_of("example.com", identity("DNS:ex*.com")), "accepted");
  EXPECT_NE(refusal_of("server", identity("DNS:example.com")), "accepted");  // The common name.
}

TEST_F(Tls, AcceptsAWildcardForOneLabel) {
  EXPECT_EQ(refusal_of("api.example.com", identity("DNS:*.example.com")), "accepted");
  EXPECT_NE(refusal_of("a.b.example.com", identity("DNS:*.example.com")), "accepted");
}

TEST_F(Tls, ChecksAnAddressAgainstTheCertificatesAddresses) {
  EXPECT_EQ(refusal_of("127.0.0.1", identity("IP:127.0.0.1")), "accepted");
  EXPECT_EQ(refusal_of("::1", identity("IP:::1")), "accepted");
  EXPECT_NE(refusal_of("127.0.0.1", identity("IP:127.0.0.2")), "accepted");
  EXPECT_NE(refusal_of("127.0.0.1", identity("DNS:127.0.0.1")), "accepted");
}

TEST_F(Tls, RefusesACertificateOfAnotherAuthority) {
  const testing::Authority other("Test authority", kValid);
  EXPECT_NE(refusal_of("example.com", other.issue("DNS:example.com", kValid)), "accepted");
  extra_roots_ = other.root_pem();
  EXPECT_EQ(refusal_of("example.com", other.issue("DNS:example.com", kValid)), "accepted");
}

TEST_F(Tls, RefusesACertificateOutsideItsValidity) {
  const auto expired =
      identity("DNS:example.com", {.from = days_from_now(-9), .until = days_from_now(-1)});
  EXPECT_NE(refusal_of("example.com", expired).find("expired"), std::string::npos);
  const auto early =
      identity("DNS:example.com", {.from = days_from_now(1), .until = days_from_now(9)});
  EXPECT_NE(refusal_of("example.com", early).find("not yet valid"), std::string::npos);
}

TEST_F(Tls, AStreamCutWithoutNoticeIsLostNotEnded) {
  auto stream = connect("example.com", identity(), [&](testing::ServerStream& server) {
    EXPECT_TRUE(server.write_all(as_bytes("half an ans"), soon()).has_value());
  });
  ASSERT_TRUE(stream.has_value());
  std::array<std::uint8_t, 4096> chunk{};
  EXPECT_EQ((*stream)->read_some(chunk, soon()), 11U);
  EXPECT_EQ((*stream)->read_some(chunk, soon()).error().code(), Code::connection_lost);
}

TEST_F(Tls, AServerThatNeverAnswersEndsAtTheDeadline) {
  auto [left, right] = make_carriers();
  const auto client = TlsClient::make(authority_.root_pem(), "", clock_);
  const auto stream =
      (*client)->connect(std::move(left), "example.com", Deadline::after_ms(clock_, 20));
  EXPECT_EQ(stream.error().code(), Code::deadline_exceeded);
}

TEST_F(Tls, AServerThatSpeaksNoTlsIsRefused) {
  auto [left, right] = make_carriers();
  ASSERT_TRUE(right->write_all(as_bytes("HTTP/1.1 200 OK\r\n\r\n"), soon()).has_value());
  const auto client = TlsClient::make(authority_.root_pem(), "", clock_);
  EXPECT_EQ((*client)->connect(std::move(left), "example.com", soon()).error().code(),
            Code::tls_failed);
}

TEST_F(Tls, RefusesRootsThatAreNone) {
  EXPECT_FALSE(TlsClient::make("", "", clock_).has_value());
  EXPECT_FALSE(TlsClient::make("not a certificate", "", clock_).has_value());
  EXPECT_FALSE(
      TlsClient::make("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", clock_)
          .has_value());
  const std::string broken_tail =
      authority_.root_pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_FALSE(TlsClient::make(broken_tail, "", clock_).has_value());
}

}  // namespace
}  // namespace nsl::enclave::tls
