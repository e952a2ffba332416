// The parts of a request target (RFC 3986): percent-decoding and query parameters. Decoded text is
// always UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace nsl::rest {

// Every "%XX" decoded; a broken escape or a result that is not UTF-8 is refused.
Result<std::string> decode_percent(std::string_view text);

// Everything but RFC 3986's unreserved characters escaped.
std::string encode_percent(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// "limit=10&cursor=a%20b" in order; "+" is a space as in HTML forms. A name without "=" has an
// empty value. More than limits::kQueryParametersMax are refused.
Result<QueryParameters> parse_query(std::string_view text);

}  // namespace nsl::rest
