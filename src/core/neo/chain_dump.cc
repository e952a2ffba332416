#include "core/neo/chain_dump.h"

#include <limits>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace nsl::neo {
namespace {

// The version every block of Neo N3 starts with.
constexpr std::uint32_t kBlockVersion = 0;

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_block, std::move(message));
}

// In a block: version, two hashes, time and nonce stand before its index.
constexpr std::size_t kBytesBeforeIndex = 4 + 32 + 32 + 8 + 8;

// Whether the bytes after the first number are the length and the version of a block.
bool is_older_form(codec::ByteReader rest) {
  const Result<std::uint32_t> length = rest.read_u32();
  const Result<std::uint32_t> version = rest.read_u32();
  return length.has_value() && version.has_value() && *version == kBlockVersion;
}

// The index of the first block, `rest` being at its length.
Result<std::uint32_t> peek_index(codec::ByteReader rest) {
  NSL_TRY_VOID(rest.read_u32());
  NSL_TRY_VOID(rest.read_fixed(kBytesBeforeIndex));
  return rest.read_u32();
}

bool has_indices(std::uint32_t first, std::uint32_t count) {
  return count <= std::numeric_limits<std::uint32_t>::max() - first;
}

}  // namespace

Result<ChainDumpReader> ChainDumpReader::open(ByteView dump) {
  codec::ByteReader reader(dump);
  const Result<std::uint32_t> number = reader.read_u32();
  if (!number.has_value()) return invalid("The dump has no head");
  if (is_older_form(reader)) {
    const Result<std::uint32_t> first = peek_index(reader);
    if (!first.has_value()) return invalid("The dump ends within a block");
    if (!has_indices(*first, *number)) return invalid("The dump's blocks have no index");
    return ChainDumpReader(reader, ChainDumpForm::older, BlockIndex(*first), *number);
  }
  const Result<std::uint32_t> count = reader.read_u32();
  if (!count.has_value()) return invalid("The dump has no head");
  if (!has_indices(*number, *count)) return invalid("The dump's blocks have no index");
  return ChainDumpReader(reader, ChainDumpForm::nep32, BlockIndex(*number), *count);
}

Result<std::optional<Block>> ChainDumpReader::next() {
  if (read_ == count_) {
    if (reader_.remaining() != 0) return invalid("Bytes follow the last block");
    return std::optional<Block>();
  }
  const Result<std::uint32_t> size = reader_.read_u32();
  if (!size.has_value()) return invalid("The dump ends before its last block");
  if (*size > limits::kNeoBlockBytesMax) {
    return fail(Code::limit_exceeded, "The block is too large");
  }
  const Result<ByteView> bytes = reader_.read_fixed(*size);
  if (!bytes.has_value()) return invalid("The dump ends within a block");
  NSL_TRY(Block block, parse_block(*bytes));
  if (block.header.index != BlockIndex(first_.value() + read_)) {
    return invalid("The block has another index than its place");
  }
  if (last_hash_.has_value() && block.header.previous_hash != *last_hash_) {
    return invalid("The block does not follow the one before it");
  }
  last_hash_ = hash_of(block.header);
  ++read_;
  return std::optional<Block>(std::move(block));
}

Bytes encode_chain_dump(std::span<const Block> blocks, ChainDumpForm form) {
  const BlockIndex first = blocks.empty() ? BlockIndex(0) : blocks.front().header.index;
  NSL_ASSERT(form == ChainDumpForm::nep32 || !blocks.empty());
  codec::ByteWriter writer;
  if (form == ChainDumpForm::nep32) writer.write_u32(first.value());
  writer.write_u32(static_cast<std::uint32_t>(blocks.size()));
  for (const Block& block : blocks) {
    const Bytes bytes = encode(block);
    writer.write_u32(static_cast<std::uint32_t>(bytes.size())).write_fixed(bytes);
  }
  return std::move(writer).take();
}

}  // namespace nsl::neo
