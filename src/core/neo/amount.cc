#include "core/neo/amount.h"

#include "core/neo/integer.h"

namespace nsl::neo {

Result<GasAmount> GasAmount::parse_datoshi(std::int64_t datoshi) {
  if (datoshi < 0) return fail(Code::invalid_amount, "An amount of GAS is not negative");
  return GasAmount(datoshi);
}

Result<GasAmount> GasAmount::parse(std::string_view text) {
  NSL_TRY(const Integer datoshi, parse_token_amount(text, kDecimals));
  const auto value = datoshi.to_int64();
  if (!value.has_value()) return fail(Code::invalid_amount, "The amount is too large");
  return parse_datoshi(*value);
}

Result<GasAmount> GasAmount::parse_datoshi_text(std::string_view text) {
  const Result<Integer> integer = Integer::parse_decimal(text);
  if (!integer.has_value()) return fail(Code::invalid_amount);
  const auto value = integer->to_int64();
  if (!value.has_value()) return fail(Code::invalid_amount, "The amount is too large");
  return parse_datoshi(*value);
}

std::string GasAmount::to_text() const { return to_token_amount(Integer(datoshi_), kDecimals); }

Result<GasAmount> GasAmount::plus(GasAmount other) const {
  if (datoshi_ > INT64_MAX - other.datoshi_) {
    return fail(Code::invalid_amount, "The sum is too large");
  }
  return GasAmount(datoshi_ + other.datoshi_);
}

Result<GasAmount> GasAmount::minus(GasAmount other) const {
  if (other.datoshi_ > datoshi_) return fail(Code::invalid_amount, "The difference is negative");
  return GasAmount(datoshi_ - other.datoshi_);
}

}  // namespace nsl::neo
