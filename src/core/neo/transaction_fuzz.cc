// Whatever parses as a transaction is exactly what encode() gives back, passes our own check and
// keeps its hash.
#include "core/neo/transaction.h"

#include "core/base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  if (const Result<Transaction> transaction = parse_transaction(bytes); transaction.has_value()) {
    NSL_ASSERT(equal(encode(*transaction), bytes));
    NSL_ASSERT(check_transaction(*transaction).has_value());
    const Bytes covered = encode_unsigned(*transaction);
    NSL_ASSERT(hash_of(*transaction) == sha256_of(covered));
    NSL_ASSERT(hash_of(parse_unsigned_transaction(covered).value()) == hash_of(*transaction));
  }
  if (const auto transaction = parse_unsigned_transaction(bytes); transaction.has_value()) {
    NSL_ASSERT(equal(encode_unsigned(*transaction), bytes));
  }
  return 0;
}
