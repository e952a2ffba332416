// A client over a raw socket for the tests of this folder: it sends exactly the bytes it is given,
// well-formed or not, and reads replies one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsl::host::gateway {

struct TestReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // By exact name; empty when absent.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

class TestClient final {
 public:
  explicit TestClient(std::uint16_t port);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  // False once the peer has reset the connection.
  bool send(std::string_view bytes);
  // Nothing when the connection ends before a whole reply. A reply to HEAD has no body.
  std::optional<TestReply> read_reply(bool is_head = false);
  // Blocks until the server closes; false when a byte comes first.
  bool reads_end();
  // Waits at most this long for the server to close.
  bool reads_end_within_ms(int wait_ms);
  // Ends the sending direction.
  void finish_sending();

  // One request with a Host header and the right Content-Length, and its reply;
  // status 0 when there is none.
  TestReply exchange(std::string_view method, std::string_view target,
                     const std::vector<std::pair<std::string, std::string>>& headers = {},
                     std::string_view body = {});

 private:
  bool read_some();

  int socket_ = -1;
  std::string received_;
};

}  // namespace nsl::host::gateway
