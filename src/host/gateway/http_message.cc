#include "host/gateway/http_message.h"

#include <cctype>

#include "core/base/assert.h"

namespace nsl::host::gateway {

void HeaderList::add(std::string_view name, std::string_view value) {
  if (entries_.empty()) {
    text_.reserve(512);
    entries_.reserve(16);
  }
  const auto size = [](std::string_view text) { return static_cast<std::uint32_t>(text.size()); };
  const auto end = [this] { return static_cast<std::uint32_t>(text_.size()); };
  const std::uint32_t name_at = end();
  for (const char c : name) {
    text_ += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const std::string_view lower = view(name_at, size(name));
  for (Entry& entry : entries_) {
    if (view(entry.name_at, entry.name_size) != lower) continue;
    // The joined value goes to the end; the old one stays behind unused.
    text_.resize(name_at);
    const std::string joined =
        std::string(view(entry.value_at, entry.value_size)).append(", ").append(value);
    entry.value_at = end();
    entry.value_size = size(joined);
    text_ += joined;
    return;
  }
  entries_.push_back(
      {.name_at = name_at, .name_size = size(name), .value_at = end(), .value_size = size(value)});
  text_ += value;
}

std::string_view HeaderList::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (view(entry.name_at, entry.name_size) == name) {
      return view(entry.value_at, entry.value_size);
    }
  }
  return {};
}

void HeaderList::clear() {
  text_.clear();
  entries_.clear();
}

void HttpReply::add_header(std::string_view name, std::string_view value) {
  // Two searches for one character each are several times faster than find_first_of.
  NSL_ASSERT(value.find('\r') == std::string_view::npos);
  NSL_ASSERT(value.find('\n') == std::string_view::npos);
  if (header_lines_.empty()) header_lines_.reserve(384);
  header_lines_.append(name).append(": ").append(value).append("\r\n");
}

void HttpReply::add_header(std::string_view name, std::int64_t number) {
  add_header(name, std::to_string(number));
}

}  // namespace nsl::host::gateway
