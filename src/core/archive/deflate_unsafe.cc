#include "core/archive/deflate.h"

#include <zlib.h>

#include "core/base/assert.h"

namespace nsl::archive {

std::string deflate(ByteView bytes) {
  z_stream stream{};
  // As zlib.h says: negative is deflate without wrapping.
  constexpr int kRaw = -15;
  constexpr int kMemory = 8;
  NSL_ASSERT(::deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kRaw, kMemory,
                            Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(::deflateBound(&stream, bytes.size()), '\0');
  // SAFETY: zlib reads `bytes` and does not write to them, and writes no more than the bound, which
  // is the size of `packed`.
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  NSL_ASSERT(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return packed;
}

}  // namespace nsl::archive
