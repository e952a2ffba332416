// Each text form has one text for each value: what decodes encodes back to the same text.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/codec/base58.h"
#include "core/codec/base64.h"
#include "core/codec/hex.h"
#include "core/codec/ulid.h"
#include "core/codec/utf8.h"

namespace nsl::codec {
namespace {

void check_decoding(std::string_view text) {
  if (const auto bytes = decode_base64(text)) NSL_ASSERT(encode_base64(*bytes) == text);
  if (const auto bytes = decode_base64url(text)) NSL_ASSERT(encode_base64url(*bytes) == text);
  if (const auto bytes = decode_base58(text)) {
    NSL_ASSERT(encode_base58(*bytes) == text);
    NSL_ASSERT(equal(decode_base58_secret(text)->reveal(), *bytes));
  }
  if (const auto bytes = decode_hex(text)) NSL_ASSERT(decode_hex(encode_hex(*bytes)) == *bytes);
  if (const auto ulid = parse_ulid(text)) NSL_ASSERT(to_text(*ulid) == text);
  if (const auto ulid = parse_id("run", text)) NSL_ASSERT("run_" + to_text(*ulid) == text);
}

void check_encoding(ByteView bytes) {
  const Bytes copy = to_bytes(bytes);
  NSL_ASSERT(decode_base64(encode_base64(bytes)) == copy);
  NSL_ASSERT(decode_base64url(encode_base64url(bytes)) == copy);
  NSL_ASSERT(decode_hex(encode_hex(bytes)) == copy);
  if (bytes.size() <= static_cast<std::size_t>(limits::kBase58BytesMax)) {
    NSL_ASSERT(decode_base58(encode_base58(bytes)) == copy);
  }
}

}  // namespace
}  // namespace nsl::codec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const nsl::ByteView input(data, size);
  nsl::codec::check_decoding(nsl::as_text(input));
  nsl::codec::check_encoding(input);
  (void)nsl::codec::is_valid_utf8(input);
  return 0;
}
