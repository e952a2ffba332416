// HTTP as the client needs it: POST a body, get a body. The interface exists so that tests answer
// without a network; CurlHttp is the real one.
//
// It follows no redirect, keeps no cookie, and reads at most kReplyBytesMax.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace nsl::client::api {

// A reply is one frame of the enclave at most.
inline constexpr std::int64_t kReplyBytesMax = limits::kFrameBytesMax;

struct HttpRequest {
  std::string url;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::int64_t timeout_ms = limits::kRequestDeadlineMsDefault;
};

struct HttpReply {
  int status = 0;
  std::string content_type;
  std::string body;
};

class Http {
 public:
  virtual ~Http() = default;
  // Code::cli_unreachable when no HTTP reply came back.
  virtual Result<HttpReply> post(const HttpRequest& request) = 0;
};

// libcurl, one connection kept alive between calls. Used from one thread.
class CurlHttp final : public Http {
 public:
  CurlHttp();
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  Result<HttpReply> post(const HttpRequest& request) override;

 private:
  void* handle_;
};

// Whether a token may be sent to this URL: https, or http to this machine.
bool is_private_url(const std::string& url);

}  // namespace nsl::client::api
