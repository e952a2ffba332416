// What executions left behind, as messages of the contract.
#pragma once

#include <string>

#include "core/base/result.h"
#include "enclave/chain_access/chain_access.h"
#include "nsl/v1/chain.pb.h"

namespace nsl::enclave::chain_access {

// `item` is within the limits of stack items; nothing is what a node could not write.
void put_stack_item(const std::optional<neo::StackItem>& item, nsl::v1::StackItem& message);

// One page of a log: from the notification `cursor` names on, as many as an answer has room for.
// Code::invalid_argument for a cursor that is no number.
Result<nsl::v1::ChainLog> log_message(const neo::ApplicationLog& log, const std::string& cursor,
                                      const Proof& proof);
nsl::v1::ContractCallResult call_message(const CallResult& result, const Proof& proof);

// Code::limit_exceeded when the message is too large for an answer.
Result<void> check_answer_size(const google::protobuf::Message& message);

}  // namespace nsl::enclave::chain_access
