// Blobs and store replies as a hostile host might give them: nothing opens, nothing crashes.
#include <array>
#include <cstdlib>

#include "enclave/vault/anchor.h"
#include "enclave/vault/record_seal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::enclave::vault;
  static const enclave::keys::KeyTree keys(Secret<32>(), enclave::keys::Epoch(1));
  static SeededRandom random(1);
  static const RecordSealer sealer(keys, random);
  const ByteView blob(data, size);
  const RecordKey key{.kind = "kind", .account = "account", .id = "id"};
  const HiddenName name = sealer.name_of(key);
  const RecordSealer::Context context{
      .kind = key.kind, .account = key.account, .name = name, .version = 1};
  // Without the key no input can open.
  if (sealer.open(context, blob).has_value()) std::abort();
  if (sealer.open_secret(context, blob).has_value()) std::abort();
  if (sealer.open_audit(1, blob).has_value()) std::abort();
  const auto anchor = parse_anchor(1, blob);
  if (anchor.has_value() && !equal(encode_anchor(*anchor), blob)) std::abort();
  return 0;
}
