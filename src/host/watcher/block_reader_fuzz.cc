#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "host/watcher/block_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = nsl::as_text({data, size});
  static_cast<void>(nsl::host::watcher::parse_transaction_hashes(text));
  static_cast<void>(nsl::host::watcher::parse_events(text, 1, "0x00"));
  return 0;
}
