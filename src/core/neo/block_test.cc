#include "core/neo/block.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/codec/byte_io.h"

namespace nsl::neo {
namespace {

TEST(Block, BoundsItsBytesAndItsTransactions) {
  const Bytes largest(static_cast<std::size_t>(limits::kNeoBlockBytesMax), 0xff);
  EXPECT_NE(parse_block(largest).error().code(), Code::limit_exceeded);
  Bytes larger = largest;
  larger.push_back(0xff);
  EXPECT_EQ(parse_block(larger).error().code(), Code::limit_exceeded);
  const auto refusal_of_count = [](std::uint64_t count) {
    codec::ByteWriter writer;
    writer.write_fixed(encode(Header{})).write_varint(count);
    return parse_block(std::move(writer).take()).error().code();
  };
  const auto most = static_cast<std::uint64_t>(limits::kNeoBlockTransactionsMax);
  EXPECT_EQ(refusal_of_count(most), Code::truncated_input);
  EXPECT_EQ(refusal_of_count(most + 1), Code::malformed_varint);
}

}  // namespace
}  // namespace nsl::neo
