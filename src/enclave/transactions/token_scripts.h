// Tokens: scripts that pay with NEP-17 and NEP-11 tokens, and what a node says of them. Every
// transfer asserts its result, because a token answers false to one it refuses and the transaction
// would HALT all the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/hash.h"
#include "core/neo/integer.h"
#include "core/neo/stack_item.h"
#include "enclave/chain/chain.h"

namespace nsl::enclave::transactions {

struct Payment {
  neo::UInt160 token;
  neo::UInt160 to;
  // As people write it: "12.5". Empty for an indivisible NEP-11 token.
  std::string amount;
  // Handed to the receiver's onNEP17Payment or onNEP11Payment.
  neo::StackItem data;
  // Set: NEP-11.
  std::optional<Bytes> token_id;
};

struct TransferScript {
  Bytes script;
  // GAS that leaves the account; zero for every other token.
  neo::GasAmount spends;
};

struct TokenBalance {
  neo::UInt160 token;
  std::string symbol;
  std::uint8_t decimals = 0;
  neo::Integer amount;
};

// Of NEO or GAS, without the amount.
TokenBalance native_token(const neo::UInt160& token);
// "NEO", "GAS", 0x + hash or an address.
Result<neo::UInt160> parse_asset(std::string_view text);

class TokenReader {
 public:
  explicit TokenReader(chain::Chain& chain) : chain_(chain) {}

  // Code::invalid_amount; Code::token_refused when the contract has no decimals.
  // TRUST: the decimals of other tokens than NEO and GAS are the nodes' word, agreed by as many as
  // Chain::proof() says.
  Result<TransferScript> make_transfer(const neo::UInt160& from, const Payment& payment,
                                       const Deadline& deadline);
  // Code::token_refused.
  Result<TokenBalance> read_balance(const neo::UInt160& token, const neo::UInt160& account,
                                    const Deadline& deadline);

 private:
  Result<std::uint8_t> read_decimals(const neo::UInt160& token, const Deadline& deadline);
  Result<neo::StackItem> read(const neo::UInt160& token, std::string_view method,
                              const neo::StackItem::List& arguments, const Deadline& deadline);

  chain::Chain& chain_;
};

}  // namespace nsl::enclave::transactions
