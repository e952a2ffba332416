// An entry has one encoding: what parses encodes to the same bytes.
#include <cstdlib>

#include "enclave/audit/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nsl::ByteView bytes(data, size);
  const auto entry = nsl::enclave::audit::parse_entry(bytes);
  if (entry.has_value() && !nsl::equal(nsl::enclave::audit::encode_entry(*entry), bytes)) {
    std::abort();
  }
  return 0;
}
