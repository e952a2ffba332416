#include "enclave/outcall/http.h"

#include <algorithm>

namespace nsl::enclave::outcall {
namespace {

// ASCII only, whatever the locale is.
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_same_header(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

std::string_view HttpReply::header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (is_same_header(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace nsl::enclave::outcall
