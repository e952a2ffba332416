// Errors as the API shows them: RFC 9457 problem details.
#pragma once

#include <string>
#include <string_view>

#include "core/rest/rejection.h"
#include "nsl/v1/common.pb.h"

namespace nsl::rest {

// The HTTP status of an error: the code's own, 500 for codes that describe a run and not a request.
int problem_status(Code code);

// `instance` is the path of the request, without its query.
v1::Problem make_problem(const Rejection& rejection, std::string_view request_id,
                         std::string_view instance);

}  // namespace nsl::rest
