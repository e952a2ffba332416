// Any bytes as a request target and as the value of every header that is parsed: no crash, and
// what is accepted keeps its bound.
#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "host/gateway/header_values.h"
#include "host/gateway/request_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl::host::gateway;
  const std::string_view text = nsl::as_text(nsl::ByteView(data, size));
  nsl::SeededRandom random(1);
  if (const auto token = parse_authorization(text); token.has_value()) {
    NSL_ASSERT(token->size() <= static_cast<std::size_t>(nsl::limits::kCredentialBytesMax));
  }
  if (const auto trace = make_child_traceparent(text, random); trace.has_value()) {
    NSL_ASSERT(trace->size() == text.size());
    NSL_ASSERT(make_child_traceparent(*trace, random).has_value());
  }
  if (const auto timeout = parse_connect_timeout(text); timeout.has_value()) {
    NSL_ASSERT(*timeout >= 0 && *timeout <= nsl::limits::kRequestDeadlineMsMax);
  }
  const std::int64_t wait_ms = parse_prefer_wait(text);
  NSL_ASSERT(wait_ms > 0 && wait_ms <= nsl::limits::kRequestDeadlineMsMax);
  if (const auto target = parse_target(text); target.has_value()) {
    NSL_ASSERT(target->path.starts_with('/'));
  }
  static_cast<void>(parse_idempotency_key(text));
  static_cast<void>(parse_if_match(text));
  static_cast<void>(parse_media_type(text));
  static_cast<void>(is_request_id(text));
  return 0;
}
