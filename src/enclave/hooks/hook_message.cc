#include "enclave/hooks/hook_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/limits.h"
#include "core/base/secret.h"
#include "core/codec/base64.h"
#include "core/codec/utf8.h"
#include "core/crypto/hash.h"
#include "enclave/json/json_arguments.h"
#include "enclave/runs/run_book.h"
#include "enclave/webhooks/signature.h"

namespace nsl::enclave::hooks {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

std::optional<std::int64_t> parse_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, seconds);
  // Ten digits last until the year 2286; more would overflow as milliseconds.
  if (error != std::errc() || read != end || seconds < 0 || text.size() > 12) return std::nullopt;
  return seconds;
}

}  // namespace

std::string_view find_header(const nsl::v1::ReceiveHookRequest& request, std::string_view name) {
  for (const nsl::v1::HttpHeader& header : request.headers()) {
    if (header.name() == name) return header.value();
  }
  return {};
}

HookMessage parse_message(const nsl::v1::ReceiveHookRequest& request) {
  HookMessage message{.id = find_header(request, "webhook-id"),
                      .timestamp = find_header(request, "webhook-timestamp"),
                      .signatures = find_header(request, "webhook-signature"),
                      .body = request.body()};
  const bool is_long = message.id.size() > static_cast<std::size_t>(limits::kHookIdBytesMax);
  // The signature parts id, time and body by dots: with one in the id the same signature would be
  // that of another message too.
  if (is_long || message.id.find('.') != std::string_view::npos) message.id = {};
  return message;
}

bool is_signed(const HookMessage& message, ByteView secret) {
  const std::string expected =
      webhooks::sign(secret, message.id, message.timestamp, as_bytes(message.body));
  bool is_any = false;
  std::string_view rest = message.signatures;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    is_any |= equal_in_constant_time(as_bytes(rest.substr(0, end)), as_bytes(expected));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return is_any && !message.id.empty();
}

bool is_of_now(const HookMessage& message, WallTime now) {
  const std::optional<std::int64_t> seconds = parse_seconds(message.timestamp);
  if (!seconds.has_value()) return false;
  const std::int64_t away = *seconds * kMsPerSecond - now.value();
  return away <= limits::kHookSkewMsMax && away >= -limits::kHookSkewMsMax;
}

bool has_token(std::string_view token, std::string_view hash) {
  const crypto::Digest32 given = crypto::sha256(as_bytes(token));
  return equal_in_constant_time(given, as_bytes(hash));
}

Result<std::string> to_input(const nsl::v1::ReceiveHookRequest& request,
                             const nsl::v1::WebhookSource& source) {
  std::set<std::string_view> shown = {"content-type", "webhook-id"};
  shown.insert(source.headers().begin(), source.headers().end());
  std::string headers;
  for (const std::string_view name : shown) {
    const std::string_view value = find_header(request, name);
    if (value.empty() || !codec::is_valid_utf8(as_bytes(value))) continue;
    if (!headers.empty()) headers += ',';
    headers += fmt::format("{}:{}", json::json_text(name), json::json_text(value));
  }
  const std::string& body = request.body();
  const std::string content =
      codec::is_valid_utf8(as_bytes(body))
          ? fmt::format(R"("body":{})", json::json_text(body))
          : fmt::format(R"("body_base64":"{}")", codec::encode_base64(as_bytes(body)));
  const std::string_view id = parse_message(request).id;
  std::string input =
      fmt::format(R"({{"id":{},"method":"POST","headers":{{{}}},{}}})",
                  id.empty() || !codec::is_valid_utf8(as_bytes(id)) ? "null" : json::json_text(id),
                  headers, content);
  const Result<void> checked = runs::check_input(input);
  if (!checked.has_value()) {
    return fail(Code::payload_too_large, "The message is larger than a function's input");
  }
  return input;
}

}  // namespace nsl::enclave::hooks
