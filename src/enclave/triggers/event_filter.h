// The condition of a trigger: an expression over one event, checked when the trigger is set and
// computed for each event within limits::kExpressionCostMax steps.
//
// Of a contract's event its variables are: `args` (list, the event's arguments), `contract`
// ("0x..."), `event` (the name), `transaction` ("0x...") and `block`; of a block or a transaction
// those of block_events.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/expression/budget.h"
#include "core/expression/check.h"
#include "core/expression/expression.h"
#include "enclave/triggers/event_receiver.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::triggers {

// Fails with what is wrong and where, as a violation of the field /filter.
Result<void> check_filter(std::string_view filter);
Result<void> check_filter(std::string_view filter, const expression::Declarations& declarations);

// A filter that has passed check_filter(), for many events.
class EventFilter {
 public:
  static Result<EventFilter> parse(std::string_view filter);
  // Whether the event meets the condition; an empty one is met by every event. Fails when the
  // condition has no value for this event. `arguments_json` is the node's JSON of the items.
  Result<bool> is_met(const nsl::v1::RunEvent& event, const std::string& arguments_json,
                      expression::Budget& budget) const;
  Result<bool> is_met(const ConfirmedEvent& event, expression::Budget& budget) const;

 private:
  std::optional<expression::Expression> condition_;
};

// Whether the event meets the filter, within limits::kExpressionCostMax steps.
Result<bool> meets_filter(std::string_view filter, const nsl::v1::RunEvent& event,
                          const std::string& arguments_json);
Result<bool> meets_filter(std::string_view filter, const ConfirmedEvent& event);

}  // namespace nsl::enclave::triggers
