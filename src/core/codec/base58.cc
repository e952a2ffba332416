#include "core/codec/base58.h"

#include <array>
#include <cstdint>

#include "core/base/limits.h"

namespace nsl::codec {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kBytesMax = limits::kBase58BytesMax;
// log(256) / log(58) is about 1.366.
constexpr std::size_t kDigitsMax = kBytesMax * 137 / 100 + 1;

// A big-endian number kept at the end of a fixed buffer; wiped when it goes.
template <std::size_t N>
class Number {
 public:
  Number() = default;
  ~Number() { wipe(cells_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;

  // value = value * factor + carry, in base `base`. False when it outgrows the buffer.
  bool multiply_add(unsigned factor, unsigned carry, unsigned base) {
    for (std::size_t i = N; i > N - used_; --i) {
      carry += cells_[i - 1] * factor;
      cells_[i - 1] = static_cast<std::uint8_t>(carry % base);
      carry /= base;
    }
    for (; carry != 0; carry /= base) {
      if (used_ == N) return false;
      ++used_;
      cells_[N - used_] = static_cast<std::uint8_t>(carry % base);
    }
    return true;
  }

  ByteView cells() const { return ByteView(cells_).last(used_); }

 private:
  std::array<std::uint8_t, N> cells_{};
  std::size_t used_ = 0;
};

template <class Make>
auto decode(std::string_view text, Make make) -> Result<decltype(make(0, ByteView()))> {
  if (text.size() > kDigitsMax) return fail(Code::malformed_base58, "Base58 text is too long");
  const std::size_t zeros = std::min(text.find_first_not_of('1'), text.size());
  Number<kBytesMax> number;
  for (const char digit : text.substr(zeros)) {
    const std::size_t value = kAlphabet.find(digit);
    if (value == std::string_view::npos) return fail(Code::malformed_base58);
    if (!number.multiply_add(58, static_cast<unsigned>(value), 256)) {
      return fail(Code::malformed_base58, "Base58 text is too long");
    }
  }
  if (zeros + number.cells().size() > kBytesMax) {
    return fail(Code::malformed_base58, "Base58 text is too long");
  }
  return make(zeros, number.cells());
}

}  // namespace

std::string encode_base58(ByteView bytes) {
  NSL_ASSERT(bytes.size() <= kBytesMax);
  std::size_t zeros = 0;
  while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
  Number<kDigitsMax> number;
  for (const std::uint8_t byte : bytes.subspan(zeros)) {
    NSL_ASSERT(number.multiply_add(256, byte, 58));
  }
  std::string text(zeros, kAlphabet[0]);
  text.reserve(zeros + number.cells().size());
  for (const std::uint8_t digit : number.cells()) text.push_back(kAlphabet[digit]);
  return text;
}

Result<Bytes> decode_base58(std::string_view text) {
  return decode(text, [](std::size_t zeros, ByteView tail) {
    Bytes bytes(zeros);
    append(bytes, tail);
    return bytes;
  });
}

Result<SecretBytes> decode_base58_secret(std::string_view text) {
  return decode(text, [](std::size_t zeros, ByteView tail) {
    SecretBytes bytes(zeros + tail.size());
    const std::span<std::uint8_t> target = bytes.reveal_mutable();
    std::fill_n(target.begin(), zeros, std::uint8_t{0});
    std::copy(tail.begin(), tail.end(), target.subspan(zeros).begin());
    return bytes;
  });
}

}  // namespace nsl::codec
