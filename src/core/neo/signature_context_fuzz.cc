#include "core/base/assert.h"
#include "core/neo/signature_context.h"

// What is accepted is written and read back as the same, with every signature in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = nsl::neo::parse_json(nsl::as_text({data, size}), 65536);
  if (!json.has_value()) return 0;
  const auto context = nsl::neo::parse_signature_context(*json);
  if (!context.has_value()) return 0;
  const nsl::neo::JsonValue written = to_json(*context);
  const auto again = nsl::neo::parse_signature_context(written);
  NSL_ASSERT(again.has_value() && to_json(*again) == written);
  return 0;
}
