// Typed arguments of a contract call, as people send them.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include "core/base/result.h"
#include "core/neo/stack_item.h"
#include "nsl/v1/chain.pb.h"

namespace nsl::enclave::chain_access {

// Within the limits of stack items. Code::invalid_argument names the argument that is none.
Result<neo::StackItem::List> parse_arguments(
    const google::protobuf::RepeatedPtrField<nsl::v1::ContractArgument>& arguments);

}  // namespace nsl::enclave::chain_access
