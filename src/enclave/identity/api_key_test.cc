#include "enclave/identity/api_key.h"

#include <gtest/gtest.h>

namespace nsl::enclave::identity {
namespace {

TEST(ApiKey, TextParsesBackToItsParts) {
  SeededRandom random(1);
  const NewApiKey key = make_api_key(WallTime(1'700'000'000'000), random);
  const Result<ApiKeyText> parsed = parse_api_key(key.text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->id, key.parts.id);
  EXPECT_EQ(parsed->secret_hash, key.parts.secret_hash);
}

TEST(ApiKey, RefusesEveryTruncation) {
  SeededRandom random(2);
  const NewApiKey key = make_api_key(WallTime(1'700'000'000'000), random);
  for (std::size_t size = 0; size < key.text.size(); ++size) {
    EXPECT_FALSE(parse_api_key(std::string_view(key.text).substr(0, size)).has_value()) << size;
  }
}

TEST(ApiKey, TwoKeysShareNothing) {
  SeededRandom random(3);
  const NewApiKey first = make_api_key(WallTime(0), random);
  const NewApiKey second = make_api_key(WallTime(0), random);
  EXPECT_NE(first.parts.id, second.parts.id);
  EXPECT_NE(first.parts.secret_hash, second.parts.secret_hash);
}

}  // namespace
}  // namespace nsl::enclave::identity
