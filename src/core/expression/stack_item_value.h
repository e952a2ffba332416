// What a contract says, as values of expressions: Integer as int, ByteString and Buffer as bytes,
// Boolean as bool, Array and Struct as list, Map as map, null as null. Pointers and interop items
// become opaque values, so that one of them does not hide the arguments beside it.
#pragma once

#include "core/base/result.h"
#include "core/expression/value.h"
#include "core/neo/stack_item.h"

namespace nsl::expression {

// Fails for items above the limits of check_stack_item_limits and maps that hold a key twice.
Result<Value> value_of(const neo::StackItem& item);

}  // namespace nsl::expression
