// One HTTP request as parsed, and one reply to write: what the socket side (http_server.h) and the
// operations side (api_handler.h) hand each other. No Beast type crosses this line.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nsl::host::gateway {

// The peer's IPv6 (or mapped IPv4) address.
using ClientAddress = std::array<std::uint8_t, 16>;

struct HttpRequest {
  std::string method;
  // Origin form, with the query: "/v1/secrets?limit=1".
  std::string target;
  // Names in lower case; values of a repeated header joined by ", " (RFC 9110 5.3).
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  ClientAddress client = {};

  // Empty when absent. The view lives as long as the request.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

struct HttpReply {
  int status = 200;
  std::string content_type = {};
  // In the order they are written. Date, Content-Length and Connection are the server's.
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  // Shared with the reply cache; null: empty.
  std::shared_ptr<const std::string> body = {};
};

inline std::shared_ptr<const std::string> make_body(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace nsl::host::gateway
