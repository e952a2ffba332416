#include "enclave/transactions/token_scripts.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/assert.h"
#include "core/neo/address.h"
#include "core/neo/contract.h"
#include "core/neo/script_builder.h"

namespace nsl::enclave::transactions {
namespace {

// NEP-17 leaves the number open; no token in use comes near, and the text of an amount stays short.
constexpr std::int64_t kDecimalsMax = 38;

neo::UInt160 neo_token() { return neo::native_contract_hash("NeoToken"); }
neo::UInt160 gas_token() { return neo::native_contract_hash("GasToken"); }

Result<neo::Integer> parse_amount(const std::string& text, std::uint8_t decimals) {
  Result<neo::Integer> amount = neo::parse_token_amount(text, decimals);
  if (amount.has_value() && !amount->is_zero()) return amount;
  return fail(Code::invalid_amount,
              fmt::format("/amount: is not a positive number with at most {} decimals", decimals));
}

Result<Bytes> make_item_transfer(const neo::UInt160& from, const Payment& payment,
                                 const std::optional<neo::Integer>& amount) {
  neo::StackItem::List arguments;
  if (amount.has_value()) arguments.push_back(neo::to_argument(from));
  arguments.push_back(neo::to_argument(payment.to));
  if (amount.has_value()) arguments.push_back(neo::StackItem::integer(*amount));
  arguments.push_back(neo::StackItem::byte_string(*payment.token_id));
  arguments.push_back(payment.data);
  neo::ScriptBuilder builder;
  builder.call(payment.token, "transfer", arguments).emit(neo::Opcode::assert_);
  return std::move(builder).finish();
}

}  // namespace

TokenBalance native_token(const neo::UInt160& token) {
  NSL_ASSERT(token == neo_token() || token == gas_token());
  if (token == neo_token()) return {.token = token, .symbol = "NEO", .decimals = 0, .amount = {}};
  return {.token = token, .symbol = "GAS", .decimals = neo::GasAmount::kDecimals, .amount = {}};
}

Result<neo::UInt160> parse_asset(std::string_view text) {
  if (text == "NEO") return neo_token();
  if (text == "GAS") return gas_token();
  Result<neo::UInt160> hash = neo::parse_account(text);
  if (hash.has_value()) return hash;
  return fail(Code::invalid_hash, "/asset: NEO, GAS, or 0x and 40 digits");
}

Result<TransferScript> TokenReader::make_transfer(const neo::UInt160& from, const Payment& payment,
                                                  const Deadline& deadline) {
  TransferScript made;
  if (payment.token_id.has_value()) {
    std::optional<neo::Integer> amount;
    if (!payment.amount.empty()) {
      NSL_TRY(const std::uint8_t decimals, read_decimals(payment.token, deadline));
      NSL_TRY(amount, parse_amount(payment.amount, decimals));
    }
    NSL_TRY(made.script, make_item_transfer(from, payment, amount));
    return made;
  }
  NSL_TRY(const std::uint8_t decimals, read_decimals(payment.token, deadline));
  NSL_TRY(const neo::Integer amount, parse_amount(payment.amount, decimals));
  NSL_TRY(made.script, neo::make_transfer_script({.token = payment.token,
                                                  .from = from,
                                                  .to = payment.to,
                                                  .amount = amount,
                                                  .data = payment.data}));
  if (payment.token == gas_token() && payment.to != from) {
    const std::optional<std::int64_t> datoshi = amount.to_int64();
    if (!datoshi.has_value()) return fail(Code::invalid_amount, "/amount: is more GAS than exists");
    NSL_TRY(made.spends, neo::GasAmount::parse_datoshi(*datoshi));
  }
  return made;
}

Result<TokenBalance> TokenReader::read_balance(const neo::UInt160& token,
                                               const neo::UInt160& account,
                                               const Deadline& deadline) {
  TokenBalance balance{.token = token, .symbol = {}, .decimals = 0, .amount = {}};
  NSL_TRY(const neo::StackItem amount,
          read(token, "balanceOf", {neo::to_argument(account)}, deadline));
  const Result<neo::Integer> number = amount.to_integer();
  if (!number.has_value()) return fail(Code::token_refused);
  balance.amount = *number;
  NSL_TRY(balance.decimals, read_decimals(token, deadline));
  if (token == neo_token() || token == gas_token()) {
    balance.symbol = native_token(token).symbol;
    return balance;
  }
  NSL_TRY(const neo::StackItem symbol, read(token, "symbol", {}, deadline));
  const Result<std::string> text = symbol.to_text();
  if (!text.has_value()) return fail(Code::token_refused);
  balance.symbol = *text;
  return balance;
}

Result<std::uint8_t> TokenReader::read_decimals(const neo::UInt160& token,
                                                const Deadline& deadline) {
  if (token == neo_token()) return std::uint8_t{0};
  if (token == gas_token()) return neo::GasAmount::kDecimals;
  NSL_TRY(const neo::StackItem item, read(token, "decimals", {}, deadline));
  const Result<neo::Integer> number = item.to_integer();
  const std::optional<std::int64_t> value =
      number.has_value() ? number->to_int64() : std::optional<std::int64_t>();
  if (!value.has_value() || *value < 0 || *value > kDecimalsMax) return fail(Code::token_refused);
  return static_cast<std::uint8_t>(*value);
}

Result<neo::StackItem> TokenReader::read(const neo::UInt160& token, std::string_view method,
                                         const neo::StackItem::List& arguments,
                                         const Deadline& deadline) {
  NSL_TRY(const Bytes script,
          neo::make_call_script(token, method, arguments, neo::CallFlags::read_only));
  NSL_TRY(chain::Invocation answer, chain_.invoke_script(script, {}, deadline));
  if (!answer.is_halt || answer.stack.empty()) return fail(Code::token_refused);
  return std::move(answer.stack.front());
}

}  // namespace nsl::enclave::transactions
