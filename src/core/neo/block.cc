#include "core/neo/block.h"

#include <algorithm>

#include "core/base/limits.h"

namespace nsl::neo {
namespace {

UInt256 parent_of(const UInt256& left, const UInt256& right) {
  Bytes both = to_bytes(ByteView(left.little_endian()));
  append(both, right.little_endian());
  return hash256_of(both);
}

// Pairing odd nodes with themselves gives a list and the same list with its tail doubled one root
// (CVE-2012-2459); a transaction can be in a block only once, so a repeated hash is refused.
bool has_repeats(std::vector<UInt256> hashes) {
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

}  // namespace

Bytes encode(const Block& block) {
  codec::ByteWriter writer;
  writer.write_fixed(encode(block.header)).write_varint(block.transactions.size());
  for (const Transaction& each : block.transactions) writer.write_fixed(encode(each));
  return std::move(writer).take();
}

Result<Block> parse_block(ByteView bytes) {
  if (bytes.size() > limits::kNeoBlockBytesMax) {
    return fail(Code::limit_exceeded, "The block is too large");
  }
  codec::ByteReader reader(bytes);
  Block block;
  NSL_TRY(block.header, read_header(reader));
  NSL_TRY(const std::uint64_t count, reader.read_varint(limits::kNeoBlockTransactionsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    NSL_TRY(Transaction transaction, read_transaction(reader));
    block.transactions.push_back(std::move(transaction));
  }
  NSL_TRY_VOID(reader.expect_end());
  NSL_TRY_VOID(check_block(block));
  return block;
}

Result<void> check_block(const Block& block) {
  std::vector<UInt256> hashes;
  hashes.reserve(block.transactions.size());
  for (const Transaction& each : block.transactions) hashes.push_back(hash_of(each));
  if (has_repeats(hashes)) return fail(Code::invalid_block, "A transaction repeats");
  if (merkle_root_of(hashes) != block.header.merkle_root) {
    return fail(Code::invalid_block, "The merkle root is of other transactions");
  }
  return {};
}

UInt256 merkle_root_of(std::span<const UInt256> hashes) {
  std::vector<UInt256> level(hashes.begin(), hashes.end());
  if (level.empty()) return {};
  while (level.size() > 1) {
    std::vector<UInt256> parents;
    parents.reserve((level.size() + 1) / 2);
    for (std::size_t i = 0; i < level.size(); i += 2) {
      parents.push_back(parent_of(level[i], level[std::min(i + 1, level.size() - 1)]));
    }
    level = std::move(parents);
  }
  return level.front();
}

}  // namespace nsl::neo
