#include "core/base/strong.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>
#include <unordered_set>

namespace nsl {
namespace {

using BlockIndex = Strong<struct BlockIndexTag, std::uint32_t>;
using TransactionCount = Strong<struct TransactionCountTag, std::uint32_t>;

TEST(Strong, DoesNotConvertToAnotherTag) {
  static_assert(!std::is_convertible_v<BlockIndex, TransactionCount>);
  static_assert(!std::is_convertible_v<std::uint32_t, BlockIndex>);
}

TEST(Strong, OrdersAndHashesLikeItsValue) {
  EXPECT_LT(BlockIndex(1), BlockIndex(2));
  std::unordered_set<BlockIndex> seen{BlockIndex(1), BlockIndex(1)};
  EXPECT_EQ(seen.size(), 1U);
}

}  // namespace
}  // namespace nsl
