// HTTP as the rest of the enclave sees it: a request under an egress policy, a reply, an error.
//
// HttpExchanger is the interface; HttpClient (a fresh connection per exchange, for functions) and
// HttpConnection (keeps one connection, for one caller) implement it; tests bring fakes.
//
// The policy is checked before anything is dialled and again at every redirect. A reply is what a
// server in the internet chose to send: size, header section and time are bounded, the content is
// untrusted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/result.h"

namespace nsl::enclave::outcall {

// Header names are compared without case.
bool is_same_header(std::string_view left, std::string_view right);

enum class HeaderKind : std::uint8_t {
  plain,
  secret,  // Holds a secret value: the exchange never follows a redirect.
};

struct HttpHeader {
  std::string name;
  std::string value;
  HeaderKind kind = HeaderKind::plain;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  // Authorization, Proxy-Authorization and Cookie count as secret whatever their kind says. Host,
  // Content-Length and the headers of the connection itself are set by the client and refused here.
  std::vector<HttpHeader> headers;
  std::string body;
};

enum class RedirectRule : std::uint8_t {
  follow,     // GET and HEAD only, to allowed hosts only.
  refuse,     // A redirect is an error.
  give_back,  // The 3xx reply is the reply.
};

enum class PlainHttp : std::uint8_t {
  refused,
  allowed,  // Only for the Neo node of development.
};

struct EgressPolicy {
  // "host" (the port of the scheme) or "host:port"; exact, as check_allowed_host() accepts it.
  std::vector<std::string> allowed_hosts;
  PlainHttp plain_http = PlainHttp::refused;
  RedirectRule redirects = RedirectRule::follow;
  std::int64_t redirects_max = limits::kOutcallRedirectsMax;
  std::int64_t request_bytes_max = limits::kOutcallRequestBytesMax;
  std::int64_t reply_bytes_max = limits::kOutcallReplyBytesMax;
};

struct HttpReply {
  int status = 0;
  std::vector<HttpHeader> headers;  // In the order received; names as received.
  std::string body;
  std::string final_url;
  Bytes certificate_hash;  // SHA-256 of the server's certificate (DER); empty for plain HTTP.

  // The first value of the header, by case-insensitive name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

class HttpExchanger {
 public:
  virtual ~HttpExchanger() = default;
  // Any status is a reply. Errors: host_not_allowed, scheme_refused, invalid_argument,
  // private_address_refused, name_not_resolved, dial_failed, tls_failed, http_malformed_reply,
  // http_reply_too_large, redirect_refused, connection_lost, deadline_exceeded, cancelled,
  // unavailable, overloaded.
  // The exchange ends at the earlier of the deadline and limits::kOutcallMsMax.
  virtual Result<HttpReply> exchange(const HttpRequest& request, const EgressPolicy& policy,
                                     const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::outcall
