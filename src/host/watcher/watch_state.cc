#include "host/watcher/watch_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/codec/hex.h"

namespace nsl::host::watcher {
namespace {

// Of the first release: the cursor and the wanted events only.
constexpr std::string_view kFirstFormat = "watch-state-1";
// Without the last block something is wanted of.
constexpr std::string_view kSecondFormat = "watch-state-2";
constexpr std::string_view kFormat = "watch-state-3";
constexpr std::string_view kNone = "-";

std::unexpected<Error> malformed() {
  return fail(Code::store_failed, "The watcher's stored state is malformed");
}

Result<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return malformed();
  return number;
}

// Takes the text up to `separator` off the front.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

Result<neo::UInt256> parse_hash(std::string_view text) {
  const Result<neo::UInt256> hash = neo::UInt256::parse(text);
  return hash.has_value() ? hash : Result<neo::UInt256>(malformed());
}

// "5 0x..."
Result<std::optional<nodes::KnownBlock>> parse_block(std::string_view line) {
  if (line == kNone) return std::optional<nodes::KnownBlock>();
  NSL_TRY(const std::uint32_t index, parse_number(take(line, ' ')));
  NSL_TRY(const neo::UInt256 hash, parse_hash(line));
  return std::optional(nodes::KnownBlock{.index = neo::BlockIndex(index), .hash = hash});
}

std::string to_line(const std::optional<nodes::KnownBlock>& block) {
  if (!block.has_value()) return std::string(kNone);
  return fmt::format("{} {}", block->index.value(), block->hash.to_text());
}

Result<nodes::ChainIdentity> parse_chain(std::string_view& text) {
  nodes::ChainIdentity chain;
  const std::string_view network = take(text, '\n');
  if (network != kNone) {
    NSL_TRY(const std::uint32_t magic, parse_number(network));
    chain.network = neo::NetworkMagic(magic);
  }
  const std::string_view first = take(text, '\n');
  if (first != kNone) {
    NSL_TRY(chain.first_block, parse_hash(first));
  }
  NSL_TRY(chain.top, parse_block(take(text, '\n')));
  return chain;
}

}  // namespace

std::string WatchState::to_text() const {
  std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", kFormat,
                  next_block_.has_value() ? fmt::format("{}", *next_block_) : kNone,
                  chain_.network.has_value() ? fmt::format("{}", chain_.network->value()) : kNone,
                  chain_.first_block.has_value() ? chain_.first_block->to_text() : kNone,
                  to_line(chain_.top), to_line(last_block_));
  for (const auto& [wanted, blocks] : wanted_) {
    // Event names are any text; hexadecimal keeps the lines apart.
    text += fmt::format("{} {} {} {}\n", wanted.first, codec::encode_hex(as_bytes(wanted.second)),
                        blocks.from, blocks.to);
  }
  return text;
}

Result<WatchState> WatchState::parse(std::string_view text) {
  WatchState state;
  const std::string_view format = take(text, '\n');
  if (format != kFormat && format != kSecondFormat && format != kFirstFormat) return malformed();
  const std::string_view next = take(text, '\n');
  if (next != kNone) {
    NSL_TRY(state.next_block_, parse_number(next));
  }
  if (format != kFirstFormat) {
    NSL_TRY(state.chain_, parse_chain(text));
    NSL_TRY(state.last_block_, parse_block(take(text, '\n')));
  }
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const std::string contract(take(line, ' '));
    NSL_TRY(const Bytes event, codec::decode_hex(take(line, ' ')));
    WantedBlocks& blocks = state.wanted_[{contract, to_string(event)}];
    NSL_TRY(blocks.from, parse_number(take(line, ' ')));
    if (format != kFormat) continue;
    NSL_TRY(blocks.to, parse_number(line));
  }
  return state;
}

void WatchState::set_wanted(const std::map<Wanted, WantedBlocks>& wanted) {
  for (const auto& [name, blocks] : wanted) {
    std::uint32_t first = blocks.from;
    const auto known = wanted_.find(name);
    if (known != wanted_.end() && known->second.from <= blocks.from) {
      if (known->second.to >= blocks.to) continue;
      // Wanted for longer than before.
      first = std::max(first, known->second.to + 1);
    }
    if (next_block_.has_value() && *next_block_ <= first) continue;
    next_block_ = first;
    last_block_.reset();
  }
  wanted_ = wanted;
}

bool WatchState::wants(const std::string& contract, const std::string& event,
                       std::uint32_t block) const {
  const auto found = wanted_.find({contract, event});
  return found != wanted_.end() && block >= found->second.from && block <= found->second.to;
}

bool WatchState::wants_block(std::uint32_t block) const {
  return std::ranges::any_of(wanted_, [block](const auto& entry) {
    const auto& [name, blocks] = entry;
    return name.second.empty() && block >= blocks.from && block <= blocks.to;
  });
}

bool WatchState::wants_events_of(std::uint32_t block) const {
  return std::ranges::any_of(wanted_, [block](const auto& entry) {
    const auto& [name, blocks] = entry;
    return !name.second.empty() && block >= blocks.from && block <= blocks.to;
  });
}

bool WatchState::wants_nothing() const {
  const std::uint32_t next = next_block_.value_or(0);
  return std::ranges::all_of(wanted_, [next](const auto& entry) { return entry.second.to < next; });
}

void WatchState::advance_past(const nodes::KnownBlock& block) {
  next_block_ = block.index.value() + 1;
  last_block_ = block;
  if (!chain_.top.has_value() || chain_.top->index < block.index) chain_.top = block;
}

void WatchState::set_origin(const nodes::ChainIdentity& chain) {
  chain_.network = chain.network;
  chain_.first_block = chain.first_block;
}

void WatchState::forget_chain() {
  chain_.first_block.reset();
  chain_.top.reset();
  last_block_.reset();
  for (const auto& [name, blocks] : wanted_) {
    next_block_ = std::min(next_block_.value_or(blocks.from), blocks.from);
  }
}

}  // namespace nsl::host::watcher
