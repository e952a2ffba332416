// Arbitrary bytes as each certificate of a chain, and as PEM text: refused or parsed, never more.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/assert.h"
#include "core/crypto/pem.h"
#include "core/crypto/x509.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl::crypto;
  const nsl::ByteView input(data, size);
  constexpr nsl::WallTime kAt{1700000000000};
  // One certificate cannot be both root and leaf, so nothing here may verify.
  NSL_ASSERT(!verify_certificate_chain({.leaf = input, .intermediates = {}, .root = input}, kAt)
                  .has_value());
  const nsl::ByteView front = input.first(size / 2);
  const nsl::ByteView back = input.subspan(size / 2);
  (void)verify_certificate_chain({.leaf = front, .intermediates = {back}, .root = input}, kAt);
  const auto der = decode_certificate_pem(nsl::as_text(input));
  if (der.has_value()) NSL_ASSERT(decode_certificate_pem(encode_certificate_pem(*der)) == *der);
  return 0;
}
