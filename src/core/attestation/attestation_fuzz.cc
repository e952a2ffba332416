// Any bytes as a document and as a binding: parsed or refused, never believed.
#include <cstddef>
#include <cstdint>

#include "core/attestation/attestation.h"
#include "core/base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  const ByteView input(data, size);
  const auto document = attestation::parse_document(input);
  if (document.has_value()) {
    NSL_ASSERT(document->registers.contains(0) && !document->cabundle.empty());
    // Nobody signed this with AWS's root; real documents are not in the corpus.
    const auto verified =
        attestation::verify_document(input, attestation::aws_nitro_root(), document->timestamp);
    NSL_ASSERT(!verified.has_value());
  }
  const auto binding = attestation::parse_binding(input);
  if (binding.has_value()) {
    NSL_ASSERT(equal(attestation::encode_binding(*binding), input));
  }
  return 0;
}
