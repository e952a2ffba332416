#include "host/gateway/header_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "core/base/limits.h"
#include "core/codec/hex.h"

namespace nsl::host::gateway {
namespace {

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The parts between separators, trimmed, to `visit` until it returns true.
template <class Visit>
void for_each_part(std::string_view text, char separator, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (visit(trimmed(text.substr(0, end)))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Visible ASCII without the quote.
bool is_tag_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '"'; });
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

std::optional<std::int64_t> parse_digits(std::string_view text, std::size_t digits_max) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const bool is_number = !text.empty() && text.size() <= digits_max &&
                         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
  return number;
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= static_cast<std::size_t>(limits::kRequestIdBytesMax) &&
         std::ranges::all_of(
             text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

Result<std::string> parse_authorization(std::string_view value) {
  if (value.empty()) return std::string();
  constexpr std::string_view kScheme = "bearer ";
  if (lower(value.substr(0, kScheme.size())) != kScheme) {
    return fail(Code::token_invalid, "The Authorization header must be: Bearer <token>");
  }
  const std::string_view token = trimmed(value.substr(kScheme.size()));
  // RFC 6750 2.1: b64token.
  const bool is_token = std::ranges::all_of(token, [](char c) {
    return is_alphanumeric(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos;
  });
  if (token.empty() || !is_token) {
    return fail(Code::token_invalid, "The bearer token has characters no token has");
  }
  if (token.size() > static_cast<std::size_t>(limits::kCredentialBytesMax)) {
    return fail(Code::token_invalid, "The bearer token is too long");
  }
  return std::string(token);
}

Result<std::string> parse_idempotency_key(std::string_view value) {
  const std::string_view key = unquoted(value);
  if (key.size() > static_cast<std::size_t>(limits::kIdempotencyKeyBytesMax) || !is_tag_text(key)) {
    return fail(Code::malformed_request,
                fmt::format("The Idempotency-Key must be 1 to {} visible characters",
                            limits::kIdempotencyKeyBytesMax));
  }
  return std::string(key);
}

Result<std::string> parse_if_match(std::string_view value) {
  if (value.empty() || value == "*") return std::string(value);
  const std::string_view tag = unquoted(value);
  if (tag.size() == value.size() || tag.empty() || !is_tag_text(tag) ||
      tag.size() > static_cast<std::size_t>(limits::kEntityTagBytesMax)) {
    return fail(Code::malformed_request, "If-Match must be one strong entity tag in quotes, or *");
  }
  return std::string(tag);
}

Result<std::int64_t> parse_connect_timeout(std::string_view value) {
  if (value.empty()) return limits::kRequestDeadlineMsDefault;
  const auto timeout_ms = parse_digits(value, 10);
  if (!timeout_ms.has_value()) {
    return fail(Code::malformed_request, "Connect-Timeout-Ms must be up to ten digits");
  }
  return std::min(*timeout_ms, limits::kRequestDeadlineMsMax);
}

std::int64_t parse_prefer_wait(std::string_view value) {
  std::int64_t deadline_ms = limits::kRequestDeadlineMsDefault;
  for_each_part(value, ',', [&deadline_ms](std::string_view part) {
    constexpr std::string_view kName = "wait=";
    if (lower(part.substr(0, kName.size())) != kName) return false;
    const auto seconds = parse_digits(part.substr(kName.size()), 9);
    if (seconds.has_value()) {
      deadline_ms = std::clamp(*seconds * 1000, std::int64_t{1}, limits::kRequestDeadlineMsMax);
    }
    return true;
  });
  return deadline_ms;
}

std::string parse_media_type(std::string_view value) {
  const std::size_t end = std::min(value.find(';'), value.size());
  bool is_utf8 = true;
  for_each_part(value.substr(std::min(end + 1, value.size())), ';',
                [&is_utf8](std::string_view part) {
                  constexpr std::string_view kName = "charset=";
                  const std::string text = lower(part);
                  if (!text.starts_with(kName)) return false;
                  is_utf8 = unquoted(std::string_view(text).substr(kName.size())) == "utf-8";
                  return true;
                });
  return is_utf8 ? lower(trimmed(value.substr(0, end))) : std::string();
}

std::optional<std::string> make_child_traceparent(std::string_view value, Random& random) {
  // version "-" trace-id "-" parent-id "-" flags; all-zero ids are invalid.
  constexpr std::size_t kSize = 55;
  if (value.size() != kSize || !value.starts_with("00-") || value[35] != '-' || value[52] != '-') {
    return std::nullopt;
  }
  const auto is_lower_hex = [](std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  const std::string_view trace = value.substr(3, 32);
  const std::string_view parent = value.substr(36, 16);
  const std::string_view flags = value.substr(53, 2);
  if (!is_lower_hex(trace) || !is_lower_hex(parent) || !is_lower_hex(flags)) return std::nullopt;
  if (trace.find_first_not_of('0') == std::string_view::npos ||
      parent.find_first_not_of('0') == std::string_view::npos) {
    return std::nullopt;
  }
  auto span = random.bytes<8>();
  span[0] |= 1U;  // Never all zero.
  return fmt::format("00-{}-{}-{}", trace, codec::encode_hex(span), flags);
}

}  // namespace nsl::host::gateway
