// Cross-origin requests (Fetch standard, CORS protocol): only origins on the list, nothing by
// default. Credentials travel in the Authorization header, never in cookies, so none are allowed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

class Cors final {
 public:
  // "https://app.example"; "*" allows every origin.
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  bool is_on() const { return !origins_.empty(); }
  // Headers for a reply to a request from `origin` (empty: none).
  void put_headers(std::string_view origin, HttpReply& reply) const;
  // The answer to OPTIONS on a path that allows `allow`.
  HttpReply preflight(std::string_view origin, const std::string& allow) const;

 private:
  bool allows(std::string_view origin) const;

  const std::vector<std::string> origins_;
};

}  // namespace nsl::host::gateway
