// Any bytes as a query and as escaped text: what decodes encodes back to the same text.
#include "core/base/assert.h"
#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/rest/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = nsl::as_text(nsl::ByteView(data, size));
  if (const auto decoded = nsl::rest::decode_percent(text); decoded.has_value()) {
    NSL_ASSERT(nsl::rest::decode_percent(nsl::rest::encode_percent(*decoded)) == *decoded);
  }
  if (const auto query = nsl::rest::parse_query(text); query.has_value()) {
    NSL_ASSERT(query->size() <= static_cast<std::size_t>(nsl::limits::kQueryParametersMax));
  }
  return 0;
}
