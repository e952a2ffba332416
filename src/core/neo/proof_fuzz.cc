// Storage proofs, balances in storage, state roots and NEF files: bytes that are accepted are
// exactly those encode() gives, and a proof of random bytes proves nothing about the root it was
// not made for.
#include "core/base/assert.h"
#include "core/neo/account_state.h"
#include "core/neo/mpt_proof.h"
#include "core/neo/nef.h"
#include "core/neo/state_root.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nsl;
  using namespace nsl::neo;
  const ByteView bytes(data, size);
  if (const Result<StorageProof> proof = parse_storage_proof(bytes); proof.has_value()) {
    NSL_ASSERT(equal(encode(*proof), bytes));
    NSL_ASSERT(!verify_storage_proof(UInt256(), *proof).has_value());
    // Under the root of its own first node a proof may hold; it must not read beyond its nodes.
    if (!proof->nodes.empty()) {
      (void)verify_storage_proof(hash256_of(proof->nodes.front()), *proof);
    }
  }
  // A single node under its own hash, so that every kind of node is walked through.
  StorageProof single{.key = to_bytes(bytes.first(size < 4 ? size : 4)), .nodes = {}};
  single.nodes.push_back(to_bytes(bytes.subspan(single.key.size())));
  const UInt256 single_root = hash256_of(single.nodes.front());
  const Result<Bytes> value = verify_storage_proof(single_root, single);
  const Result<KeyWay> way = walk_towards(single_root, single.key, single.nodes);
  NSL_ASSERT(value.has_value() ==
             (way.has_value() && way->end == KeyWay::End::present && way->nodes == 1));
  if (const Result<Integer> balance = parse_account_balance(bytes); balance.has_value()) {
    NSL_ASSERT(!balance->is_negative());
  }
  if (const Result<StateRoot> root = parse_state_root(bytes); root.has_value()) {
    NSL_ASSERT(equal(encode(*root), bytes));
  }
  const Result<NefContent> content = parse_nef_leniently(bytes);
  if (content.has_value()) {
    // The checksum is the last four bytes; everything in front of it is one to one.
    NSL_ASSERT(equal(ByteView(encode(content->nef)).first(size - 4), bytes.first(size - 4)));
    NSL_ASSERT(parse_nef(bytes).has_value() == content->is_checksum_valid);
  }
  return 0;
}
