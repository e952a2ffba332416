#include "core/rest/rejection.h"

namespace nsl::rest {

std::string pointer_step(std::string_view name) {
  std::string result = "/";
  for (const char c : name) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace nsl::rest
