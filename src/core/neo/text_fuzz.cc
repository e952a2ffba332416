// Texts that people type: addresses, keys, hashes, amounts and integers. What is
// accepted is printed back as the same text.
#include "core/base/assert.h"
#include "core/neo/address.h"
#include "core/neo/amount.h"
#include "core/neo/integer.h"
#include "core/neo/key.h"
#include "core/neo/nep2.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const std::string_view text = as_text(ByteView(data, size));
  if (const Result<UInt160> account = parse_address(text); account.has_value()) {
    NSL_ASSERT(to_address(*account) == text);
  }
  if (const Result<PrivateKey> key = parse_wif(text); key.has_value()) {
    NSL_ASSERT(as_text(to_wif(*key).reveal()) == text);
  }
  const Result<PrivateKey> sealed = open_nep2(text, as_bytes("passphrase"), {2, 1, 1});
  if (sealed.has_value()) {
    NSL_ASSERT(seal_nep2(*sealed, as_bytes("passphrase"), {2, 1, 1}).value() == text);
  }
  if (const Result<PublicKey> key = parse_public_key_text(text); key.has_value()) {
    NSL_ASSERT(parse_public_key_text(to_text(*key)).value() == *key);
  }
  if (const Result<UInt256> hash = UInt256::parse(text); hash.has_value()) {
    NSL_ASSERT(UInt256::parse(hash->to_text()).value() == *hash);
  }
  if (const Result<Integer> integer = Integer::parse_decimal(text); integer.has_value()) {
    NSL_ASSERT(integer->to_decimal() == text);
  }
  if (const Result<GasAmount> amount = GasAmount::parse(text); amount.has_value()) {
    NSL_ASSERT(GasAmount::parse(amount->to_text()).value() == *amount);
  }
  return 0;
}
