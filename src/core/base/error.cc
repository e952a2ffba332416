#include "core/base/result.h"

#include "core/base/assert.h"

#include <array>

namespace nsl {
namespace {

struct Row {
  Code code;
  std::string_view text;
  int http_status;
  bool is_retryable;
  std::string_view title;
  std::string_view name;
};

#define NSL_ROW(name, text, http, retryable, title) \
  Row{Code::name, text, http, retryable, title, #name},
constexpr std::array<Row, kCodeCount> kRows = {{NSL_ERROR_CODE_TABLE(NSL_ROW)}};
#undef NSL_ROW

const Row& row_of(Code code) {
  const auto index = static_cast<std::size_t>(code);
  NSL_ASSERT(index < kRows.size());
  return kRows[index];
}

}  // namespace

std::unexpected<Error> fail(Code code) { return fail(code, std::string(code_title(code))); }

std::string_view code_text(Code code) { return row_of(code).text; }
std::string_view code_name(Code code) { return row_of(code).name; }
int code_http_status(Code code) { return row_of(code).http_status; }
bool code_is_retryable(Code code) { return row_of(code).is_retryable; }
std::string_view code_title(Code code) { return row_of(code).title; }

Code code_from_text(std::string_view text) {
  for (const Row& row : kRows) {
    if (row.text == text) return row.code;
  }
  return Code::internal;
}

}  // namespace nsl
