// GasAmount is an amount of GAS in datoshi, 1e-8 GAS (NEP-28). It is never negative and its sums
// are checked, so that a fee cannot wrap around.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nsl::neo {

class GasAmount {
 public:
  static constexpr std::uint8_t kDecimals = 8;
  static constexpr std::int64_t kDatoshiPerGas = 100000000;

  constexpr GasAmount() = default;

  static Result<GasAmount> parse_datoshi(std::int64_t datoshi);
  // "12.5" GAS.
  static Result<GasAmount> parse(std::string_view text);
  // Integer text of datoshi, as nodes write fees.
  static Result<GasAmount> parse_datoshi_text(std::string_view text);

  constexpr std::int64_t datoshi() const { return datoshi_; }
  // "12.5"
  std::string to_text() const;

  Result<GasAmount> plus(GasAmount other) const;
  // Fails when `other` is more than this.
  Result<GasAmount> minus(GasAmount other) const;

  friend constexpr bool operator==(GasAmount, GasAmount) = default;
  friend constexpr auto operator<=>(GasAmount, GasAmount) = default;

 private:
  constexpr explicit GasAmount(std::int64_t datoshi) : datoshi_(datoshi) {}

  std::int64_t datoshi_ = 0;
};

}  // namespace nsl::neo
