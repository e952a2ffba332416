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

// Headers in one piece of memory: a request costs no allocation per header.
class HeaderList final {
 public:
  // Names are kept in lower case; values of a repeated name are joined by ", " (RFC 9110 5.3).
  void add(std::string_view name, std::string_view value);
  // Empty when absent; `name` in lower case. The view lives until the list changes.
  std::string_view find(std::string_view name) const;
  std::size_t size() const { return entries_.size(); }
  // Name in lower case, and value; views like that of find().
  std::pair<std::string_view, std::string_view> at(std::size_t index) const {
    const Entry& entry = entries_.at(index);
    return {view(entry.name_at, entry.name_size), view(entry.value_at, entry.value_size)};
  }
  void clear();

 private:
  struct Entry {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
  };
  std::string_view view(std::uint32_t at, std::uint32_t size) const {
    return std::string_view(text_).substr(at, size);
  }

  std::string text_;
  std::vector<Entry> entries_;
};

struct HttpRequest {
  std::string method;
  // Origin form, with the query: "/v1/secrets?limit=1".
  std::string target;
  HeaderList headers = {};
  std::string body = {};
  ClientAddress client = {};

  std::string_view header(std::string_view name) const { return headers.find(name); }
};

class HttpReply final {
 public:
  int status = 200;
  // Of static life, or a declared operation's, or that of made_content_type.
  std::string_view content_type = {};
  std::shared_ptr<const std::string> made_content_type = {};
  // Shared with the reply cache; null: empty.
  std::shared_ptr<const std::string> body = {};

  // Date, Content-Type, Content-Length and Connection are not added here. The value is ours or was
  // checked by whoever took it in: a line break in it is a bug and aborts.
  void add_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::int64_t number);
  // "Name: value\r\n" for each.
  std::string_view header_lines() const { return header_lines_; }

 private:
  std::string header_lines_;
};

inline std::shared_ptr<const std::string> make_body(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace nsl::host::gateway
