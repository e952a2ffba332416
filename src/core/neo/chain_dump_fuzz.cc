// Whatever reads as a chain dump is exactly what encode_chain_dump() gives back.
#include "core/base/assert.h"
#include "core/neo/chain_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  Result<ChainDumpReader> reader = ChainDumpReader::open(bytes);
  if (!reader.has_value()) return 0;
  std::vector<Block> blocks;
  while (true) {
    Result<std::optional<Block>> block = reader->next();
    if (!block.has_value()) return 0;
    if (!block->has_value()) break;
    blocks.push_back(**std::move(block));
  }
  // An empty dump may name any first block, which no block then tells.
  if (blocks.empty()) return 0;
  NSL_ASSERT(equal(encode_chain_dump(blocks, reader->form()), bytes));
  return 0;
}
