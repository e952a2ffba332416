// What a refusal looks like on the wire, turned into one form: the Connect error JSON, whose detail
// is an nsl.v1.Problem, and problem+json (RFC 9457). A body that is neither, such as a proxy's
// HTML, still gives a Problem with the HTTP status.
#pragma once

#include "client/api/http.h"
#include "core/base/result.h"
#include "nsl/v1/common.pb.h"

namespace nsl::client::api {

v1::Problem parse_problem(const HttpReply& reply);

// The error a refused call returns; its message is the problem's detail.
Error to_error(const v1::Problem& problem);

}  // namespace nsl::client::api
