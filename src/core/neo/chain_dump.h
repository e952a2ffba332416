// Chain dumps: many blocks in one file, as nodes write and restore them (".acc").
//
// Two forms exist. NEP-32: the index of the first block, the number of blocks, then each block with
// its length before it, every number in four little-endian bytes. The older one has no index: its
// first block tells. neo-go tells them apart by the third number (cli/server/server.go, restoreDB):
// in the older form it is the version of the first block, 0; in the other a block's length.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/codec/byte_io.h"
#include "core/neo/block.h"

namespace nsl::neo {

enum class ChainDumpForm : std::uint8_t {
  nep32,
  // Without an index, and so never without a block.
  older,
};

// Reads a dump block by block, so that a large one is never in memory twice.
class ChainDumpReader {
 public:
  // The dump must outlive the reader. Code::invalid_block when it has no head.
  static Result<ChainDumpReader> open(ByteView dump);

  ChainDumpForm form() const { return form_; }
  BlockIndex first() const { return first_; }
  std::uint32_t count() const { return count_; }

  // The next block, which has the index that follows and names the one before it; nothing after the
  // last. Code::invalid_block when it does not, and for bytes behind the last block;
  // Code::limit_exceeded for a block above limits::kNeoBlockBytesMax.
  //
  // TRUST: signatures are not checked: verify_headers() does, given a header that is trusted.
  Result<std::optional<Block>> next();

 private:
  ChainDumpReader(codec::ByteReader reader, ChainDumpForm form, BlockIndex first,
                  std::uint32_t count)
      : reader_(reader), form_(form), first_(first), count_(count) {}

  codec::ByteReader reader_;
  ChainDumpForm form_;
  BlockIndex first_;
  std::uint32_t count_;
  std::uint32_t read_ = 0;
  // Of the block before, once there is one.
  std::optional<UInt256> last_hash_;
};

// The older form holds at least one block.
Bytes encode_chain_dump(std::span<const Block> blocks, ChainDumpForm form);

}  // namespace nsl::neo
