// EvidenceSource: what a node shows of the chain that need not be believed, because it carries
// signatures or hashes. Nothing here is checked beyond its form: enclave/light_client does that.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/block.h"
#include "core/neo/key.h"
#include "core/neo/mpt_proof.h"
#include "core/neo/state_root.h"

namespace nsl::enclave::chain {

// Keys as the contract knows them.
struct StorageRange {
  Bytes prefix;
  Bytes after;
};

class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;

  // Index of the newest block.
  virtual Result<neo::BlockIndex> height(const Deadline& deadline) = 0;
  // At most `count` headers from `first` on; fewer where the node has no more. `count` is at most
  // limits::kNodeBatchMax.
  virtual Result<std::vector<neo::Header>> headers(neo::BlockIndex first, std::size_t count,
                                                   const Deadline& deadline) = 0;
  // Code::not_found when the node does not have it.
  virtual Result<neo::Header> header_named(const neo::UInt256& hash, const Deadline& deadline) = 0;
  virtual Result<neo::Block> block(neo::BlockIndex index, const Deadline& deadline) = 0;
  virtual Result<neo::StateRoot> state_root(neo::BlockIndex index, const Deadline& deadline) = 0;
  virtual Result<neo::StorageProof> storage_proof(const neo::UInt256& root,
                                                  const neo::UInt160& contract, ByteView key,
                                                  const Deadline& deadline) = 0;
  // The ways to the first two items of the contract whose keys begin with `prefix` and come after
  // `after`, which begins with it or is empty: as many as there are.
  virtual Result<std::vector<neo::StorageProof>> neighbours(const neo::UInt256& root,
                                                            const neo::UInt160& contract,
                                                            const StorageRange& range,
                                                            const Deadline& deadline) = 0;
  // TRUST: no evidence but the node's word, for development, where the first node asked is
  // trusted. Empty when the role has not been given to anybody.
  virtual Result<std::vector<neo::PublicKey>> state_validators(neo::BlockIndex index,
                                                               const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::chain
