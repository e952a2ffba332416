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

struct RequestBody {
  Form form = Form::json;
  // The binary request message, or the sealed body as it came.
  std::string payload = {};
  // The sender's own id of a sealed request, when well-formed.
  std::string sealed_request_id = {};
};

rest::Checked<RequestBody> read_body(const HttpRequest& http, const RoutedRequest& routed);

// The frame without its payload: what the headers say. Of a sealed request they say nothing.
rest::Checked<internal::v1::Frame> make_frame(const HttpRequest& http, const rest::Route& route,
                                              Form form);

rest::Checked<std::int64_t> read_deadline_ms(const HttpRequest& http, Style style);

}  // namespace nsl::host::gateway
