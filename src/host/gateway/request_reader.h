// An HTTP request on a known route, turned into the frame for the enclave. It checks form, never
// permission: JSON to the message, path and query values, content type, credential and the other
// headers that travel in the frame. A sealed body is only looked at from outside: its operation
// must be the route's; everything else passes through unread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/rest/rejection.h"
#include "core/rest/route_table.h"
#include "host/gateway/http_message.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::host::gateway {

// How the client speaks: resources and problem+json, or the Connect protocol.
enum class Style : std::uint8_t { rest, connect };
// What the body is, in both directions.
enum class Form : std::uint8_t { json, proto, sealed };

struct RequestTarget {
  std::string path;
  // Without "?", still escaped.
  std::string query;
};

// Origin form and absolute form (RFC 9112 3.2); everything else is refused.
Result<RequestTarget> parse_target(std::string_view target);

struct RoutedRequest {
  const rest::Route& route;
  Style style;
  // One for each of route.path_fields; empty for Connect.
  const std::vector<std::string>& path_values;
  std::string_view query;
};

struct EnclaveRequest {
  internal::v1::Frame frame;
  Form form = Form::json;
  std::int64_t deadline_ms = 0;
  // The sender's own id of a sealed request, when well-formed.
  std::string sealed_request_id = {};
};

rest::Checked<EnclaveRequest> read_request(const HttpRequest& http, const RoutedRequest& routed);

}  // namespace nsl::host::gateway
