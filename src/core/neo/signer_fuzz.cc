// Signers with every kind of witness condition, and scripts as parsers of accounts see them.
#include "core/neo/signer.h"

#include "core/base/assert.h"
#include "core/neo/contract.h"
#include "core/neo/script_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  codec::ByteReader reader(bytes);
  if (const Result<Signer> signer = read_signer(reader); signer.has_value()) {
    NSL_ASSERT(check_signer(*signer).has_value());
    codec::ByteWriter writer;
    write_signer(writer, *signer);
    NSL_ASSERT(equal(writer.bytes(), bytes.first(size - reader.remaining())));
  }
  if (const auto multisig = parse_multisig_script(bytes); multisig.has_value()) {
    NSL_ASSERT(check_script(bytes).has_value());
    NSL_ASSERT(multisig->threshold >= 1 && multisig->threshold <= multisig->keys.size());
  }
  if (parse_signature_script(bytes).has_value()) NSL_ASSERT(size == 40);
  return 0;
}
