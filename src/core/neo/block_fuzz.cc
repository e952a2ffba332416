// Whatever parses as a header or block is exactly what encode() gives back.
#include "core/neo/block.h"

#include "core/base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  if (const Result<Header> header = parse_header(bytes); header.has_value()) {
    NSL_ASSERT(equal(encode(*header), bytes));
    NSL_ASSERT(!verify_successor(*header, *header, kMainNet).has_value());
  }
  if (const Result<Block> block = parse_block(bytes); block.has_value()) {
    NSL_ASSERT(equal(encode(*block), bytes));
  }
  return 0;
}
