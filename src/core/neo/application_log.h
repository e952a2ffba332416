// What a node tells of executions: stack items, notifications, application logs and the results of
// test runs, from the JSON of its RPC.
//
// TRUST: nothing in a block commits to any of it; a caller believes it on the word of as many nodes
// as it asks. What a node could not write as an item (it says so in a text) is kept as absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/neo/amount.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/stack_item.h"

namespace nsl::neo {

// neo-project/neo ApplicationEngine.MaxNotificationCount bounds one transaction; a block's own
// executions notify once for each balance they change.
inline constexpr std::size_t kNotificationsMax = 65535;
// neo-project/neo ApplicationEngine.MaxEventName.
inline constexpr std::size_t kEventNameBytesMax = 32;

// {"type":"Integer","value":"1"}. Within the limits of stack items; iterators and pointers become
// opaque items.
Result<StackItem> parse_rpc_stack_item(const JsonValue& json);

// An iterator a call returned: an id of the session to ask, or the first items, as the node is
// configured.
struct RpcIterator {
  std::string id;
  std::vector<StackItem> items;
  // More items follow that the node did not send.
  bool is_truncated = false;
};
Result<RpcIterator> parse_rpc_iterator(const JsonValue& json);

struct Notification {
  UInt160 contract;
  std::string event;
  // An array; nothing when the node could not write it.
  std::optional<StackItem> state;

  friend bool operator==(const Notification&, const Notification&) = default;
};
Result<Notification> parse_rpc_notification(const JsonValue& json);

enum class Trigger : std::uint8_t {
  on_persist = 0x01,
  post_persist = 0x02,
  verification = 0x20,
  application = 0x40,
};
std::string_view trigger_name(Trigger trigger);

enum class VmState : std::uint8_t { halt, fault };

struct Execution {
  Trigger trigger = Trigger::application;
  VmState state = VmState::fault;
  GasAmount gas_consumed;
  // Empty when the execution ended well.
  std::string exception;
  std::vector<std::optional<StackItem>> stack;
  // None when the state is fault.
  std::vector<Notification> notifications;

  friend bool operator==(const Execution&, const Execution&) = default;
};

struct ApplicationLog {
  // A transaction, or a block for its own executions.
  UInt256 container;
  bool is_of_transaction = true;
  std::vector<Execution> executions;

  friend bool operator==(const ApplicationLog&, const ApplicationLog&) = default;
};
// getapplicationlog. Code::node_malformed_reply for another form.
Result<ApplicationLog> parse_rpc_application_log(const JsonValue& json);

struct InvocationResult {
  VmState state = VmState::fault;
  GasAmount gas_consumed;
  std::string exception;
  std::vector<std::optional<StackItem>> stack;
  std::vector<Notification> notifications;
  // Of the node, for iterators; empty when it keeps none.
  std::string session;

  friend bool operator==(const InvocationResult&, const InvocationResult&) = default;
};
// invokefunction, invokescript, invokecontractverify.
Result<InvocationResult> parse_rpc_invocation(const JsonValue& json);

}  // namespace nsl::neo
