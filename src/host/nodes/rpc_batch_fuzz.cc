#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "host/nodes/rpc_batch.h"
#include "host/nodes/signal_frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = nsl::as_text({data, size});
  for (const std::size_t count : {1U, 3U}) {
    const auto replies = nsl::host::nodes::RpcReplies::parse(text, count);
    if (!replies.has_value()) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const auto result = replies->result(i);
      if (result.has_value()) static_cast<void>(nsl::host::nodes::to_number(*result));
    }
  }
  static_cast<void>(nsl::host::nodes::parse_signal_frame(text));
  return 0;
}
