// Two JSON texts of a stack item.
//
// The RPC form is what nodes send: {"type":"Integer","value":"1"}; byte strings are Base64.
//
// The plain form is what functions read. Its shape depends only on the declared type, never on the
// value: integers are decimal strings (JSON numbers lose digits above 2^53), byte strings Base64,
// text a string, hashes 0x and big-endian digits, public keys hexadecimal, maps [[key, value],
// ...], what cannot leave the virtual machine null.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/neo/parameter_type.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

// `item` must be within the limits.
std::string to_rpc_json(const StackItem& item);

// Fails when the value does not fit the declared type. A null fits every type but Void.
Result<std::string> to_plain_json(const StackItem& item, ParameterType declared);

}  // namespace nsl::neo
