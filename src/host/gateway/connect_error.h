// Errors of the Connect protocol (connectrpc.com/docs/protocol, unary): one of its sixteen codes,
// the HTTP status that belongs to it, and our problem as a detail.
#pragma once

#include <string>
#include <string_view>

#include "core/rest/rejection.h"
#include "nsl/v1/common.pb.h"

namespace nsl::host::gateway {

struct ConnectCode {
  std::string_view text;
  int http_status;
};

ConnectCode to_connect_code(Code code);

std::string print_connect_error(const ConnectCode& code, const v1::Problem& problem);

}  // namespace nsl::host::gateway
