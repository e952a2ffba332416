// The enclave's response frame, or a refusal, as an HTTP reply in the client's style and form.
#pragma once

#include <string>
#include <string_view>

#include "core/rest/rejection.h"
#include "core/rest/route_table.h"
#include "host/gateway/http_message.h"
#include "host/gateway/request_reader.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::host::gateway {

// The ETag header's value; empty for a tag that is absent or cannot go between quotes.
std::string quote_etag(std::string_view etag);

// Fails when the frame carries an error, or a payload that is not the operation's reply.
rest::Checked<HttpReply> write_reply(const internal::v1::Frame& frame, const rest::Route& route,
                                     Style style, Form form);

struct ErrorContext {
  Style style = Style::rest;
  std::string_view request_id;
  // The path of the request.
  std::string_view instance;
  // For Retry-After, where the error allows a retry.
  std::int64_t retry_after_seconds = 1;
};

HttpReply write_error(const rest::Rejection& rejection, const ErrorContext& context);

}  // namespace nsl::host::gateway
