// Whatever parses must read back from its own text.
#include <cstdlib>

#include "core/base/bytes.h"
#include "core/net/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = nsl::as_text({data, size});
  if (const auto address = nsl::net::parse_ip_address(text); address.has_value()) {
    if (nsl::net::parse_ip_address(nsl::net::to_text(*address)) != *address) std::abort();
    (void)nsl::net::is_public(*address);
  }
  if (const auto endpoint = nsl::net::parse_ip_endpoint(text); endpoint.has_value()) {
    if (nsl::net::parse_ip_endpoint(nsl::net::to_text(*endpoint)) != *endpoint) std::abort();
  }
  return 0;
}
