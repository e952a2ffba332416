// Where a confirmed event goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/expression/value.h"
#include "enclave/records/records.h"
#include "enclave/triggers/subscription_index.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::triggers {

// How an event came to be looked at.
enum class Origin : std::uint8_t {
  live,  // Counts from the block on its subscriber waits from.
  past,  // Its subscriber asked for its block.
};

struct ConfirmedEvent {
  nsl::v1::RunEvent event;
  // Of the notification in its transaction.
  std::uint32_t index = 0;
  // The node's JSON of the items; of a block or transaction what it holds.
  std::string arguments_json;
  // What a function is given.
  std::string input;
  Origin origin = Origin::live;
  // What a filter over a block or a transaction may name; of a contract's event nothing.
  std::optional<expression::Variables> variables = std::nullopt;
};

// Id of the record that says that `owner` (id of a trigger or subscription) has the event.
vault::RecordKey accepted_key(const std::string& account, const std::string& owner,
                              const std::string& event_id);

class EventReceiver {
 public:
  virtual ~EventReceiver() = default;
  // The run it started, now or before, if any. The same event again changes nothing.
  virtual Result<std::optional<std::string>> receive(const Subscriber& subscriber,
                                                     const ConfirmedEvent& event,
                                                     const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::triggers
