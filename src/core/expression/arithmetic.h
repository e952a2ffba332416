// Arithmetic on integers of 256 bits that says when a result does not fit, instead of wrapping.
#pragma once

#include <optional>

#include "core/neo/integer.h"

namespace nsl::expression {

// Nothing when the result needs more than 256 bits.
std::optional<neo::Integer> checked_add(const neo::Integer& left, const neo::Integer& right);
std::optional<neo::Integer> checked_subtract(const neo::Integer& left, const neo::Integer& right);
std::optional<neo::Integer> checked_multiply(const neo::Integer& left, const neo::Integer& right);
std::optional<neo::Integer> checked_negate(const neo::Integer& value);

// Towards zero; the remainder has the sign of the dividend. The divisor must not be zero.
std::optional<neo::Integer> checked_divide(const neo::Integer& dividend,
                                           const neo::Integer& divisor);
neo::Integer remainder(const neo::Integer& dividend, const neo::Integer& divisor);

}  // namespace nsl::expression
