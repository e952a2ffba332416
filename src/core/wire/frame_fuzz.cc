// The first byte says into what pieces the rest is cut. Whatever is accepted must encode again.
#include <cstdlib>

#include "core/wire/frame.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1U + data[0];
  nsl::ByteView rest(data + 1, size - 1);
  nsl::wire::FrameReader reader;
  while (!rest.empty()) {
    const nsl::ByteView fed = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(fed.size());
    reader.feed(fed);
    for (;;) {
      auto frame = reader.next();
      if (!frame.has_value()) return 0;
      if (!frame->has_value()) break;
      if (!nsl::wire::encode_frame(**frame).has_value()) std::abort();
    }
  }
  return 0;
}
