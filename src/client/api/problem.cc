#include "client/api/problem.h"

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/codec/base64.h"

namespace nsl::client::api {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string text_of(const object& json, std::string_view name) {
  std::string_view value;
  return json[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

v1::Problem from_problem_json(const object& json) {
  v1::Problem problem;
  problem.set_type(text_of(json, "type"));
  problem.set_title(text_of(json, "title"));
  problem.set_detail(text_of(json, "detail"));
  problem.set_instance(text_of(json, "instance"));
  problem.set_code(text_of(json, "code"));
  problem.set_request_id(text_of(json, "request_id"));
  simdjson::dom::array errors;
  if (json["errors"].get(errors) != simdjson::SUCCESS) return problem;
  for (const element& entry : errors) {
    object violation;
    if (entry.get(violation) != simdjson::SUCCESS) continue;
    v1::FieldViolation& target = *problem.add_errors();
    target.set_pointer(text_of(violation, "pointer"));
    target.set_message(text_of(violation, "message"));
  }
  return problem;
}

// Connect writes detail values as Base64 without padding; both forms are taken.
std::optional<v1::Problem> from_connect_detail(const object& detail) {
  if (text_of(detail, "type") != "nsl.v1.Problem") return std::nullopt;
  std::string value = text_of(detail, "value");
  while (!value.empty() && value.back() == '=') value.pop_back();
  value.append((4 - value.size() % 4) % 4, '=');
  const auto bytes = codec::decode_base64(value);
  v1::Problem problem;
  if (!bytes.has_value() || !problem.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())))
    return std::nullopt;
  return problem;
}

v1::Problem from_connect_json(const object& json) {
  simdjson::dom::array details;
  if (json["details"].get(details) == simdjson::SUCCESS) {
    for (const element& entry : details) {
      object detail;
      if (entry.get(detail) != simdjson::SUCCESS) continue;
      if (auto problem = from_connect_detail(detail); problem.has_value()) return *problem;
    }
  }
  v1::Problem problem;
  problem.set_detail(text_of(json, "message"));
  return problem;
}

}  // namespace

v1::Problem parse_problem(const HttpReply& reply) {
  simdjson::dom::parser parser;
  object json;
  v1::Problem problem;
  if (parser.parse(reply.body).get(json) == simdjson::SUCCESS) {
    const bool is_rest = reply.content_type.starts_with("application/problem+json");
    problem = is_rest ? from_problem_json(json) : from_connect_json(json);
  }
  if (problem.status() == 0) problem.set_status(static_cast<std::uint32_t>(reply.status));
  if (problem.title().empty()) problem.set_title("HTTP status " + std::to_string(reply.status));
  return problem;
}

Error to_error(const v1::Problem& problem) {
  Code code = code_from_text(problem.code());
  if (problem.code().empty()) {
    if (problem.status() == 401) code = Code::unauthenticated;
    if (problem.status() == 404) code = Code::unknown_operation;
    if (problem.status() == 502 || problem.status() == 503) code = Code::unavailable;
  }
  return {code, problem.detail().empty() ? problem.title() : problem.detail()};
}

}  // namespace nsl::client::api
