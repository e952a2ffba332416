// Intents as the API shows them, and the reading of what requests carry as text.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/neo/signer.h"
#include "core/neo/stack_item.h"
#include "enclave/transactions/submitter.h"
#include "nsl/v1/transaction.pb.h"

namespace nsl::enclave::transactions {

// "txn_..." as it is; a run's "run_.../3" with a dot, so that it fits into a path.
std::string to_public_id(const std::string& id);
std::string to_intent_id(const std::string& public_id);

nsl::v1::Transaction describe(const std::string& id, const stored::IntentRecord& intent,
                              const std::optional<Error>& refusal);

// JSON text of a list of contract arguments (json_arguments.h); empty text: none.
Result<neo::StackItem::List> parse_arguments(const std::string& text);
// JSON text of one contract argument; empty text: null.
Result<neo::StackItem> parse_argument(const std::string& text);
// Scopes and contracts of a signer; its account is left to the caller.
Result<neo::Signer> parse_signer(const nsl::v1::TransactionSigner& asked);

}  // namespace nsl::enclave::transactions
