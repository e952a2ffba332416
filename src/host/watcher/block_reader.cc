#include "host/watcher/block_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace nsl::host::watcher {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::node_malformed_reply, "The node's reply is malformed", std::string(what));
}

Result<element> result_of(simdjson::dom::parser& parser, const simdjson::padded_string& text) {
  element root;
  if (parser.parse(text).get(root) != SUCCESS) return malformed("JSON");
  element error;
  if (root["error"].get(error) == SUCCESS && !error.is_null()) {
    return fail(Code::node_unavailable, "The Neo node has no answer yet", simdjson::minify(error));
  }
  element result;
  if (root["result"].get(result) != SUCCESS) return malformed("result");
  return result;
}

Result<std::string> text_at(const element& object, const char* field) {
  std::string_view text;
  if (object[field].get_string().get(text) != SUCCESS) return malformed(field);
  return std::string(text);
}

Result<void> append_events(const element& execution, const SeenEvent& place,
                           std::vector<SeenEvent>& events) {
  NSL_TRY(const std::string trigger, text_at(execution, "trigger"));
  NSL_TRY(const std::string state, text_at(execution, "vmstate"));
  array notifications;
  const bool has_events = trigger == "Application" && state == "HALT" &&
                          execution["notifications"].get_array().get(notifications) == SUCCESS;
  if (!has_events) return {};
  std::uint32_t index = 0;
  for (const element notification : notifications) {
    SeenEvent event = place;
    event.index = index++;
    NSL_TRY(event.contract, text_at(notification, "contract"));
    NSL_TRY(event.event, text_at(notification, "eventname"));
    events.push_back(std::move(event));
  }
  return {};
}

}  // namespace

std::string SeenEvent::id() const { return fmt::format("{}/Application/{}", transaction, index); }

Result<std::uint32_t> read_height(Node& node) {
  NSL_TRY(const std::string reply, node.call("getblockcount", "[]"));
  simdjson::dom::parser parser;
  const simdjson::padded_string text(reply);
  NSL_TRY(const element result, result_of(parser, text));
  std::uint64_t count = 0;
  if (result.get_uint64().get(count) != SUCCESS || count == 0 || count > UINT32_MAX) {
    return malformed("getblockcount");
  }
  return static_cast<std::uint32_t>(count - 1);
}

Result<std::vector<std::string>> parse_transaction_hashes(std::string_view reply) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(reply);
  NSL_TRY(const element block, result_of(parser, text));
  array transactions;
  if (block["tx"].get_array().get(transactions) != SUCCESS) return malformed("tx");
  std::vector<std::string> hashes;
  for (const element transaction : transactions) {
    NSL_TRY(std::string hash, text_at(transaction, "hash"));
    hashes.push_back(std::move(hash));
  }
  return hashes;
}

Result<std::vector<SeenEvent>> parse_events(std::string_view reply, std::uint32_t block,
                                            const std::string& transaction) {
  simdjson::dom::parser parser;
  const simdjson::padded_string text(reply);
  NSL_TRY(const element log, result_of(parser, text));
  array executions;
  if (log["executions"].get_array().get(executions) != SUCCESS) return malformed("executions");
  std::vector<SeenEvent> events;
  SeenEvent place;
  place.block = block;
  place.transaction = transaction;
  for (const element execution : executions) {
    NSL_TRY_VOID(append_events(execution, place, events));
  }
  return events;
}

Result<std::vector<SeenEvent>> read_block(Node& node, std::uint32_t block) {
  NSL_TRY(const std::string reply, node.call("getblock", fmt::format("[{},1]", block)));
  NSL_TRY(const std::vector<std::string> hashes, parse_transaction_hashes(reply));
  std::vector<SeenEvent> events;
  for (const std::string& hash : hashes) {
    NSL_TRY(const std::string log, node.call("getapplicationlog", fmt::format("[\"{}\"]", hash)));
    NSL_TRY(std::vector<SeenEvent> more, parse_events(log, block, hash));
    events.insert(events.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
  }
  return events;
}

}  // namespace nsl::host::watcher
