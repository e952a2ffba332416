#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "enclave/triggers/request_hub.h"

// Whatever is stored, only a request with the event's own words passes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace triggers = nsl::enclave::triggers;
  const nsl::ByteView input(data, size);
  const auto request = triggers::parse_request(nsl::as_text(input));
  if (request.has_value()) NSL_ASSERT(triggers::storage_key(*request).size() == 9);
  triggers::Request expected;
  expected.caller = nsl::Bytes(20);
  static_cast<void>(triggers::check_stored_request(expected, input));
  return 0;
}
