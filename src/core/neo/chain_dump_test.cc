#include "core/neo/chain_dump.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace nsl::neo {
namespace {

std::vector<Block> make_chain(std::uint32_t first, std::uint32_t count) {
  std::vector<Block> chain;
  for (std::uint32_t i = 0; i < count; ++i) {
    Block block;
    block.header.index = BlockIndex(first + i);
    block.header.timestamp_ms = i;
    if (!chain.empty()) block.header.previous_hash = hash_of(chain.back().header);
    Transaction transaction;
    transaction.nonce = i;
    transaction.script = {0x40};
    transaction.signers.resize(1);
    transaction.witnesses.resize(1);
    const UInt256 hashes[] = {hash_of(transaction)};
    block.header.merkle_root = merkle_root_of(hashes);
    block.transactions.push_back(std::move(transaction));
    chain.push_back(std::move(block));
  }
  return chain;
}

Result<std::vector<Block>> read_all(ByteView dump) {
  NSL_TRY(ChainDumpReader reader, ChainDumpReader::open(dump));
  std::vector<Block> blocks;
  while (true) {
    NSL_TRY(std::optional<Block> block, reader.next());
    if (!block.has_value()) return blocks;
    blocks.push_back(*std::move(block));
  }
}

Code refusal(ByteView dump) { return read_all(dump).error().code(); }

TEST(ChainDump, BothFormsParseBackToTheSameBlocks) {
  for (const std::uint32_t count : {1U, 2U, 7U}) {
    const std::vector<Block> chain = make_chain(0, count);
    for (const ChainDumpForm form : {ChainDumpForm::nep32, ChainDumpForm::older}) {
      const Bytes dump = encode_chain_dump(chain, form);
      const auto reader = ChainDumpReader::open(dump).value();
      EXPECT_EQ(reader.form(), form);
      EXPECT_EQ(reader.count(), count);
      EXPECT_EQ(read_all(dump).value(), chain);
      EXPECT_EQ(encode_chain_dump(*read_all(dump), form), dump);
    }
  }
}

TEST(ChainDump, OfNoBlockHasItsHeadOnly) {
  const Bytes dump = encode_chain_dump({}, ChainDumpForm::nep32);
  EXPECT_EQ(dump.size(), 8U);
  EXPECT_TRUE(read_all(dump)->empty());
}

TEST(ChainDump, MayStartAtAnyBlock) {
  const std::vector<Block> chain = make_chain(1000, 3);
  for (const ChainDumpForm form : {ChainDumpForm::nep32, ChainDumpForm::older}) {
    const Bytes dump = encode_chain_dump(chain, form);
    const auto reader = ChainDumpReader::open(dump).value();
    EXPECT_EQ(reader.first(), BlockIndex(1000));
    EXPECT_EQ(reader.count(), 3U);
    EXPECT_EQ(read_all(dump).value(), chain);
  }
}

TEST(ChainDump, RefusesAnythingCutOffOrAppended) {
  for (const ChainDumpForm form : {ChainDumpForm::nep32, ChainDumpForm::older}) {
    const Bytes dump = encode_chain_dump(make_chain(0, 2), form);
    for (std::size_t size = 0; size < dump.size(); ++size) {
      EXPECT_FALSE(read_all(ByteView(dump).first(size)).has_value()) << size;
    }
    Bytes longer = dump;
    longer.push_back(0);
    EXPECT_EQ(refusal(longer), Code::invalid_block);
  }
}

TEST(ChainDump, RefusesBlocksThatAreNotTheNextOnes) {
  std::vector<Block> gap = make_chain(5, 3);
  gap.erase(gap.begin() + 1);
  EXPECT_EQ(refusal(encode_chain_dump(gap, ChainDumpForm::nep32)), Code::invalid_block);
  std::vector<Block> foreign = make_chain(5, 3);
  foreign[2].header.previous_hash = UInt256();
  EXPECT_EQ(refusal(encode_chain_dump(foreign, ChainDumpForm::nep32)), Code::invalid_block);
}

TEST(ChainDump, BoundsABlockBeforeItReadsIt) {
  codec::ByteWriter writer;
  writer.write_u32(1).write_u32(1);
  writer.write_u32(static_cast<std::uint32_t>(limits::kNeoBlockBytesMax) + 1);
  EXPECT_EQ(refusal(writer.bytes()), Code::limit_exceeded);
}

TEST(ChainDump, RefusesBlocksBeyondTheLastIndex) {
  codec::ByteWriter writer;
  writer.write_u32(UINT32_MAX).write_u32(1);
  EXPECT_EQ(refusal(writer.bytes()), Code::invalid_block);
}

}  // namespace
}  // namespace nsl::neo
