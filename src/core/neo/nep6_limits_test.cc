#include <gtest/gtest.h>

#include <array>

#include "core/base/limits.h"
#include "core/neo/nep6.h"

namespace nsl::neo {
namespace {

TEST(Nep6Limits, ALargerFileIsRefused) {
  std::string largest = to_text(to_json(Nep6Wallet()));
  largest.resize(static_cast<std::size_t>(limits::kNeoWalletBytesMax), ' ');
  EXPECT_TRUE(parse_nep6(largest).has_value());
  EXPECT_EQ(parse_nep6(largest + ' ').error().code(), Code::limit_exceeded);
}

TEST(Nep6Limits, MoreAccountsAreRefused) {
  Nep6Wallet wallet;
  const auto add_account = [&wallet] {
    std::array<std::uint8_t, UInt160::kSize> hash{};
    hash[0] = static_cast<std::uint8_t>(wallet.accounts.size());
    hash[1] = static_cast<std::uint8_t>(wallet.accounts.size() >> 8);
    wallet.accounts.emplace_back();
    wallet.accounts.back().account = UInt160::parse_little_endian(hash).value();
  };
  for (std::int64_t i = 0; i < limits::kNeoWalletAccountsMax; ++i) add_account();
  EXPECT_TRUE(parse_nep6(to_json(wallet)).has_value());
  add_account();
  EXPECT_EQ(parse_nep6(to_json(wallet)).error().code(), Code::invalid_nep6);
}

}  // namespace
}  // namespace nsl::neo
