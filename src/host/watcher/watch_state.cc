#include "host/watcher/watch_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/codec/hex.h"

namespace nsl::host::watcher {
namespace {

constexpr std::string_view kFormat = "watch-state-1";

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

}  // namespace

std::string WatchState::to_text() const {
  std::string text = fmt::format("{}\n{}\n", kFormat,
                                 next_block_.has_value() ? fmt::format("{}", *next_block_) : "-");
  for (const auto& [wanted, from_block] : wanted_) {
    // Event names are any text; hexadecimal keeps the lines apart.
    text += fmt::format("{} {} {}\n", wanted.first, codec::encode_hex(as_bytes(wanted.second)),
                        from_block);
  }
  return text;
}

Result<WatchState> WatchState::parse(std::string_view text) {
  WatchState state;
  if (take(text, '\n') != kFormat) return malformed();
  const std::string_view next = take(text, '\n');
  if (next != "-") {
    NSL_TRY(state.next_block_, parse_number(next));
  }
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    const std::string contract(take(line, ' '));
    NSL_TRY(const Bytes event, codec::decode_hex(take(line, ' ')));
    NSL_TRY(const std::uint32_t from_block, parse_number(line));
    state.wanted_[{contract, to_string(event)}] = from_block;
  }
  return state;
}

void WatchState::set_wanted(const std::map<Wanted, std::uint32_t>& wanted) {
  for (const auto& [name, from_block] : wanted) {
    const auto known = wanted_.find(name);
    if (known != wanted_.end() && known->second <= from_block) continue;
    next_block_ = std::min(next_block_.value_or(from_block), from_block);
  }
  wanted_ = wanted;
}

bool WatchState::wants(const std::string& contract, const std::string& event,
                       std::uint32_t block) const {
  const auto found = wanted_.find({contract, event});
  return found != wanted_.end() && block >= found->second;
}

}  // namespace nsl::host::watcher
