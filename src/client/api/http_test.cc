// CurlHttp against a socket of this process.
#include "client/api/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

namespace nsl::client::api {
namespace {

// Answers one connection with fixed bytes and keeps what it was sent.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/x"; }
  const std::string& received() const { return received_; }

 private:
  void serve(const std::string& answer) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    char buffer[4096];
    while (received_.find("the body") == std::string::npos) {
      const ssize_t count = ::read(connection, buffer, sizeof(buffer));
      if (count <= 0) break;
      received_.append(buffer, static_cast<std::size_t>(count));
    }
    [[maybe_unused]] const ssize_t sent = ::write(connection, answer.data(), answer.size());
    ::close(connection);
  }

  int listener_ = -1;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

HttpRequest request(const std::string& url) {
  return {.url = url,
          .content_type = "application/proto",
          .headers = {{"Authorization", "Bearer t"}},
          .body = "the body",
          .timeout_ms = 10'000};
}

std::string answer_with(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: application/proto\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

TEST(CurlHttp, PostsTheBodyAndReadsTheReply) {
  OneAnswer server(answer_with("200 OK", "reply"));
  CurlHttp http;
  const auto reply = http.post(request(server.url()));
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->content_type, "application/proto");
  EXPECT_EQ(reply->body, "reply");
  EXPECT_NE(server.received().find("POST /x HTTP/1.1\r\n"), std::string::npos);
  EXPECT_NE(server.received().find("Authorization: Bearer t\r\n"), std::string::npos);
  EXPECT_NE(server.received().find("Content-Type: application/proto\r\n"), std::string::npos);
}

TEST(CurlHttp, DoesNotFollowARedirect) {
  OneAnswer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  CurlHttp http;
  const auto reply = http.post(request(server.url()));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 302);
}

TEST(CurlHttp, RefusesAReplyThatIsTooLarge) {
  OneAnswer server(answer_with("200 OK", std::string(kReplyBytesMax + 1, 'x')));
  CurlHttp http;
  const auto reply = http.post(request(server.url()));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code(), Code::limit_exceeded);
}

TEST(CurlHttp, SaysWhenNobodyAnswers) {
  CurlHttp http;
  for (const char* url : {"http://127.0.0.1:1/", "file:///etc/passwd", "not a url"}) {
    const auto reply = http.post(request(url));
    ASSERT_FALSE(reply.has_value()) << url;
    EXPECT_EQ(reply.error().code(), Code::cli_unreachable) << url;
  }
}

TEST(CurlHttp, GivesUpOnATruncatedReply) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  CurlHttp http;
  EXPECT_FALSE(http.post(request(server.url())).has_value());
}

TEST(PrivateUrl, IsHttpsOrThisMachine) {
  for (const char* url : {"https://api.example.com", "http://127.0.0.1:8080", "http://localhost",
                          "http://[::1]:80"}) {
    EXPECT_TRUE(is_private_url(url)) << url;
  }
  for (const char* url : {"http://api.example.com", "ftp://127.0.0.1", "http://127.0.0.1.evil.com",
                          "http://localhost@evil.com", "127.0.0.1:80", ""}) {
    EXPECT_FALSE(is_private_url(url)) << url;
  }
}

}  // namespace
}  // namespace nsl::client::api
