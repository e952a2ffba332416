#include "core/neo/genesis.h"

#include "core/neo/contract.h"
#include "core/neo/opcode.h"

namespace nsl::neo {
namespace {

// 15 July 2016 15:08:21 UTC and the nonce of Bitcoin's first block, as every Neo N3 network has.
constexpr std::uint64_t kTimestampMs = 1468595301000;
constexpr std::uint64_t kNonce = 2083236893;

}  // namespace

Result<Block> make_genesis_block(std::span<const PublicKey> standby_committee,
                                 std::size_t validators_count) {
  if (validators_count < 1 || validators_count > standby_committee.size()) {
    return fail(Code::invalid_argument, "The committee has fewer keys than validators");
  }
  Block block;
  block.header.timestamp_ms = kTimestampMs;
  block.header.nonce = kNonce;
  NSL_TRY(block.header.next_consensus,
          byzantine_account(standby_committee.first(validators_count)));
  block.header.witness.verification = {static_cast<std::uint8_t>(Opcode::push1)};
  return block;
}

}  // namespace nsl::neo
