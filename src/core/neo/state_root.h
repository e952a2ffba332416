// State roots: what the state validators sign about the storage of all contracts after a block.
// With a verified root, mpt_proof.h proves single values.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/neo/hash.h"
#include "core/neo/json.h"
#include "core/neo/network.h"
#include "core/neo/witness.h"

namespace nsl::neo {

struct StateRoot {
  // The block after which the storage has this root.
  BlockIndex index;
  UInt256 root;
  // Nothing until the validators have signed.
  std::optional<Witness> witness;

  friend bool operator==(const StateRoot&, const StateRoot&) = default;
};

Bytes encode(const StateRoot& root);
// Version, index and root: what the hash covers.
Bytes encode_unsigned(const StateRoot& root);
UInt256 hash_of(const StateRoot& root);
Result<StateRoot> parse_state_root(ByteView bytes);

// {"version","index","roothash","witnesses"}: the reply of getstateroot.
JsonValue to_json(const StateRoot& root);
Result<StateRoot> parse_rpc_state_root(const JsonValue& json);

// `validators` is byzantine_account() of the keys that had the role StateValidator for the root's
// index, and has signed the root on that network. Code::invalid_signature otherwise.
Result<void> verify_state_root(const StateRoot& root, const UInt160& validators,
                               NetworkMagic magic);

}  // namespace nsl::neo
