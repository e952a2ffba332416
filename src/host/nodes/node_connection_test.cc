#include "host/nodes/node_connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "core/base/limits.h"

namespace nsl::host::nodes {
namespace {

// A node that gives each connection one reply of `bytes` bytes.
class NodeOfOneReply {
 public:
  explicit NodeOfOneReply(std::int64_t bytes)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    // SAFETY: the kernel's functions take every kind of address by this pointer type.
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, any, size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
    EXPECT_EQ(getsockname(listener_, any, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, bytes] { serve(bytes); });
  }
  ~NodeOfOneReply() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  NodeAddress address() const { return {.host = "127.0.0.1", .port = std::to_string(port_)}; }

 private:
  void serve(std::int64_t bytes) const {
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) +
                              "\r\n\r\n" + std::string(static_cast<std::size_t>(bytes), 'x');
    for (;;) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      std::array<char, 4096> request{};
      if (recv(connection, request.data(), request.size(), 0) > 0) send_all(connection, reply);
      close(connection);
    }
  }
  static void send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }

  int listener_;
  int port_ = 0;
  std::thread thread_;
};

TEST(NodeConnection, RefusesAReplyOverTheLimit) {
  const NodeOfOneReply good(limits::kChainReplyBytesMax);
  EXPECT_EQ(dial_http(good.address())->exchange("[]")->size(),
            static_cast<std::size_t>(limits::kChainReplyBytesMax));
  const NodeOfOneReply bad(limits::kChainReplyBytesMax + 1);
  EXPECT_EQ(dial_http(bad.address())->exchange("[]").error().code(), Code::limit_exceeded);
}

TEST(NodeConnection, IsOfNoUseOnceTheNodeHasClosedIt) {
  const NodeOfOneReply node(1);
  const auto connection = dial_http(node.address());
  EXPECT_EQ(connection->exchange("[]").value(), "x");
  EXPECT_EQ(connection->exchange("[]").error().code(), Code::node_unavailable);
  EXPECT_EQ(connection->exchange("[]").error().code(), Code::node_unavailable);
}

}  // namespace
}  // namespace nsl::host::nodes
