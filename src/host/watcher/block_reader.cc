#include "host/watcher/block_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/codec/base64.h"
#include "core/neo/block.h"

namespace nsl::host::watcher {
namespace {

using nodes::malformed_reply;
using nodes::RpcReplies;
using nodes::RpcRequest;
using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;

// Which block a log belongs to, and of which of its transactions it is.
struct LogPlace {
  std::size_t block = 0;
  std::size_t transaction = 0;
};

Result<std::vector<SeenBlock>> read_headers(nodes::NodePool::Lease& node, const BlockRange& range) {
  std::vector<RpcRequest> requests;
  for (std::uint32_t i = 0; i < range.count; ++i) {
    requests.push_back(
        {.method = "getblock", .parameters = fmt::format("[{},0]", range.first + i)});
  }
  NSL_TRY(const RpcReplies replies, node.ask(requests));
  std::vector<SeenBlock> blocks;
  for (std::uint32_t i = 0; i < range.count; ++i) {
    NSL_TRY(const element result, replies.result(i));
    std::string_view base64;
    if (result.get_string().get(base64) != SUCCESS) return malformed_reply("getblock");
    NSL_TRY(SeenBlock block, parse_seen_block(base64, range.first + i));
    const bool is_successor = blocks.empty() || blocks.back().block.hash == block.previous_hash;
    if (!is_successor) return malformed_reply("the blocks make no chain");
    blocks.push_back(std::move(block));
  }
  return blocks;
}

Result<void> read_logs(nodes::NodePool::Lease& node, std::span<const LogPlace> places,
                       const WatchState& wanted, std::vector<SeenBlock>& blocks) {
  std::vector<RpcRequest> requests;
  for (const LogPlace& place : places) {
    requests.push_back({.method = "getapplicationlog",
                        .parameters = fmt::format(
                            "[\"{}\"]", blocks[place.block].transactions[place.transaction])});
  }
  NSL_TRY(const RpcReplies replies, node.ask(requests));
  for (std::size_t i = 0; i < places.size(); ++i) {
    SeenBlock& block = blocks[places[i].block];
    NSL_TRY(const element log, replies.result(i));
    NSL_TRY_VOID(parse_events(log, block.transactions[places[i].transaction], wanted, block));
  }
  return {};
}

Result<void> append_events(const element& execution, const std::string& transaction,
                           const WatchState& wanted, SeenBlock& block) {
  NSL_TRY(const std::string_view trigger, nodes::text_at(execution, "trigger"));
  NSL_TRY(const std::string_view state, nodes::text_at(execution, "vmstate"));
  array notifications;
  const bool has_events = trigger == "Application" && state == "HALT" &&
                          execution["notifications"].get_array().get(notifications) == SUCCESS;
  if (!has_events) return {};
  const std::uint32_t height = block.block.index.value();
  std::uint32_t index = 0;
  for (const element notification : notifications) {
    NSL_TRY(const std::string_view contract, nodes::text_at(notification, "contract"));
    NSL_TRY(const std::string_view event, nodes::text_at(notification, "eventname"));
    SeenEvent seen{.block = height,
                   .transaction = transaction,
                   .index = index++,
                   .contract = std::string(contract),
                   .event = std::string(event)};
    if (wanted.wants(seen.contract, seen.event, height)) block.events.push_back(std::move(seen));
  }
  return {};
}

}  // namespace

std::string SeenEvent::id() const {
  if (event.empty()) return transaction + "/Block";
  return fmt::format("{}/Application/{}", transaction, index);
}

Result<SeenBlock> parse_seen_block(std::string_view base64, std::uint32_t index) {
  const Result<Bytes> bytes = codec::decode_base64(base64);
  if (!bytes.has_value()) return malformed_reply("base64 of a block");
  const Result<neo::Block> parsed = neo::parse_block(*bytes);
  if (!parsed.has_value()) {
    return fail(Code::node_malformed_reply, parsed.error().message(), parsed.error().detail());
  }
  if (parsed->header.index != neo::BlockIndex(index)) return malformed_reply("another block");
  SeenBlock block;
  block.block = {.index = parsed->header.index, .hash = neo::hash_of(parsed->header)};
  block.previous_hash = parsed->header.previous_hash;
  for (const neo::Transaction& transaction : parsed->transactions) {
    block.transactions.push_back(neo::hash_of(transaction).to_text());
  }
  return block;
}

Result<void> parse_events(const element& log, const std::string& transaction,
                          const WatchState& wanted, SeenBlock& block) {
  NSL_TRY(const std::string_view told, nodes::text_at(log, "txid"));
  if (told != transaction) return malformed_reply("the log of another transaction");
  array executions;
  if (log["executions"].get_array().get(executions) != SUCCESS) {
    return malformed_reply("executions");
  }
  for (const element execution : executions) {
    NSL_TRY_VOID(append_events(execution, transaction, wanted, block));
  }
  return {};
}

Result<std::vector<SeenBlock>> read_blocks(nodes::NodePool::Lease& node, const BlockRange& range,
                                           const WatchState& wanted) {
  NSL_TRY(std::vector<SeenBlock> blocks, read_headers(node, range));
  std::vector<LogPlace> places;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    if (!wanted.wants_events_of(blocks[block].block.index.value())) continue;
    for (std::size_t i = 0; i < blocks[block].transactions.size(); ++i) {
      places.push_back({.block = block, .transaction = i});
    }
  }
  const auto batch = static_cast<std::size_t>(limits::kNodeBatchMax);
  for (std::size_t first = 0; first < places.size(); first += batch) {
    const std::size_t count = std::min(batch, places.size() - first);
    NSL_TRY_VOID(read_logs(node, std::span(places).subspan(first, count), wanted, blocks));
  }
  for (SeenBlock& block : blocks) {
    const std::uint32_t height = block.block.index.value();
    if (!wanted.wants_block(height)) continue;
    SeenEvent& itself = block.events.emplace_back();
    itself.block = height;
    itself.transaction = block.block.hash.to_text();
  }
  return blocks;
}

}  // namespace nsl::host::watcher
