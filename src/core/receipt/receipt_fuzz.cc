// Any bytes as a receipt and as a payload: refused, or exactly what is written again.
#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/receipt/receipt.h"
#include "core/receipt/receipt_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  static const attestation::TrustAnchor anchor = attestation::aws_nitro_root();
  const ByteView input(data, size);
  NSL_ASSERT(!receipt::verify(input, anchor).has_value());
  const auto parsed = receipt::parse_payload(input);
  if (parsed.has_value()) NSL_ASSERT(equal(receipt::encode_payload(*parsed), input));
  return 0;
}
