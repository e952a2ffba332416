// {type, value} as nodes' RPC names contract arguments, read into stack items. Differing from RPC,
// byte fields are hexadecimal here, as everywhere in these tools.
#pragma once

#include "core/base/result.h"
#include "core/neo/json.h"
#include "core/neo/script_builder.h"
#include "core/neo/stack_item.h"

namespace nsl::client::neo_tools {

// Any, Boolean, Integer, ByteArray, String, Hash160, Hash256, PublicKey, Signature, Array, Map.
// A null of any type is the virtual machine's null.
Result<neo::StackItem> parse_argument(const neo::JsonValue& argument);
Result<neo::StackItem::List> parse_arguments(const neo::JsonValue::Array& arguments);

// A number, or names such as "ReadStates, AllowCall".
Result<neo::CallFlags> parse_call_flags(const neo::JsonValue& flags);

}  // namespace nsl::client::neo_tools
