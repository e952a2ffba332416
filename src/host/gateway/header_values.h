// Values of the request headers the gateway understands. Every function takes the value as it came
// and refuses what it cannot read; an absent header is empty text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/result.h"

namespace nsl::host::gateway {

// 1 to limits::kRequestIdBytesMax letters, digits, "_", "-" and ".": safe in logs and headers.
bool is_request_id(std::string_view text);

// The credential of "Bearer <credential>" (RFC 6750), at most limits::kCredentialBytesMax bytes.
Result<std::string> parse_authorization(std::string_view value);

// The key, with or without quotes, at most limits::kIdempotencyKeyBytesMax visible bytes.
Result<std::string> parse_idempotency_key(std::string_view value);

// One strong entity tag without its quotes, or "*". Lists and weak tags never match anything here.
Result<std::string> parse_if_match(std::string_view value);

// Connect-Timeout-Ms (up to ten digits), held to limits::kRequestDeadlineMsMax; absent: the
// default.
Result<std::int64_t> parse_connect_timeout(std::string_view value);

// The seconds of "Prefer: wait=30" (RFC 7240) as a deadline; absent or without it: the default.
std::int64_t parse_prefer_wait(std::string_view value);

// "Application/JSON; charset=utf-8" -> "application/json"; empty for an unreadable value or another
// charset than UTF-8.
std::string parse_media_type(std::string_view value);

// A traceparent (W3C Trace Context, version 00) with a new parent id under the same trace; nothing
// when the value is absent or malformed.
std::optional<std::string> make_child_traceparent(std::string_view value, Random& random);

}  // namespace nsl::host::gateway
