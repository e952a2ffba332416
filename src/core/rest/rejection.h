// Rejection says why a request was refused: a code, one sentence for the caller, and the fields at
// fault as JSON pointers (RFC 6901). Checked<T> is a Result whose error can name fields; an Error
// becomes a Rejection by itself, so NSL_TRY works from Result into Checked.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace nsl::rest {

struct Violation {
  // "/source/contract_event"; empty: the whole request.
  std::string pointer;
  std::string message;

  friend bool operator==(const Violation&, const Violation&) = default;
};

struct Rejection {
  Code code = Code::internal;
  std::string message;
  std::vector<Violation> violations = {};

  Rejection(Code rejection_code, std::string text, std::vector<Violation> fields = {})
      : code(rejection_code), message(std::move(text)), violations(std::move(fields)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): errors travel upward unchanged.
  Rejection(Error error) : code(error.code()), message(error.message()) {}
};

template <class T>
using Checked = std::expected<T, Rejection>;

inline std::unexpected<Rejection> reject(Code code, std::string message,
                                         std::vector<Violation> violations = {}) {
  return std::unexpected<Rejection>(Rejection(code, std::move(message), std::move(violations)));
}
// One field at fault.
inline std::unexpected<Rejection> reject_field(Code code, std::string pointer,
                                               const std::string& message) {
  return reject(code, message, {{std::move(pointer), message}});
}

// `name` as one step of a JSON pointer: "a/b~c" becomes "/a~1b~0c".
std::string pointer_step(std::string_view name);

}  // namespace nsl::rest
