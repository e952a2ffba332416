// StateProver: what contracts hold after a block, from the state root its validators signed and a
// proof under it.
//
// Who may sign is itself kept in a contract, RoleManagement: a change is believed when it stands in
// the last state the validators before it have signed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/base/mutex.h"
#include "enclave/light_client/proofs.h"
#include "enclave/light_client/sources.h"
#include "enclave/light_client/trusted_chain.h"

namespace nsl::enclave::light_client {

class StateProver {
 public:
  StateProver(const Sources& sources, neo::NetworkMagic magic) : sources_(sources), magic_(magic) {}

  void set_validators(const StateValidators& validators) NSL_EXCLUDES(mutex_);
  std::optional<StateValidators> validators() const NSL_EXCLUDES(mutex_);

  // The contracts that are remembered may be of blocks that are lost.
  void forget_contracts() NSL_EXCLUDES(mutex_);

  // Proofs::prove_storage(). Code::node_behind while the block's state is not signed yet,
  // Code::storage_not_provable without validators or for a block before theirs.
  Result<Bytes> prove(const StorageItem& item, neo::BlockIndex block, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  // Proofs::find_storage().
  Result<std::optional<Bytes>> find(const StorageItem& item, neo::BlockIndex block,
                                    const Deadline& deadline) NSL_EXCLUDES(mutex_);

 private:
  Result<neo::UInt256> root_after(neo::BlockIndex block, const Deadline& deadline);
  Result<neo::UInt256> ask_root(neo::BlockIndex block, const StateValidators& validators,
                                const Deadline& deadline) const;
  Result<StateValidators> successors_of(const StateValidators& validators, neo::BlockIndex block,
                                        const Deadline& deadline) const;
  Result<std::int32_t> id_of(const neo::UInt160& contract, const neo::UInt256& root,
                             const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Nothing when it is proven that there is no such contract.
  Result<std::optional<std::int32_t>> find_id(const neo::UInt160& contract,
                                              const neo::UInt256& root, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  std::optional<std::int32_t> known_id(const neo::UInt160& contract) const NSL_EXCLUDES(mutex_);
  void remember_id(const neo::UInt160& contract, std::int32_t id) NSL_EXCLUDES(mutex_);

  const Sources& sources_;
  const neo::NetworkMagic magic_;
  mutable Mutex mutex_;
  std::optional<StateValidators> validators_ NSL_GUARDED_BY(mutex_);
  // A contract keeps its id for ever, also through updates.
  // LIMIT: limits::kLightClientContractsMax.
  std::map<neo::UInt160, std::int32_t> contract_ids_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::light_client
