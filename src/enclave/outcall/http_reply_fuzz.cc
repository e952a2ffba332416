// A hostile server: any bytes, in pieces of any size, as an HTTP reply.
#include <cstdlib>

#include "core/base/clock.h"
#include "enclave/outcall/http_wire.h"

namespace {

class FuzzedStream final : public nsl::enclave::stream::ByteStream {
 public:
  FuzzedStream(nsl::ByteView bytes, std::size_t piece) : rest_(bytes), piece_(piece) {}
  nsl::Result<std::size_t> read_some(std::span<std::uint8_t> into,
                                     const nsl::Deadline& /*deadline*/) override {
    const std::size_t size = std::min({piece_, rest_.size(), into.size()});
    std::copy_n(rest_.begin(), size, into.begin());
    rest_ = rest_.subspan(size);
    return size;
  }
  nsl::Result<void> write_all(nsl::ByteView /*bytes*/, const nsl::Deadline& /*deadline*/) override {
    return {};
  }

 private:
  nsl::ByteView rest_;
  std::size_t piece_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr std::int64_t kBodyBytesMax = 1000;
  FuzzedStream stream(nsl::ByteView(data + 2, size - 2), 1U + data[0]);
  const auto deadline = nsl::Deadline::at(nsl::MonotonicTime(1));
  const auto reply = nsl::enclave::outcall::read_reply(stream, data[1] % 2 == 0 ? "GET" : "HEAD",
                                                       kBodyBytesMax, deadline);
  if (reply.has_value() && reply->reply.body.size() > kBodyBytesMax) std::abort();
  if (reply.has_value() && reply->reply.status < 200) std::abort();
  return 0;
}
