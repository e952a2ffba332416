// TrustedChain: what the light client knows for certain between two lives of the enclave, sealed in
// the vault, so that neither the host nor a node can take it back to an older block or to another
// chain.
#pragma once

#include <optional>

#include "core/base/clock.h"
#include "core/neo/header.h"
#include "enclave/vault/vault.h"

namespace nsl::enclave::light_client {

// The account whose witness a state root needs, from that block on.
struct StateValidators {
  neo::UInt160 account;
  neo::BlockIndex from;
  friend bool operator==(const StateValidators&, const StateValidators&) = default;
};

struct TrustedChain {
  neo::NetworkMagic magic;
  // Hash of the block trust began with.
  neo::UInt256 origin;
  // Without its witness.
  neo::Header header;
  // Nothing while nobody is known to sign the network's state.
  std::optional<StateValidators> state_validators;
};

class TrustedChainBook {
 public:
  explicit TrustedChainBook(vault::Vault& vault) : vault_(vault) {}

  // What save() stored last. Code::record_corrupt for what it never wrote.
  Result<std::optional<TrustedChain>> load(const Deadline& deadline);
  // One caller at a time.
  Result<void> save(const TrustedChain& chain, const Deadline& deadline);

 private:
  vault::Vault& vault_;
  // Of the record; 0: there is none yet.
  std::uint64_t version_ = 0;
};

}  // namespace nsl::enclave::light_client
