// What a trigger would have been started by: past events, judged by its filter. Starts nothing and
// stores nothing.
#pragma once

#include <cstddef>
#include <string>

#include <functional>
#include <vector>
#include "core/base/clock.h"

#include "enclave/chain/chain.h"
#include "enclave/triggers/event_receiver.h"
#include "enclave/triggers/event_source.h"
#include "nsl/v1/trigger.pb.h"

namespace nsl::enclave::triggers {

// The events of a block, in the order of the chain.
using FindEvents = std::function<Result<std::vector<ConfirmedEvent>>(neo::BlockIndex block,
                                                                     const Deadline& deadline)>;
// Those of a contract.
FindEvents finder_of(chain::Chain& chain, const EventSource& source);

struct PreviewRequest {
  FindEvents find;
  const std::string& filter;
  BlockRange range;
  std::size_t limit = 0;
  // Where the answer before ended; empty: at the beginning.
  const std::string& cursor;
  const Clock& clock;
};

// Reads at most limits::kPreviewBlocksMax blocks, and for as long as a step of a backfill.
Result<nsl::v1::TriggerPreview> preview_events(const PreviewRequest& request,
                                               const Deadline& deadline);

}  // namespace nsl::enclave::triggers
