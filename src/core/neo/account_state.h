// What the native tokens NEO and GAS keep of an account in their storage. Theirs is the only layout
// that is part of the protocol: where another token keeps its balances is its own affair.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/integer.h"

namespace nsl::neo {

// Whether the contract is NEO or GAS.
bool keeps_account_states(const UInt160& token);
// The key, without the contract's id. neo-project/neo FungibleToken.Prefix_Account.
Bytes make_account_key(const UInt160& account);
// How much the account has. Code::invalid_stack_item for what no native token writes.
Result<Integer> parse_account_balance(ByteView state);

}  // namespace nsl::neo
