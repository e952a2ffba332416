#include "enclave/triggers/event_filter.h"

#include "core/base/limits.h"
#include "core/expression/check.h"
#include "core/expression/evaluate.h"
#include "core/expression/stack_item_value.h"
#include "core/neo/application_log.h"

namespace nsl::enclave::triggers {
namespace {

using expression::Kind;
using expression::Value;

constexpr std::string_view kArguments = "args";
constexpr std::string_view kContract = "contract";
constexpr std::string_view kEvent = "event";
constexpr std::string_view kTransaction = "transaction";
constexpr std::string_view kBlock = "block";

const expression::Declarations& declarations() {
  static const expression::Declarations kDeclarations = {
      {std::string(kArguments), Kind::list}, {std::string(kContract), Kind::text},
      {std::string(kEvent), Kind::text},     {std::string(kTransaction), Kind::text},
      {std::string(kBlock), Kind::integer},
  };
  return kDeclarations;
}

auto refuse(const Error& error) { return fail(error.code(), "/filter: " + error.message()); }

Result<Value> arguments_value(const std::string& arguments_json) {
  NSL_TRY(
      const neo::JsonValue json,
      neo::parse_json(arguments_json, static_cast<std::size_t>(limits::kEventArgumentBytesMax)));
  const neo::JsonValue::Array* items = json.find_array();
  if (items == nullptr) return fail(Code::node_malformed_reply);
  Value::List values;
  for (const neo::JsonValue& item : *items) {
    NSL_TRY(const neo::StackItem stack_item, neo::parse_rpc_stack_item(item));
    NSL_TRY(Value value, expression::value_of(stack_item));
    values.push_back(std::move(value));
  }
  return Value::list(std::move(values));
}

}  // namespace

Result<void> check_filter(std::string_view filter) { return check_filter(filter, declarations()); }

Result<void> check_filter(std::string_view filter, const expression::Declarations& declarations) {
  if (filter.empty()) return {};
  const auto parsed = expression::parse_expression(filter);
  if (!parsed.has_value()) return refuse(parsed.error());
  const auto checked = expression::check_condition(*parsed, declarations);
  if (!checked.has_value()) return refuse(checked.error());
  return {};
}

Result<EventFilter> EventFilter::parse(std::string_view filter) {
  EventFilter result;
  if (filter.empty()) return result;
  NSL_TRY(result.condition_, expression::parse_expression(filter));
  return result;
}

Result<bool> EventFilter::is_met(const nsl::v1::RunEvent& event, const std::string& arguments_json,
                                 expression::Budget& budget) const {
  if (!condition_.has_value()) return true;
  NSL_TRY(Value arguments, arguments_value(arguments_json));
  const expression::Variables variables = {
      {std::string(kArguments), std::move(arguments)},
      {std::string(kContract), Value::text(event.contract())},
      {std::string(kEvent), Value::text(event.event())},
      {std::string(kTransaction), Value::text(event.transaction())},
      {std::string(kBlock), Value::integer(std::int64_t{event.block()})},
  };
  return expression::evaluate_condition(*condition_, variables, budget);
}

Result<bool> EventFilter::is_met(const ConfirmedEvent& event, expression::Budget& budget) const {
  if (!event.variables.has_value()) return is_met(event.event, event.arguments_json, budget);
  if (!condition_.has_value()) return true;
  return expression::evaluate_condition(*condition_, *event.variables, budget);
}

Result<bool> meets_filter(std::string_view filter, const ConfirmedEvent& event) {
  NSL_TRY(const EventFilter parsed, EventFilter::parse(filter));
  expression::Budget budget;
  return parsed.is_met(event, budget);
}

Result<bool> meets_filter(std::string_view filter, const nsl::v1::RunEvent& event,
                          const std::string& arguments_json) {
  NSL_TRY(const EventFilter parsed, EventFilter::parse(filter));
  expression::Budget budget;
  return parsed.is_met(event, arguments_json, budget);
}

}  // namespace nsl::enclave::triggers
