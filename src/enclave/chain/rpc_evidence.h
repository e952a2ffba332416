// RpcEvidence: the evidence one JSON-RPC node shows.
#pragma once

#include <memory>
#include <string_view>

#include "enclave/chain/evidence_source.h"
#include "enclave/chain/rpc_client.h"

namespace nsl::enclave::chain {

class RpcEvidence final : public EvidenceSource {
 public:
  explicit RpcEvidence(std::unique_ptr<RpcClient> node) : node_(std::move(node)) {}

  Result<neo::BlockIndex> height(const Deadline& deadline) override;
  Result<std::vector<neo::Header>> headers(neo::BlockIndex first, std::size_t count,
                                           const Deadline& deadline) override;
  Result<neo::Header> header_named(const neo::UInt256& hash, const Deadline& deadline) override;
  Result<neo::Block> block(neo::BlockIndex index, const Deadline& deadline) override;
  Result<neo::StateRoot> state_root(neo::BlockIndex index, const Deadline& deadline) override;
  Result<neo::StorageProof> storage_proof(const neo::UInt256& root, const neo::UInt160& contract,
                                          ByteView key, const Deadline& deadline) override;
  Result<std::vector<neo::StorageProof>> neighbours(const neo::UInt256& root,
                                                    const neo::UInt160& contract,
                                                    const StorageRange& range,
                                                    const Deadline& deadline) override;
  Result<std::vector<neo::PublicKey>> state_validators(neo::BlockIndex index,
                                                       const Deadline& deadline) override;

 private:
  const std::unique_ptr<RpcClient> node_;
};

}  // namespace nsl::enclave::chain
