// Any bytes as a sealed request and as a sealed reply, and any content sealed and opened again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/assert.h"
#include "core/seal/seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  static SeededRandom random(3);
  static const crypto::P256PrivateKey key = crypto::P256PrivateKey::generate(random);
  static const crypto::Digest32 binding{};
  const ByteView input(data, size);

  // Nothing but a request that was sealed opens, and the fuzzer does not know how.
  NSL_ASSERT(!seal::open_request(key, binding, input).has_value());
  const seal::ReplyOpener opener(Secret<32>(), "req_01JD7Y3K5QJ8M2N4P6R8T0V2X5");
  [[maybe_unused]] const auto reply = opener.open(input);

  v1::SealedContent content;
  content.set_version(seal::kVersion);
  content.set_message(data, size);
  const seal::Envelope envelope{"nsl.v1.SecretService/Put", "", "req_01JD7Y3K5QJ8M2N4P6R8T0V2X5"};
  const auto call = seal::seal_request({key.public_key(), binding}, envelope, content, random);
  if (call.has_value()) {
    const auto opened = seal::open_request(key, binding, as_bytes(call->request));
    NSL_ASSERT(opened.has_value() && equal(as_bytes(opened->content.message()), input));
  }
  return 0;
}
