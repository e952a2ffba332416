#include "enclave/outcall/http_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/limits.h"
#include "enclave/outcall/http_wire.h"

namespace nsl::enclave::outcall {
namespace {

// Secret whatever their kind says.
constexpr std::array<std::string_view, 3> kCredentialHeaders = {"authorization",
                                                                "proxy-authorization", "cookie"};

bool is_secret(const HttpHeader& header) {
  return header.kind == HeaderKind::secret ||
         std::ranges::any_of(kCredentialHeaders, [&header](std::string_view name) {
           return is_same_header(header.name, name);
         });
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_allowed(const Url& url, const EgressPolicy& policy) {
  return std::ranges::find(policy.allowed_hosts, authority_of(url)) != policy.allowed_hosts.end();
}

Result<void> check_url(const Url& url, const EgressPolicy& policy) {
  if (url.scheme == Url::Scheme::http && policy.plain_http != PlainHttp::allowed) {
    return fail(Code::scheme_refused);
  }
  if (!is_allowed(url, policy)) return fail(Code::host_not_allowed);
  return {};
}

Result<HttpChannel> open_channel(const HttpParts& parts, const Url& url, const Deadline& deadline) {
  NSL_TRY(auto carrier, parts.dialer.dial(url.host, url.port, deadline));
  if (url.scheme == Url::Scheme::http) {
    return HttpChannel{.origin = url, .stream = std::move(carrier), .certificate_hash = {}};
  }
  NSL_TRY(auto stream, parts.tls.connect(std::move(carrier), url.host, deadline));
  Bytes hash = stream->certificate_hash();
  return HttpChannel{
      .origin = url, .stream = std::move(stream), .certificate_hash = std::move(hash)};
}

Result<WireReply> send_and_read(HttpChannel& channel, const HttpRequest& request, const Url& url,
                                const EgressPolicy& policy, AfterReply after,
                                const Deadline& deadline) {
  const std::string bytes = request_bytes(request, url, after);
  NSL_TRY_VOID(channel.stream->write_all(as_bytes(bytes), deadline));
  NSL_TRY(WireReply result,
          read_reply(*channel.stream, request.method, policy.reply_bytes_max, deadline));
  result.reply.final_url = to_text(url);
  result.reply.certificate_hash = channel.certificate_hash;
  return result;
}

// Where the redirect goes, if it may be followed at all.
Result<Url> redirect_target(const Url& from, const HttpReply& reply, const HttpRequest& request,
                            const EgressPolicy& policy) {
  if (policy.redirects == RedirectRule::refuse) {
    return fail(Code::redirect_refused, "The server redirects");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return fail(Code::redirect_refused, "Only GET and HEAD follow a redirect");
  }
  if (std::ranges::any_of(request.headers, is_secret)) {
    return fail(Code::redirect_refused, "A request with a credential follows no redirect");
  }
  auto target = resolve_url(from, reply.header("location"));
  if (!target.has_value()) {
    return fail(Code::redirect_refused, "The redirect's URL is not accepted");
  }
  if (from.scheme == Url::Scheme::https && target->scheme == Url::Scheme::http) {
    return fail(Code::redirect_refused, "The redirect leaves https");
  }
  if (!check_url(*target, policy).has_value()) {
    return fail(Code::redirect_refused, "The redirect's host is not on the allow-list");
  }
  return target;
}

}  // namespace

Result<HttpReply> HttpClient::exchange(const HttpRequest& request, const EgressPolicy& policy,
                                       const Deadline& deadline) {
  const Deadline until =
      deadline.earlier_of(Deadline::after_ms(parts_.clock, limits::kOutcallMsMax));
  NSL_TRY_VOID(check_request(request, policy));
  NSL_TRY(Url url, parse_url(request.url));
  NSL_TRY_VOID(check_url(url, policy));
  HttpRequest sent = request;
  for (std::int64_t redirects = 0;; ++redirects) {
    NSL_TRY(HttpChannel channel, open_channel(parts_, url, until));
    NSL_TRY(WireReply result, send_and_read(channel, sent, url, policy, AfterReply::close, until));
    const bool is_final = !is_redirect(result.reply.status) ||
                          policy.redirects == RedirectRule::give_back ||
                          result.reply.header("location").empty();
    if (is_final) return std::move(result.reply);
    NSL_TRY(url, redirect_target(url, result.reply, sent, policy));
    if (redirects >= policy.redirects_max) {
      return fail(Code::redirect_refused, "Too many redirects");
    }
    sent.body.clear();
  }
}

Result<HttpReply> HttpConnection::exchange(const HttpRequest& request, const EgressPolicy& policy,
                                           const Deadline& deadline) {
  const Deadline until =
      deadline.earlier_of(Deadline::after_ms(parts_.clock, limits::kOutcallMsMax));
  NSL_TRY_VOID(check_request(request, policy));
  NSL_TRY(const Url url, parse_url(request.url));
  NSL_TRY_VOID(check_url(url, policy));
  auto kept = std::exchange(kept_, std::nullopt);
  if (kept && is_same_origin(kept->origin, url)) {
    kept->origin = url;
    auto reply = exchange_on(std::move(*kept), request, policy, until);
    if (reply.has_value() || reply.error().code() != Code::connection_lost) return reply;
  }
  NSL_TRY(HttpChannel channel, open_channel(parts_, url, until));
  return exchange_on(std::move(channel), request, policy, until);
}

// A channel is kept only after a whole reply that leaves it usable.
Result<HttpReply> HttpConnection::exchange_on(HttpChannel channel, const HttpRequest& request,
                                              const EgressPolicy& policy,
                                              const Deadline& deadline) {
  NSL_TRY(WireReply result, send_and_read(channel, request, channel.origin, policy,
                                          AfterReply::keep_alive, deadline));
  if (result.can_reuse) kept_ = std::move(channel);
  return std::move(result.reply);
}

}  // namespace nsl::enclave::outcall
