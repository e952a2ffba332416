#include "core/rest/uri.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/limits.h"
#include "core/codec/hex.h"
#include "core/codec/utf8.h"

namespace nsl::rest {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

Result<std::string> decode_percent(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const auto byte = codec::decode_hex_array<1>(text.substr(i + 1, 2));
    if (!byte.has_value()) {
      return fail(Code::malformed_request, "The address has a broken percent escape");
    }
    result += static_cast<char>((*byte)[0]);
    i += 2;
  }
  if (!codec::is_valid_utf8(std::string_view(result))) {
    return fail(Code::malformed_request, "The address is not UTF-8");
  }
  return result;
}

std::string encode_percent(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

Result<QueryParameters> parse_query(std::string_view text) {
  QueryParameters parameters;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    if (parameters.size() == static_cast<std::size_t>(limits::kQueryParametersMax)) {
      return fail(Code::limit_exceeded, "Too many query parameters");
    }
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    const std::string_view view = spaced;
    const std::size_t equals = std::min(view.find('='), view.size());
    NSL_TRY(std::string name, decode_percent(view.substr(0, equals)));
    NSL_TRY(std::string value, decode_percent(view.substr(std::min(equals + 1, view.size()))));
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

}  // namespace nsl::rest
