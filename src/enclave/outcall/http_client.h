// HTTPS from inside the enclave, over the host's byte pump.
//
// HttpClient opens a connection for each exchange and shares nothing between two of them: what
// functions use. HttpConnection keeps one connection open for one caller: what the chain client
// uses towards its Neo node.
//
// The rules, at every hop: the host is on the allow-list; the scheme is https unless the policy
// allows plain HTTP; the address is public unless the operator listed it. A redirect is followed
// only for GET and HEAD, never when a header is secret, never from https to http.
#pragma once

#include <memory>
#include <optional>

#include "core/base/clock.h"
#include "enclave/outcall/dialer.h"
#include "enclave/outcall/http.h"
#include "enclave/outcall/url.h"
#include "enclave/tls/tls.h"

namespace nsl::enclave::outcall {

// What an exchange stands on. All three outlive their users.
struct HttpParts {
  Dialer& dialer;
  const tls::TlsClient& tls;
  const Clock& clock;
};

// An open connection to one origin.
struct HttpChannel {
  Url origin;
  std::unique_ptr<stream::ByteStream> stream;
  Bytes certificate_hash;
};

// Thread-safe.
class HttpClient final : public HttpExchanger {
 public:
  explicit HttpClient(HttpParts parts) : parts_(parts) {}
  Result<HttpReply> exchange(const HttpRequest& request, const EgressPolicy& policy,
                             const Deadline& deadline) override;

 private:
  const HttpParts parts_;
};

// One thread at a time. A request whose kept connection turns out to be closed before any byte of
// the reply came is sent once more on a new one: use it for requests that may be repeated.
// Redirects are given back, never followed.
class HttpConnection final : public HttpExchanger {
 public:
  explicit HttpConnection(HttpParts parts) : parts_(parts) {}
  Result<HttpReply> exchange(const HttpRequest& request, const EgressPolicy& policy,
                             const Deadline& deadline) override;

 private:
  Result<HttpReply> exchange_on(HttpChannel channel, const HttpRequest& request,
                                const EgressPolicy& policy, const Deadline& deadline);

  const HttpParts parts_;
  std::optional<HttpChannel> kept_;
};

}  // namespace nsl::enclave::outcall
