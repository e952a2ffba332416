// Any bytes as HTTP, whole and in two pieces: no crash, the bounds hold, and where the bytes are
// cut makes no difference.
#include <optional>
#include <string>

#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "host/gateway/http_parser.h"

namespace {

using nsl::host::gateway::HttpParser;

constexpr std::size_t kHeaderMax = 512;
constexpr std::size_t kBodyMax = 256;

// The first request as one text; nothing when it is refused or unfinished.
std::optional<std::string> first_request(std::string_view bytes, std::size_t cut) {
  HttpParser parser(kHeaderMax, kBodyMax);
  std::string unread(bytes.substr(0, cut));
  std::string_view later = bytes.substr(cut);
  while (true) {
    const auto used = parser.put(unread);
    if (!used.has_value()) return std::nullopt;
    NSL_ASSERT(*used <= unread.size());
    unread.erase(0, *used);
    if (parser.is_done()) break;
    if (*used > 0 && !unread.empty()) continue;
    if (later.empty()) return std::nullopt;
    unread += later;
    later = {};
  }
  const auto& request = parser.request();
  NSL_ASSERT(request.body.size() <= kBodyMax && request.target.size() <= kHeaderMax);
  return request.method + " " + request.target + " " + request.body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes = nsl::as_text(nsl::ByteView(data + 1, size - 1));
  const std::size_t cut = data[0] % bytes.size();
  const auto whole = first_request(bytes, bytes.size());
  const auto pieces = first_request(bytes, cut == 0 ? bytes.size() : cut);
  // A header over the limit may be refused sooner in one piece than in two, never the reverse.
  if (whole.has_value() && pieces.has_value()) NSL_ASSERT(*whole == *pieces);
  return 0;
}
