#include "core/neo/account_state.h"

#include <gtest/gtest.h>

#include "core/neo/native.h"
#include "core/neo/stack_item.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

Result<Integer> parse(const StackItem& item) {
  return parse_account_balance(serialize(item).value());
}

TEST(AccountState, ReadsTheBalanceOfBothTokens) {
  // What a node of neo-go v0.122.0 keeps of an account with 1.5 GAS, and of the one with all NEO.
  EXPECT_EQ(parse_account_balance(from_hex("4101210480d1f008")).value(), Integer(150'000'000));
  EXPECT_EQ(parse_account_balance(from_hex("4104210400e1f5052100002100")).value(),
            Integer(100'000'000));
  EXPECT_EQ(parse(StackItem::structure({StackItem::integer(0)})).value(), Integer(0));
}

TEST(AccountState, RefusesWhatNoNativeTokenWrites) {
  const StackItem balance = StackItem::integer(1);
  for (const StackItem& item :
       {StackItem::structure({}), StackItem::structure({StackItem::integer(-1)}),
        StackItem::structure({StackItem::byte_string({1})}), StackItem::array({balance}), balance,
        StackItem::structure({balance, balance, balance, balance, balance})}) {
    EXPECT_EQ(parse(item).error().code(), Code::invalid_stack_item);
  }
  EXPECT_FALSE(parse_account_balance({}).has_value());
  EXPECT_FALSE(parse_account_balance(from_hex("410121")).has_value());
}

TEST(AccountState, KnowsWhoseLayoutItIs) {
  EXPECT_TRUE(keeps_account_states(hash_of(kNeoToken)));
  EXPECT_TRUE(keeps_account_states(hash_of(kGasToken)));
  EXPECT_FALSE(keeps_account_states(hash_of(kPolicyContract)));
  EXPECT_FALSE(keeps_account_states(UInt160()));
  UInt160::Array bytes{};
  bytes[0] = 0xaa;
  EXPECT_EQ(codec::encode_hex(make_account_key(UInt160(bytes))), "14aa" + std::string(38, '0'));
}

}  // namespace
}  // namespace nsl::neo
