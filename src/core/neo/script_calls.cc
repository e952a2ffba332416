#include "core/neo/script_calls.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/base/limits.h"
#include "core/neo/interop.h"
#include "core/neo/script_reader.h"

namespace nsl::neo {
namespace {

std::unexpected<Error> not_understood(std::string message) {
  return fail(Code::invalid_script, std::move(message));
}

constexpr std::size_t kFungibleArguments = 4;
constexpr std::size_t kWholeTokenArguments = 3;
constexpr std::size_t kDivisibleArguments = 5;

// A stack whose values are literals, or the results of calls, which nothing may look into.
class Reader {
 public:
  Result<void> take(const Instruction& instruction);
  Result<std::vector<ContractCall>> finish() &&;

 private:
  struct CallResult {
    std::size_t call;
  };
  using Value = std::variant<StackItem, CallResult>;

  Result<void> push(StackItem item);
  Result<StackItem> pop();
  Result<std::size_t> pop_count();
  Result<StackItem::List> pop_list();
  Result<void> pack_map();
  Result<void> convert(ByteView type);
  Result<void> call();
  Result<void> use_result(ResultUse use);

  std::vector<Value> stack_;
  std::vector<ContractCall> calls_;
};

Result<void> Reader::push(StackItem item) {
  if (stack_.size() >= limits::kNeoStackItemsMax) return not_understood("The stack overflows");
  NSL_TRY_VOID(check_stack_item_limits(item));
  stack_.emplace_back(std::move(item));
  return {};
}

Result<StackItem> Reader::pop() {
  if (stack_.empty()) return not_understood("The script takes from an empty stack");
  StackItem* item = std::get_if<StackItem>(&stack_.back());
  if (item == nullptr) return not_understood("The script goes on with the result of a call");
  StackItem result = std::move(*item);
  stack_.pop_back();
  return result;
}

Result<std::size_t> Reader::pop_count() {
  NSL_TRY(const StackItem item, pop());
  NSL_TRY(const Integer count, item.to_integer());
  const std::optional<std::int64_t> value = count.to_int64();
  if (!value.has_value() || *value < 0 || static_cast<std::uint64_t>(*value) > stack_.size()) {
    return not_understood("The script packs more than there is");
  }
  return static_cast<std::size_t>(*value);
}

Result<StackItem::List> Reader::pop_list() {
  NSL_TRY(const std::size_t count, pop_count());
  StackItem::List items;
  for (std::size_t i = 0; i < count; ++i) {
    NSL_TRY(StackItem item, pop());
    items.push_back(std::move(item));
  }
  return items;
}

Result<void> Reader::pack_map() {
  NSL_TRY(const std::size_t count, pop_count());
  StackItem::Entries entries;
  for (std::size_t i = 0; i < count; ++i) {
    NSL_TRY(StackItem key, pop());
    NSL_TRY_VOID(check_map_key(key, entries));
    NSL_TRY(StackItem value, pop());
    entries.emplace_back(std::move(key), std::move(value));
  }
  return push(StackItem::map(std::move(entries)));
}

// A literal buffer is a byte string that is converted.
Result<void> Reader::convert(ByteView type) {
  if (type[0] != static_cast<std::uint8_t>(StackItemType::buffer)) {
    return not_understood("The script converts a value");
  }
  NSL_TRY(const StackItem item, pop());
  if (item.type() != StackItemType::byte_string) return not_understood("A buffer is of bytes");
  NSL_TRY(Bytes bytes, item.to_bytes());
  return push(StackItem::buffer(std::move(bytes)));
}

// System.Contract.Call takes contract, method, flags and arguments, the contract on top.
Result<void> Reader::call() {
  ContractCall call;
  NSL_TRY(const StackItem contract, pop());
  NSL_TRY(const Bytes hash, contract.to_bytes());
  NSL_TRY(call.contract, UInt160::parse_little_endian(hash));
  NSL_TRY(const StackItem method, pop());
  NSL_TRY(call.method, method.to_text());
  NSL_TRY(const StackItem flags, pop());
  NSL_TRY(const Integer flags_value, flags.to_integer());
  const std::int64_t bits = flags_value.to_int64().value_or(-1);
  if (bits < 0 || bits > static_cast<std::int64_t>(CallFlags::all)) {
    return not_understood("Unknown call flags");
  }
  call.flags = static_cast<CallFlags>(bits);
  NSL_TRY(const StackItem arguments, pop());
  if (arguments.type() != StackItemType::array) return not_understood("Arguments are an array");
  NSL_TRY(const StackItem::List& items, arguments.items());
  call.arguments = items;
  stack_.emplace_back(CallResult{calls_.size()});
  calls_.push_back(std::move(call));
  return {};
}

Result<void> Reader::use_result(ResultUse use) {
  const CallResult* result = stack_.empty() ? nullptr : std::get_if<CallResult>(&stack_.back());
  if (result == nullptr) return not_understood("The script drops or asserts a literal");
  calls_[result->call].result = use;
  stack_.pop_back();
  return {};
}

Result<void> Reader::take(const Instruction& instruction) {
  if (const auto number = pushed_integer(instruction); number.has_value()) {
    return push(StackItem::integer(*number));
  }
  switch (static_cast<std::uint8_t>(instruction.opcode)) {
    case static_cast<std::uint8_t>(Opcode::pushdata1):
    case static_cast<std::uint8_t>(Opcode::pushdata2):
    case static_cast<std::uint8_t>(Opcode::pushdata4):
      return push(StackItem::byte_string(to_bytes(instruction.operand)));
    case static_cast<std::uint8_t>(Opcode::pushnull):
      return push(StackItem());
    case static_cast<std::uint8_t>(Opcode::pusht):
      return push(StackItem::boolean(true));
    case static_cast<std::uint8_t>(Opcode::pushf):
      return push(StackItem::boolean(false));
    case static_cast<std::uint8_t>(Opcode::newarray0):
      return push(StackItem::array({}));
    case static_cast<std::uint8_t>(Opcode::newstruct0):
      return push(StackItem::structure({}));
    case static_cast<std::uint8_t>(Opcode::newmap):
      return push(StackItem::map({}));
    case static_cast<std::uint8_t>(Opcode::pack): {
      NSL_TRY(StackItem::List items, pop_list());
      return push(StackItem::array(std::move(items)));
    }
    case static_cast<std::uint8_t>(Opcode::packstruct): {
      NSL_TRY(StackItem::List items, pop_list());
      return push(StackItem::structure(std::move(items)));
    }
    case static_cast<std::uint8_t>(Opcode::packmap):
      return pack_map();
    case static_cast<std::uint8_t>(Opcode::convert):
      return convert(instruction.operand);
    case static_cast<std::uint8_t>(Opcode::assert_):
      return use_result(ResultUse::asserted);
    case static_cast<std::uint8_t>(Opcode::drop):
      return use_result(ResultUse::dropped);
    case static_cast<std::uint8_t>(Opcode::syscall):
      if (equal(instruction.operand, interop_id(kSystemContractCall))) return call();
      break;
    default:
      break;
  }
  return not_understood("The script does more than call contracts with literals");
}

Result<std::vector<ContractCall>> Reader::finish() && {
  const bool has_literal = std::any_of(stack_.begin(), stack_.end(), [](const Value& value) {
    return std::holds_alternative<StackItem>(value);
  });
  if (has_literal) return not_understood("The script leaves a literal on the stack");
  return std::move(calls_);
}

// An account as contracts take it; null is nobody.
std::optional<UInt160> account_argument(const StackItem& item) {
  const Result<Bytes> bytes = item.to_bytes();
  if (!bytes.has_value()) return std::nullopt;
  const Result<UInt160> hash = UInt160::parse_little_endian(*bytes);
  if (!hash.has_value()) return std::nullopt;
  return *hash;
}

}  // namespace

Result<std::vector<ContractCall>> parse_calls(ByteView script) {
  if (script.size() > limits::kNeoScriptBytesMax) return not_understood("The script is too long");
  Reader reader;
  ScriptReader instructions(script);
  while (!instructions.at_end()) {
    NSL_TRY(const Instruction instruction, instructions.next());
    NSL_TRY_VOID(reader.take(instruction));
  }
  return std::move(reader).finish();
}

std::optional<TransferCall> find_transfer(const ContractCall& call) {
  const StackItem::List& arguments = call.arguments;
  if (call.method != "transfer") return std::nullopt;
  const bool is_whole = arguments.size() == kWholeTokenArguments;
  const bool is_divisible = arguments.size() == kDivisibleArguments;
  if (!is_whole && !is_divisible && arguments.size() != kFungibleArguments) return std::nullopt;
  TransferCall transfer{.token = call.contract,
                        .from = std::nullopt,
                        .to = {},
                        .amount = std::nullopt,
                        .token_id = std::nullopt,
                        .data = arguments.back()};
  const std::optional<UInt160> to = account_argument(arguments[is_whole ? 0 : 1]);
  if (!to.has_value()) return std::nullopt;
  transfer.to = *to;
  if (!is_whole) {
    transfer.from = account_argument(arguments[0]);
    const Result<Integer> amount = arguments[2].to_integer();
    if (!transfer.from.has_value() || !amount.has_value()) return std::nullopt;
    transfer.amount = *amount;
  }
  if (is_whole || is_divisible) {
    const Result<Bytes> token_id = arguments[is_whole ? 1 : 3].to_bytes();
    if (!token_id.has_value()) return std::nullopt;
    transfer.token_id = *token_id;
  }
  return transfer;
}

}  // namespace nsl::neo
