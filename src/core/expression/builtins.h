// The code behind each row of the table of functions. Arguments have the kinds the row names; what
// the values themselves make impossible is Code::expression_failed, without a position. The step
// every call costs is spent already; these spend what grows with the arguments, before the work.
#pragma once

#include <span>

#include "core/base/result.h"
#include "core/expression/budget.h"
#include "core/expression/value.h"

namespace nsl::expression {

using Arguments = std::span<const Value>;

// Code points, bytes, items or entries.
Result<Value> evaluate_size(Arguments arguments, Budget& budget);

// Two strings, or two bytes.
Result<Value> evaluate_contains(Arguments arguments, Budget& budget);
Result<Value> evaluate_starts_with(Arguments arguments, Budget& budget);
Result<Value> evaluate_ends_with(Arguments arguments, Budget& budget);
Result<Value> evaluate_lower_ascii(Arguments arguments, Budget& budget);
Result<Value> evaluate_upper_ascii(Arguments arguments, Budget& budget);

Result<Value> evaluate_bool(Arguments arguments, Budget& budget);
// Decimal text; bytes as the Neo virtual machine reads them, little-endian two's complement.
Result<Value> evaluate_int(Arguments arguments, Budget& budget);
Result<Value> evaluate_string(Arguments arguments, Budget& budget);
Result<Value> evaluate_bytes(Arguments arguments, Budget& budget);
Result<Value> evaluate_type(Arguments arguments, Budget& budget);
Result<Value> evaluate_dyn(Arguments arguments, Budget& budget);

Result<Value> evaluate_hex(Arguments arguments, Budget& budget);
Result<Value> evaluate_unhex(Arguments arguments, Budget& budget);

// An address or 0x and 40 digits, as the 20 bytes contracts see.
Result<Value> evaluate_hash160(Arguments arguments, Budget& budget);
// 0x and 64 digits, as the 32 bytes contracts see.
Result<Value> evaluate_hash256(Arguments arguments, Budget& budget);
Result<Value> evaluate_address(Arguments arguments, Budget& budget);

}  // namespace nsl::expression
