// Blocks and transactions as events: what the sources `block` and `transaction` of triggers name.
//
// TRUST: the block is proven by the headers the enclave has verified, or, when it is older than
// those, the word of as many nodes as must agree; its transactions by its merkle root. That a
// contract notified something is always the nodes' word.
#pragma once

#include <string_view>
#include <vector>

#include "core/expression/check.h"
#include "enclave/chain_access/chain_access.h"
#include "enclave/triggers/event_receiver.h"
#include "enclave/triggers/event_source.h"
#include "nsl/v1/trigger.pb.h"

namespace nsl::enclave::triggers {

// What the host is asked to report for such triggers: every block.
inline const EventName kEveryBlock = {};

bool is_of_blocks(const nsl::v1::TriggerSource& source);
// What the expressions of the source's filter may name.
const expression::Declarations& block_declarations(const nsl::v1::TriggerSource& source);

// As people write it; accounts become hashes in `source`. Messages start with the pointer of the
// field.
Result<EventSource> parse_block_source(nsl::v1::TriggerSource& source);
// What is stored, without the block live events begin with.
EventSource block_source_of(const nsl::v1::TriggerSource& source);

// What the source names in the block, in the order of the chain, whatever its block range.
Result<std::vector<ConfirmedEvent>> block_events(chain_access::ChainAccess& access,
                                                 const nsl::v1::TriggerSource& source,
                                                 const chain_access::FoundBlock& found,
                                                 const Deadline& deadline);

}  // namespace nsl::enclave::triggers
