// What is accepted reads back from its own text, and never leaves the plain ASCII subset.
#include <cstdlib>

#include "core/base/bytes.h"
#include "enclave/outcall/url.h"

namespace outcall = nsl::enclave::outcall;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = nsl::as_text({data, size});
  const auto check = [](const nsl::Result<outcall::Url>& url) {
    if (!url.has_value()) return;
    for (const char c : outcall::to_text(*url)) {
      if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '#') std::abort();
    }
    const auto again = outcall::parse_url(outcall::to_text(*url));
    // The canonical text may be longer than the text read.
    if (again.has_value() && *again != *url) std::abort();
  };
  check(outcall::parse_url(text));
  const outcall::Url base{.scheme = outcall::Url::Scheme::https,
                          .host = "example.com",
                          .port = 443,
                          .target = "/a/b?c"};
  check(outcall::resolve_url(base, text));
  (void)outcall::check_allowed_host(text);
  return 0;
}
