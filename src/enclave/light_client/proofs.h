// Proofs: what the enclave can prove about the chain without believing a node.
//
// Notifications and results of executions cannot be proven on Neo N3: nothing that is signed
// commits to them.
#pragma once

#include <optional>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/block.h"
#include "core/neo/hash.h"
#include "core/neo/network.h"

namespace nsl::enclave::light_client {

// What RunEvent.proof and receipts say of what was proven by contract storage.
inline constexpr const char* kStorageProof = "storage";
// And of what was proven by the headers and the merkle root of a block.
inline constexpr const char* kInclusionProof = "inclusion";

struct StorageItem {
  neo::UInt160 contract;
  Bytes key;
};

class Proofs {
 public:
  virtual ~Proofs() = default;

  // Whether state validators are known, without which no storage can be proven.
  virtual bool can_prove_storage() const = 0;
  // Of the newest block whose header is verified.
  virtual neo::BlockIndex height() const = 0;
  // The block of the chain, without witnesses: no hash covers them. Code::block_not_provable when
  // it is older than limits::kLightClientWindowHeaders, Code::node_behind while it is not there.
  virtual Result<neo::Block> prove_block(neo::BlockIndex block, const Deadline& deadline) = 0;
  // The block, one of the chain, holds the transaction. Code::invalid_proof when it does not.
  virtual Result<void> prove_inclusion(const neo::UInt256& transaction, neo::BlockIndex block,
                                       const Deadline& deadline) = 0;
  // What the contract held under the key after the block. Fails when no node shows a proof that
  // holds: the item may be absent, or withheld.
  virtual Result<Bytes> prove_storage(const StorageItem& item, neo::BlockIndex block,
                                      const Deadline& deadline) = 0;
  // The same, or nothing when it is proven that there was nothing: no item under the key, or no
  // such contract. Fails when no node shows a proof of either that holds, as for a contract that
  // keeps nothing at all.
  virtual Result<std::optional<Bytes>> find_storage(const StorageItem& item, neo::BlockIndex block,
                                                    const Deadline& deadline) = 0;
};

}  // namespace nsl::enclave::light_client
