#include "enclave/vault/blob_cache.h"

#include <gtest/gtest.h>

namespace nsl::enclave::vault {
namespace {

HiddenName name_of(std::uint8_t number) {
  HiddenName name{};
  name[0] = number;
  return name;
}

Blob blob_of(std::size_t size) { return std::make_shared<const Bytes>(size); }

TEST(BlobCache, ForgetsTheLeastRecentlyUsedFirst) {
  BlobCache cache(100);
  cache.put(name_of(1), blob_of(40));
  cache.put(name_of(2), blob_of(40));
  EXPECT_NE(cache.find(name_of(1)), nullptr);
  cache.put(name_of(3), blob_of(40));
  EXPECT_NE(cache.find(name_of(1)), nullptr);
  EXPECT_EQ(cache.find(name_of(2)), nullptr);
  EXPECT_NE(cache.find(name_of(3)), nullptr);
}

TEST(BlobCache, ReplacesAndErases) {
  BlobCache cache(100);
  cache.put(name_of(1), blob_of(10));
  cache.put(name_of(1), blob_of(90));
  EXPECT_EQ(cache.find(name_of(1))->size(), 90U);
  cache.erase(name_of(1));
  EXPECT_EQ(cache.find(name_of(1)), nullptr);
  cache.put(name_of(2), blob_of(100));
  EXPECT_NE(cache.find(name_of(2)), nullptr);
}

TEST(BlobCache, KeepsNothingLargerThanItself) {
  BlobCache cache(100);
  cache.put(name_of(1), blob_of(10));
  cache.put(name_of(2), blob_of(101));
  EXPECT_EQ(cache.find(name_of(2)), nullptr);
  EXPECT_NE(cache.find(name_of(1)), nullptr);
}

}  // namespace
}  // namespace nsl::enclave::vault
