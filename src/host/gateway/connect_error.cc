#include "host/gateway/connect_error.h"

#include "core/base/bytes.h"
#include "core/codec/base64.h"
#include "core/rest/json_writer.h"
#include "core/rest/problem.h"

namespace nsl::host::gateway {
namespace {

// Connect's details are standard base64 without padding.
std::string unpadded_base64(const std::string& bytes) {
  std::string text = codec::encode_base64(as_bytes(bytes));
  while (text.ends_with('=')) text.pop_back();
  return text;
}

}  // namespace

ConnectCode to_connect_code(Code code) {
  if (code == Code::already_exists) return {"already_exists", 409};
  if (code == Code::unknown_operation) return {"unimplemented", 501};
  switch (rest::problem_status(code)) {
    case 400:
      return {"invalid_argument", 400};
    case 401:
      return {"unauthenticated", 401};
    case 403:
      return {"permission_denied", 403};
    case 404:
      return {"not_found", 404};
    case 405:
    case 415:
      return {"unimplemented", 501};
    case 409:
      return {"aborted", 409};
    case 412:
    case 422:
    case 428:
      return {"failed_precondition", 400};
    case 413:
    case 429:
    case 431:
      return {"resource_exhausted", 429};
    case 499:
      return {"canceled", 499};
    case 502:
    case 503:
      return {"unavailable", 503};
    case 504:
      return {"deadline_exceeded", 504};
    default:
      return {"internal", 500};
  }
}

std::string print_connect_error(const ConnectCode& code, const v1::Problem& problem) {
  rest::JsonWriter out;
  out.begin_object().member("code", code.text).member("message", problem.detail());
  out.key("details").begin_array().begin_object();
  out.member("type", problem.GetDescriptor()->full_name());
  out.member("value", unpadded_base64(problem.SerializeAsString()));
  out.key("debug").begin_object();
  out.member("code", problem.code()).member("title", problem.title());
  out.member("request_id", problem.request_id());
  out.key("errors").begin_array();
  for (const auto& error : problem.errors()) {
    out.begin_object().member("pointer", error.pointer()).member("message", error.message());
    out.end_object();
  }
  out.end_array().end_object().end_object().end_array().end_object();
  return out.text();
}

}  // namespace nsl::host::gateway
