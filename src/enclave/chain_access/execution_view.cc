#include "enclave/chain_access/execution_view.h"

#include <charconv>

#include "core/base/limits.h"
#include "core/rest/json_printer.h"

namespace nsl::enclave::chain_access {
namespace {

using Message = nsl::v1::StackItem;

Message::Type type_of(neo::StackItemType type) {
  switch (type) {
    case neo::StackItemType::any:
      return Message::Any;
    case neo::StackItemType::pointer:
      return Message::Pointer;
    case neo::StackItemType::boolean:
      return Message::Boolean;
    case neo::StackItemType::integer:
      return Message::Integer;
    case neo::StackItemType::byte_string:
      return Message::ByteString;
    case neo::StackItemType::buffer:
      return Message::Buffer;
    case neo::StackItemType::array:
      return Message::Array;
    case neo::StackItemType::structure:
      return Message::Struct;
    case neo::StackItemType::map:
      return Message::Map;
    case neo::StackItemType::interop:
      return Message::InteropInterface;
  }
  return Message::Unreadable;
}

void put_item(const neo::StackItem& item, Message& message) {
  message.set_type(type_of(item.type()));
  switch (item.type()) {
    case neo::StackItemType::boolean:
      message.set_boolean(item.to_boolean().value());
      return;
    case neo::StackItemType::integer:
      message.set_integer(item.to_integer().value().to_decimal());
      return;
    case neo::StackItemType::byte_string:
    case neo::StackItemType::buffer:
      message.set_bytes(to_string(item.to_bytes().value()));
      return;
    case neo::StackItemType::array:
    case neo::StackItemType::structure:
      for (const neo::StackItem& each : item.items().value().get()) {
        put_item(each, *message.add_items());
      }
      return;
    case neo::StackItemType::map:
      for (const auto& [key, value] : item.entries().value().get()) {
        nsl::v1::StackMapEntry& entry = *message.add_entries();
        put_item(key, *entry.mutable_key());
        put_item(value, *entry.mutable_value());
      }
      return;
    case neo::StackItemType::any:
    case neo::StackItemType::pointer:
    case neo::StackItemType::interop:
      return;
  }
}

void put_notification(const neo::Notification& notification, nsl::v1::ChainNotification& message) {
  message.set_contract(notification.contract.to_text());
  message.set_event(notification.event);
  put_stack_item(notification.state, *message.mutable_state());
}

std::string state_text(neo::VmState state) {
  return state == neo::VmState::halt ? "HALT" : "FAULT";
}

// What a message takes in an answer: JSON is the longest of its forms.
std::int64_t size_of(const google::protobuf::Message& message) {
  const Result<std::string> text = rest::print_json(message);
  // Only text that is not UTF-8 has none; the binary form then has one.
  return static_cast<std::int64_t>(text.has_value() ? text->size() : message.ByteSizeLong());
}

std::unexpected<Error> too_large() {
  return fail(Code::limit_exceeded, "The answer is too large: ask for less of it");
}

Result<std::size_t> parse_cursor(const std::string& cursor) {
  std::uint32_t first = 0;
  if (cursor.empty()) return std::size_t{0};
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), first);
  if (error == std::errc() && end == cursor.data() + cursor.size()) return std::size_t{first};
  return fail(Code::invalid_argument, "/cursor: is none of this log");
}

// A page of notifications, counted over all executions.
class Page {
 public:
  explicit Page(std::size_t first) : first_(first) {}

  // False when there is no room for it.
  bool add(const neo::Notification& notification, nsl::v1::ChainExecution& execution) {
    const std::size_t index = next_++;
    if (index < first_) return true;
    nsl::v1::ChainNotification message;
    put_notification(notification, message);
    bytes_ += size_of(message);
    if (bytes_ > limits::kChainAnswerBytesMax && index > first_) {
      cursor_ = std::to_string(index);
      return false;
    }
    *execution.add_notifications() = std::move(message);
    return true;
  }
  void take_room(std::int64_t bytes) { bytes_ += bytes; }
  const std::string& cursor() const { return cursor_; }

 private:
  const std::size_t first_;
  std::size_t next_ = 0;
  std::int64_t bytes_ = 0;
  std::string cursor_;
};

}  // namespace

void put_stack_item(const std::optional<neo::StackItem>& item, nsl::v1::StackItem& message) {
  if (item.has_value()) {
    put_item(*item, message);
  } else {
    message.set_type(Message::Unreadable);
  }
}

Result<nsl::v1::ChainLog> log_message(const neo::ApplicationLog& log, const std::string& cursor,
                                      const Proof& proof) {
  NSL_TRY(const std::size_t first, parse_cursor(cursor));
  nsl::v1::ChainLog message;
  message.set_hash(log.container.to_text());
  message.set_of_block(!log.is_of_transaction);
  put_proof(proof, *message.mutable_proof());
  Page page(first);
  for (const neo::Execution& execution : log.executions) {
    nsl::v1::ChainExecution& entry = *message.add_executions();
    entry.set_trigger(std::string(neo::trigger_name(execution.trigger)));
    entry.set_state(state_text(execution.state));
    entry.set_gas_consumed(execution.gas_consumed.to_text());
    entry.set_exception(execution.exception);
    if (first == 0) {
      for (const auto& item : execution.stack) put_stack_item(item, *entry.add_stack());
    }
    page.take_room(size_of(entry));
    for (const neo::Notification& notification : execution.notifications) {
      if (!page.add(notification, entry)) break;
    }
    if (!page.cursor().empty()) break;
  }
  message.set_next_cursor(page.cursor());
  // One notification more than there is room for still fits a frame; a huge stack does not.
  if (size_of(message) > 2 * limits::kChainAnswerBytesMax) return too_large();
  return message;
}

nsl::v1::ContractCallResult call_message(const CallResult& result, const Proof& proof) {
  nsl::v1::ContractCallResult message;
  message.set_state(state_text(result.result.state));
  message.set_gas_consumed(result.result.gas_consumed.to_text());
  message.set_exception(result.result.exception);
  for (const auto& item : result.result.stack) put_stack_item(item, *message.add_stack());
  for (const neo::Notification& notification : result.result.notifications) {
    put_notification(notification, *message.add_notifications());
  }
  message.set_iterator_has_more(result.iterator_has_more);
  message.set_block(result.block.value());
  put_proof(proof, *message.mutable_proof());
  return message;
}

Result<void> check_answer_size(const google::protobuf::Message& message) {
  if (size_of(message) <= limits::kChainAnswerBytesMax) return {};
  return too_large();
}

}  // namespace nsl::enclave::chain_access
