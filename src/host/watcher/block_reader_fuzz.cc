#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/bytes.h"
#include "core/codec/base64.h"
#include "host/watcher/block_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl::host::watcher;
  const std::string_view text = nsl::as_text({data, size});
  static_cast<void>(parse_seen_block(text, 1));
  static_cast<void>(parse_seen_block(nsl::codec::encode_base64({data, size}), 1));
  static_cast<void>(WatchState::parse(text));
  simdjson::dom::parser parser;
  simdjson::dom::element log;
  if (parser.parse(text.data(), text.size()).get(log) != simdjson::SUCCESS) return 0;
  SeenBlock block;
  static_cast<void>(parse_events(log, "0x00", WatchState(), block));
  return 0;
}
