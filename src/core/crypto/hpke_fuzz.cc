// Arbitrary bytes as an encapsulated key with a message behind it, as committed and plain sealed
// records, and as a public key with a signature behind it: nobody without the key can make any of
// them open or verify.
#include <cstddef>
#include <cstdint>

#include "core/base/assert.h"
#include "core/codec/cose.h"
#include "core/crypto/committed_aead.h"
#include "core/crypto/cose_sign1.h"
#include "core/crypto/hpke.h"

namespace nsl::crypto {
namespace {

P256PrivateKey receiver_key() {
  SeededRandom random(1);
  return P256PrivateKey::generate(random);
}

void check_open(ByteView input) {
  static const P256PrivateKey key = receiver_key();
  const std::size_t front = std::min(input.size(), kP256UncompressedBytes);
  auto receiver =
      HpkeReceiver::setup(key, input.first(front), as_bytes("info"), HpkeAead::aes_256_gcm);
  if (receiver.has_value()) (void)receiver->open({}, input.subspan(front));
  const CommittedContext context{
      .key = key.secret(), .info = as_bytes("info"), .associated_data = as_bytes("data")};
  NSL_ASSERT(!open_committed(context, input).has_value());
  NSL_ASSERT(!open_committed_secret(context, input).has_value());
}

void check_verify(ByteView input) {
  static const P256PrivateKey key = receiver_key();
  if (const auto cose = codec::parse_cose_sign1(input)) {
    NSL_ASSERT(!cose_verify(*cose, key.public_key()).has_value());
  }
  const std::size_t front = std::min(input.size(), kP256CompressedBytes);
  const auto public_key = P256PublicKey::parse(input.first(front));
  if (!public_key.has_value()) return;
  NSL_ASSERT(equal(public_key->compressed(), input.first(front)));
  (void)p256_verify(*public_key, as_bytes("message"), input.subspan(front));
}

}  // namespace
}  // namespace nsl::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nsl::crypto::check_open({data, size});
  nsl::crypto::check_verify({data, size});
  return 0;
}
