// HookMessage: what a sender posted. Everything in it is a stranger's until is_signed() or
// has_token() says otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "nsl/v1/hook.pb.h"
#include "nsl/v1/trigger.pb.h"

namespace nsl::enclave::hooks {

// The headers of Standard Webhooks 1.0.0; views into the request.
struct HookMessage {
  std::string_view id = {};
  std::string_view timestamp = {};
  // "v1,<base64>", several parted by spaces.
  std::string_view signatures = {};
  std::string_view body = {};
};

// Empty when the header is not there. `name` in lower case.
std::string_view find_header(const nsl::v1::ReceiveHookRequest& request, std::string_view name);
// What is larger than limits::kHookIdBytesMax or has a dot is no id: the message then has none.
HookMessage parse_message(const nsl::v1::ReceiveHookRequest& request);

// Whether one of the message's signatures is that of the secret. Takes as long whichever it is.
bool is_signed(const HookMessage& message, ByteView secret);
// Whether its time lies within limits::kHookSkewMsMax of now.
bool is_of_now(const HookMessage& message, WallTime now);
// Whether the token is the one with this hash; an empty hash is nobody's.
bool has_token(std::string_view token, std::string_view hash);

// What the function gets, as JSON: {"id", "method", "headers": {name: value}, "body" text or
// "body_base64"}. Code::payload_too_large when a function cannot take so much.
Result<std::string> to_input(const nsl::v1::ReceiveHookRequest& request,
                             const nsl::v1::WebhookSource& source);

}  // namespace nsl::enclave::hooks
