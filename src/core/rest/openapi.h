// The OpenAPI 3.1 document of a route table: paths, parameters, request and reply schemas, errors
// and security, all read from the descriptors.
#pragma once

#include <string>
#include <string_view>

#include "core/rest/route_table.h"

namespace nsl::rest {

// `version` is the release's, such as "0.1.0". The same table gives the same bytes.
std::string print_openapi(const RouteTable& table, std::string_view version);

}  // namespace nsl::rest
