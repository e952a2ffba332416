#include "host/proxy/proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>

#include "core/wire/socket_address.h"

namespace nsl::host::proxy {
namespace {

// A plain blocking socket of the test.
class Peer {
 public:
  explicit Peer(int number) : number_(number) {}
  Peer(Peer&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Peer& operator=(Peer&&) = delete;
  ~Peer() { finish(); }
  void finish() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }
  int number() const { return number_; }
  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  void end_writing() const { shutdown(number_, SHUT_WR); }
  // Up to `size` bytes; fewer when the stream ends.
  std::string read(std::size_t size) const {
    std::string bytes;
    std::array<char, 4096> chunk{};
    while (bytes.size() < size) {
      const ssize_t got =
          recv(number_, chunk.data(), std::min(chunk.size(), size - bytes.size()), 0);
      if (got <= 0) break;
      bytes.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }

 private:
  int number_;
};

class HostProxy : public testing::Test {
 protected:
  HostProxy() : server_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    std::string pattern = testing::TempDir() + "nsl-proxy-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    endpoint_ = wire::UnixEndpoint{directory_ + "/dial.sock"};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, sizeof(address));
    const wire::SocketAddress any{.storage = storage, .size = sizeof(address)};
    EXPECT_EQ(bind(server_.number(), any.pointer(), any.size), 0);
    EXPECT_EQ(listen(server_.number(), 16), 0);
    wire::SocketAddress bound{.storage = {}, .size = sizeof(sockaddr_storage)};
    EXPECT_EQ(getsockname(server_.number(), const_cast<sockaddr*>(bound.pointer()), &bound.size),
              0);
    std::memcpy(&address, &bound.storage, sizeof(address));
    port_ = ntohs(address.sin_port);
  }
  ~HostProxy() override {
    proxy_.reset();
    std::filesystem::remove_all(directory_);
  }

  void start(Proxy::Options options = {}) {
    options.endpoint = endpoint_;
    options.allowed_addresses.push_back(
        net::parse_ip_endpoint("127.0.0.1:" + std::to_string(port_)).value());
    proxy_.emplace(std::move(options), random_);
    ASSERT_TRUE(proxy_->start().has_value());
  }
  Result<internal::v1::DialReply> dial(const std::string& host, std::uint32_t port) {
    internal::v1::DialRequest request;
    request.set_host(host);
    request.set_port(port);
    return proxy_->dial({.deadline = Deadline::after_ms(clock_, 5000), .request_id = "req_1"},
                        request);
  }
  std::string must_dial() {
    const auto reply = dial("127.0.0.1", port_);
    EXPECT_TRUE(reply.has_value());
    return reply.has_value() ? reply->token() : "";
  }
  Peer visit(std::string_view token) const {
    Peer peer(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const wire::SocketAddress address = wire::to_socket_address(endpoint_);
    EXPECT_EQ(connect(peer.number(), address.pointer(), address.size), 0);
    peer.write(token);
    return peer;
  }
  Peer accept_remote() const { return Peer(accept4(server_.number(), nullptr, nullptr, 0)); }
  void wait_until_no_dial_is_open() const {
    while (proxy_->dials_open() > 0) std::this_thread::yield();
  }

  SystemClock clock_;
  SystemRandom random_;
  std::string directory_;
  wire::Endpoint endpoint_;
  Peer server_;
  std::uint16_t port_ = 0;
  std::optional<Proxy> proxy_;
};

TEST_F(HostProxy, PumpsBytesBothWaysBehindTheToken) {
  start();
  const auto reply = dial("127.0.0.1", port_);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->address(), "127.0.0.1");
  EXPECT_EQ(reply->token().size(), kTokenBytes);
  const Peer remote = accept_remote();
  const Peer enclave = visit(reply->token());
  EXPECT_EQ(enclave.read(1), "\x01");
  enclave.write("question");
  EXPECT_EQ(remote.read(8), "question");
  const std::string answer(1'000'000, 'a');
  std::thread writer([&] {
    remote.write(answer);
    remote.end_writing();
  });
  EXPECT_EQ(enclave.read(2'000'000), answer);
  writer.join();
}

TEST_F(HostProxy, ATokenOpensItsConnectionOnce) {
  start();
  const std::string token = must_dial();
  const Peer first = visit(token);
  EXPECT_EQ(first.read(1), "\x01");
  const Peer second = visit(token);
  EXPECT_EQ(second.read(1), "");
}

TEST_F(HostProxy, TurnsAwayWhoBringsNoValidToken) {
  start();
  const std::string token = must_dial();
  const Peer guesser = visit(std::string(kTokenBytes, 'x'));
  EXPECT_EQ(guesser.read(1), "");
  std::string almost = token;
  almost.back() = static_cast<char>(almost.back() ^ 1);
  EXPECT_EQ(visit(almost).read(1), "");
  EXPECT_EQ(visit(token).read(1), "\x01");
}

TEST_F(HostProxy, ATokenExpires) {
  start({.endpoint = {}, .allowed_addresses = {}, .token_ttl_ms = 1});
  const std::string token = must_dial();
  const Peer remote = accept_remote();
  EXPECT_EQ(remote.read(1), "");  // The host hung up.
  EXPECT_EQ(visit(token).read(1), "");
  wait_until_no_dial_is_open();
}

TEST_F(HostProxy, AVisitorThatSaysNothingIsTurnedAway) {
  start({.endpoint = {}, .allowed_addresses = {}, .token_ttl_ms = 1});
  const Peer silent = visit("only half a tok");
  EXPECT_EQ(silent.read(1), "");
}

TEST_F(HostProxy, ClosesTheRemoteEndWhenTheEnclaveGoes) {
  start();
  const std::string token = must_dial();
  const Peer remote = accept_remote();
  {
    const Peer enclave = visit(token);
    EXPECT_EQ(enclave.read(1), "\x01");
  }
  EXPECT_EQ(remote.read(1), "");
  wait_until_no_dial_is_open();
}

TEST_F(HostProxy, ClosesAConnectionThatIsSilentForTooLong) {
  start({.endpoint = {}, .allowed_addresses = {}, .idle_ms_max = 5});
  const Peer enclave = visit(must_dial());
  EXPECT_EQ(enclave.read(1), "\x01");
  EXPECT_EQ(enclave.read(1), "");
}

TEST_F(HostProxy, RefusesAddressesOutsideThePublicInternet) {
  start();
  for (const std::string host :
       {"127.0.0.1", "127.1", "0x7f000001", "2130706433", "0", "10.0.0.1", "169.254.169.254", "::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "fd00:ec2::254", "fe80::1",
        "2002:7f00:1::", "localhost", "224.0.0.1", "100.64.0.1", "64:ff9b::7f00:1"}) {
    const auto reply = dial(host, port_ == 1 ? 2 : 1);
    ASSERT_FALSE(reply.has_value()) << host;
    EXPECT_TRUE(reply.error().code() == Code::private_address_refused ||
                reply.error().code() == Code::name_not_resolved)
        << host;
  }
  EXPECT_EQ(proxy_->dials_open(), 0U);
}

TEST_F(HostProxy, RefusesWhatIsNoHostAndPort) {
  start();
  EXPECT_EQ(dial("", 443).error().code(), Code::invalid_argument);
  EXPECT_EQ(dial(std::string("a\0b", 3), 443).error().code(), Code::invalid_argument);
  EXPECT_EQ(dial(std::string(254, 'a'), 443).error().code(), Code::invalid_argument);
  EXPECT_EQ(dial("127.0.0.1", 0).error().code(), Code::invalid_argument);
  EXPECT_EQ(dial("127.0.0.1", 65536).error().code(), Code::invalid_argument);
}

TEST_F(HostProxy, SaysThatNobodyListens) {
  start();
  server_.finish();
  EXPECT_EQ(dial("127.0.0.1", port_).error().code(), Code::dial_failed);
}

TEST_F(HostProxy, RefusesDialsOverTheLimitAndFreesThePlaces) {
  start({.endpoint = {}, .allowed_addresses = {}, .dials_open_max = 2});
  const std::string first = must_dial();
  const std::string second = must_dial();
  EXPECT_EQ(dial("127.0.0.1", port_).error().code(), Code::overloaded);
  {
    EXPECT_EQ(visit(first).read(1), "\x01");
  }
  while (proxy_->dials_open() > 1) std::this_thread::yield();
  EXPECT_TRUE(dial("127.0.0.1", port_).has_value());
}

TEST_F(HostProxy, GivesUpAtTheDeadlineWhenTheRemoteEndNeverAnswers) {
  start();
  ASSERT_EQ(listen(server_.number(), 0), 0);  // Room for one; the kernel drops the next ones.
  ASSERT_TRUE(dial("127.0.0.1", port_).has_value());
  internal::v1::DialRequest request;
  request.set_host("127.0.0.1");
  request.set_port(port_);
  const auto reply =
      proxy_->dial({.deadline = Deadline::after_ms(clock_, 30), .request_id = ""}, request);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::deadline_exceeded);
}

}  // namespace
}  // namespace nsl::host::proxy
