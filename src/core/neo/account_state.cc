#include "core/neo/account_state.h"

#include <algorithm>

#include "core/neo/native.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {
namespace {

// neo-project/neo FungibleToken.Prefix_Account.
constexpr std::uint8_t kAccountPrefix = 20;
// GAS keeps the balance alone (AccountState), NEO height, vote and last reward behind it
// (NeoAccountState; the reward since Cockatrice).
constexpr std::size_t kFieldsMax = 4;

}  // namespace

bool keeps_account_states(const UInt160& token) {
  return token == hash_of(kNeoToken) || token == hash_of(kGasToken);
}

Bytes make_account_key(const UInt160& account) {
  Bytes key(1 + UInt160::kSize, kAccountPrefix);
  std::ranges::copy(account.little_endian(), key.begin() + 1);
  return key;
}

Result<Integer> parse_account_balance(ByteView state) {
  NSL_TRY(const StackItem item, parse_stack_item(state));
  if (item.type() != StackItemType::structure) return fail(Code::invalid_stack_item);
  NSL_TRY(const StackItem::List& fields, item.items());
  if (fields.empty() || fields.size() > kFieldsMax) return fail(Code::invalid_stack_item);
  if (fields.front().type() != StackItemType::integer) return fail(Code::invalid_stack_item);
  NSL_TRY(const Integer balance, fields.front().to_integer());
  if (balance.is_negative()) return fail(Code::invalid_stack_item);
  return balance;
}

}  // namespace nsl::neo
