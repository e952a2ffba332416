// Result<T> is what every function that can fail in use returns: a value, or an Error with a stable
// code. Errors travel upward with NSL_TRY. Nothing of ours throws.
//
// Error::message() may be shown to the caller; it never holds a secret, a path or another account's
// data. Error::detail() is for the log only.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/error_codes.h"

namespace nsl {

class Error {
 public:
  Error(Code code, std::string message, std::string detail = {})
      : code_(code), message_(std::move(message)), detail_(std::move(detail)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& detail() const { return detail_; }

 private:
  Code code_;
  std::string message_;
  std::string detail_;
};

template <class T>
using Result = std::expected<T, Error>;

// fail(Code::not_found, "No such wallet") is what a failing function returns.
inline std::unexpected<Error> fail(Code code, std::string message, std::string detail = {}) {
  return std::unexpected<Error>(Error(code, std::move(message), std::move(detail)));
}
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }
// The code's own title is the message.
std::unexpected<Error> fail(Code code);

// "NSL-API-0001"
std::string_view code_text(Code code);
// "invalid_argument"
std::string_view code_name(Code code);
// The HTTP status on REST.
int code_http_status(Code code);
// Whether the same request may succeed later.
bool code_is_retryable(Code code);
// The fixed title of the code.
std::string_view code_title(Code code);
// The code whose text is `text`, or Code::internal when there is none (a newer peer).
Code code_from_text(std::string_view text);

}  // namespace nsl

#define NSL_CONCAT_INNER(a, b) a##b
#define NSL_CONCAT(a, b) NSL_CONCAT_INNER(a, b)

// NSL_TRY(auto key, parse_key(text)); returns the error of parse_key, or declares `key`.
#define NSL_TRY(declaration, expression) \
  NSL_TRY_INNER(NSL_CONCAT(nsl_try_result_, __LINE__), declaration, expression)
#define NSL_TRY_INNER(result, declaration, expression)                            \
  auto result = (expression);                                                     \
  if (!result.has_value()) return ::std::unexpected(::std::move(result).error()); \
  declaration = ::std::move(*result)

// NSL_TRY_VOID(check(text)); returns the error of a Result<void>, or goes on.
#define NSL_TRY_VOID(expression)                                                                \
  do {                                                                                          \
    auto nsl_try_void = (expression);                                                           \
    if (!nsl_try_void.has_value()) return ::std::unexpected(::std::move(nsl_try_void).error()); \
  } while (false)
