// What is accepted without a tag encodes back to the same bytes.
#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/codec/cose.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl::codec;
  const nsl::ByteView input(data, size);
  const auto tolerant = parse_cose_sign1(input, CoseTag::tolerated);
  const auto strict = parse_cose_sign1(input);
  if (!strict.has_value()) return 0;
  NSL_ASSERT(tolerant.has_value());
  NSL_ASSERT(nsl::equal(encode_cose_sign1(*strict), input));
  return 0;
}
