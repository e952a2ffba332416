#include "host/gateway/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/assert.h"

namespace nsl::host::gateway {

TestClient::TestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  // A server that never answers fails the test instead of stalling it.
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // SAFETY: sockaddr_in is the AF_INET form of sockaddr, and its size is passed along.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  NSL_ASSERT(::connect(socket_, generic, sizeof(address)) == 0);
}

TestClient::~TestClient() { ::close(socket_); }

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void TestClient::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool TestClient::read_some() {
  std::array<char, 16384> buffer{};
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

bool TestClient::reads_end() {
  if (!received_.empty()) return false;
  std::array<char, 1> byte{};
  const ssize_t size = ::recv(socket_, byte.data(), byte.size(), 0);
  // A reset ends the connection too; a time-out does not.
  return size == 0 || (size < 0 && errno == ECONNRESET);
}

bool TestClient::reads_end_within_ms(int wait_ms) {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, wait_ms) == 1 && reads_end();
}

std::optional<TestReply> TestClient::read_reply(bool is_head) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_some()) return std::nullopt;
  }
  TestReply reply;
  std::size_t at = received_.find("\r\n");
  reply.status = std::stoi(received_.substr(9, 3));
  while (at < end) {
    const std::size_t line_end = received_.find("\r\n", at + 2);
    const std::string line = received_.substr(at + 2, line_end - at - 2);
    const std::size_t colon = line.find(": ");
    reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at = line_end;
  }
  received_.erase(0, end + 4);
  const std::string length(reply.header("Content-Length"));
  const std::size_t size = is_head || length.empty() ? 0 : std::stoul(length);
  while (received_.size() < size) {
    if (!read_some()) return std::nullopt;
  }
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

TestReply TestClient::exchange(std::string_view method, std::string_view target,
                               const std::vector<std::pair<std::string, std::string>>& headers,
                               std::string_view body) {
  std::string bytes;
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  bytes.append("\r\n").append(body);
  send(bytes);
  return read_reply(method == "HEAD").value_or(TestReply{});
}

}  // namespace nsl::host::gateway
