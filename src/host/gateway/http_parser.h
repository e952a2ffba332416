// One HTTP/1.1 request from bytes, by Boost.Beast's parser, which is in http_parser.cc only. It
// bounds header and body while they come in and refuses what two servers could read differently.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

class HttpParser final {
 public:
  HttpParser(std::int64_t header_bytes_max, std::int64_t body_bytes_max);
  ~HttpParser();
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;

  // Takes bytes from the front; the result is how many. 0 with is_done() false: more are needed
  // behind the same ones. Never called again after an error or once done.
  Result<std::size_t> put(std::string_view bytes);
  // Ready for the next request.
  void reset();

  bool has_started() const;
  bool is_header_done() const;
  bool is_done() const;
  // Whether the connection may go on after this request.
  bool keeps_alive() const;
  // "Expect: 100-continue": the client waits before it sends the body.
  bool expects_continue() const;
  // The request; complete when is_done().
  HttpRequest& request();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nsl::host::gateway
