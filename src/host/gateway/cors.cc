#include "host/gateway/cors.h"

#include <algorithm>

namespace nsl::host::gateway {

bool Cors::allows(std::string_view origin) const {
  return !origin.empty() && std::ranges::any_of(origins_, [origin](const std::string& allowed) {
    return allowed == "*" || allowed == origin;
  });
}

void Cors::put_headers(std::string_view origin, HttpReply& reply) const {
  if (!is_on()) return;
  reply.add_header("Vary", "Origin");
  if (!allows(origin)) return;
  reply.add_header("Access-Control-Allow-Origin", origin);
  reply.add_header("Access-Control-Expose-Headers",
                   "ETag, Retry-After, X-Request-Id, RateLimit, RateLimit-Policy");
}

HttpReply Cors::preflight(std::string_view origin, const std::string& allow) const {
  HttpReply reply;
  reply.status = 204;
  reply.add_header("Allow", allow);
  if (allows(origin)) {
    reply.add_header("Access-Control-Allow-Methods", allow);
    reply.add_header("Access-Control-Allow-Headers",
                     "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer, "
                     "X-Request-Id, Traceparent, Connect-Protocol-Version, "
                     "Connect-Timeout-Ms");
    reply.add_header("Access-Control-Max-Age", "600");
  }
  return reply;
}

}  // namespace nsl::host::gateway
