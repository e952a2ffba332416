#include "core/rest/problem.h"

namespace nsl::rest {

int problem_status(Code code) {
  const int status = code_http_status(code);
  return status >= 400 ? status : 500;
}

v1::Problem make_problem(const Rejection& rejection, std::string_view request_id,
                         std::string_view instance) {
  v1::Problem problem;
  problem.set_type("urn:nsl:error:" + std::string(code_text(rejection.code)));
  problem.set_title(std::string(code_title(rejection.code)));
  problem.set_status(static_cast<std::uint32_t>(problem_status(rejection.code)));
  problem.set_detail(rejection.message);
  problem.set_instance(std::string(instance));
  problem.set_code(std::string(code_text(rejection.code)));
  problem.set_request_id(std::string(request_id));
  for (const Violation& violation : rejection.violations) {
    auto& field = *problem.add_errors();
    field.set_pointer(violation.pointer);
    field.set_message(violation.message);
  }
  return problem;
}

}  // namespace nsl::rest
