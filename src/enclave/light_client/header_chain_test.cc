#include "enclave/light_client/header_chain.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "enclave/light_client/light_client_testing.h"

namespace nsl::enclave::light_client {
namespace {

using testing::TestNetwork;

std::vector<neo::Header> headers_of(const TestNetwork& network) {
  std::vector<neo::Header> headers;
  for (const neo::Block& block : network.blocks) headers.push_back(block.header);
  return headers;
}

TEST(HeaderChain, GrowsByHeadersThatFollow) {
  TestNetwork network;
  network.add_blocks(5);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[0], TestNetwork::kMagic);
  ASSERT_TRUE(chain.extend(std::span(headers).subspan(1)).has_value());
  EXPECT_EQ(chain.newest().index, neo::BlockIndex(5));
  for (const neo::Header& header : headers) {
    ASSERT_NE(chain.find(header.index), nullptr);
    EXPECT_EQ(neo::hash_of(*chain.find(header.index)), neo::hash_of(header));
  }
  EXPECT_EQ(chain.find(neo::BlockIndex(6)), nullptr);
}

TEST(HeaderChain, PassesOverHeadersItHasPassed) {
  TestNetwork network;
  network.add_blocks(3);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[0], TestNetwork::kMagic);
  ASSERT_TRUE(chain.extend(std::span(headers).subspan(1, 2)).has_value());
  ASSERT_TRUE(chain.extend(headers).has_value());
  EXPECT_EQ(chain.newest().index, neo::BlockIndex(3));
}

TEST(HeaderChain, TakesAllHeadersOrNone) {
  TestNetwork network;
  network.add_blocks(3);
  auto headers = headers_of(network);
  headers[3].witness.invocation.back() ^= 1;
  HeaderChain chain(headers[0], TestNetwork::kMagic);
  EXPECT_EQ(chain.extend(std::span(headers).subspan(1)).error().code(), Code::invalid_signature);
  EXPECT_EQ(chain.newest().index, neo::BlockIndex(0));
}

TEST(HeaderChain, RefusesAGap) {
  TestNetwork network;
  network.add_blocks(3);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[0], TestNetwork::kMagic);
  EXPECT_EQ(chain.extend(std::span(headers).subspan(2)).error().code(), Code::invalid_block);
}

TEST(HeaderChain, RefusesHeadersOfAnotherNetwork) {
  TestNetwork network;
  network.add_blocks(1);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[0], neo::kMainNet);
  EXPECT_EQ(chain.extend(headers).error().code(), Code::invalid_signature);
}

TEST(HeaderChain, ForgetsTheOldestHeaders) {
  const auto window = static_cast<std::uint32_t>(limits::kLightClientWindowHeaders);
  TestNetwork network;
  network.add_blocks(window);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[0], TestNetwork::kMagic);
  ASSERT_TRUE(chain.extend(headers).has_value());
  EXPECT_EQ(chain.find(neo::BlockIndex(0)), nullptr);
  ASSERT_NE(chain.find(neo::BlockIndex(1)), nullptr);
  EXPECT_EQ(chain.find(neo::BlockIndex(1))->index, neo::BlockIndex(1));
  EXPECT_EQ(chain.find(neo::BlockIndex(window))->index, neo::BlockIndex(window));
}

TEST(HeaderChain, ReachesBackByTheHashesHeadersName) {
  TestNetwork network;
  network.add_blocks(9);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[6], TestNetwork::kMagic);
  ASSERT_TRUE(chain.extend(headers).has_value());
  ASSERT_TRUE(chain.extend_back(std::span(headers).subspan(3, 5)).has_value());
  EXPECT_EQ(chain.oldest().index, neo::BlockIndex(3));
  EXPECT_EQ(chain.newest().index, neo::BlockIndex(9));
  for (std::uint32_t i = 3; i <= 9; ++i) {
    EXPECT_EQ(neo::hash_of(*chain.find(neo::BlockIndex(i))), neo::hash_of(headers[i]));
  }
}

TEST(HeaderChain, RefusesAnOlderHeaderTheNextOneDoesNotName) {
  TestNetwork network;
  network.add_blocks(5);
  auto headers = headers_of(network);
  HeaderChain chain(headers[4], TestNetwork::kMagic);
  headers[2].nonce ^= 1;
  // A forged one, and one after a gap.
  EXPECT_EQ(chain.extend_back(std::span(headers).first(4)).error().code(), Code::invalid_block);
  EXPECT_EQ(chain.extend_back(std::span(headers).subspan(1, 2)).error().code(),
            Code::invalid_block);
  EXPECT_EQ(chain.oldest().index, neo::BlockIndex(4));
}

TEST(HeaderChain, ReachesBackNoFurtherThanItHasRoom) {
  const auto window = static_cast<std::uint32_t>(limits::kLightClientWindowHeaders);
  TestNetwork network;
  network.add_blocks(window);
  const auto headers = headers_of(network);
  HeaderChain chain(headers[window], TestNetwork::kMagic);
  EXPECT_EQ(chain.extend_back(headers).error().code(), Code::block_not_provable);
  EXPECT_TRUE(chain.extend_back(std::span(headers).subspan(1)).has_value());
}

}  // namespace
}  // namespace nsl::enclave::light_client
