#include "enclave/light_client/state_prover.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/limits.h"
#include "core/codec/byte_io.h"
#include "core/neo/contract.h"
#include "core/neo/native.h"
#include "core/neo/stack_item.h"
#include "enclave/light_client/storage_evidence.h"

namespace nsl::enclave::light_client {
namespace {

// neo-project/neo ContractManagement.Prefix_Contract.
constexpr std::uint8_t kContractPrefix = 8;
// neo-project/neo Role.StateValidator.
constexpr std::uint8_t kStateValidatorRole = 4;

Bytes contract_key(const neo::UInt160& contract) {
  Bytes key(1 + neo::UInt160::kSize, kContractPrefix);
  std::ranges::copy(contract.little_endian(), key.begin() + 1);
  return key;
}

// neo-project/neo RoleManagement: the role, then the first block of the designation, big-endian.
Bytes designation_key(neo::BlockIndex from) {
  Bytes key{kStateValidatorRole};
  for (int shift = 24; shift >= 0; shift -= 8) {
    key.push_back(static_cast<std::uint8_t>(from.value() >> shift));
  }
  return key;
}

StoredUnder contract_state(const neo::UInt160& contract, const neo::UInt256& root) {
  return {.root = root,
          .contract = neo::hash_of(neo::kContractManagement),
          .id = neo::kContractManagement.id,
          .key = contract_key(contract)};
}

Result<std::int32_t> parse_contract_id(ByteView state) {
  NSL_TRY(const neo::StackItem item, neo::parse_stack_item(state));
  NSL_TRY(const neo::StackItem::List& fields, item.items());
  if (fields.empty()) return fail(Code::invalid_proof, "The contract has no id");
  NSL_TRY(const neo::Integer integer, fields.front().to_integer());
  const std::optional<std::int64_t> id = integer.to_int64();
  if (!id.has_value() || *id < INT32_MIN || *id > INT32_MAX) {
    return fail(Code::invalid_proof, "The contract's id is none");
  }
  return static_cast<std::int32_t>(*id);
}

Result<neo::UInt160> parse_designated(ByteView value) {
  NSL_TRY(const neo::StackItem item, neo::parse_stack_item(value));
  NSL_TRY(const neo::StackItem::List& entries, item.items());
  std::vector<neo::PublicKey> keys;
  for (const neo::StackItem& entry : entries) {
    NSL_TRY(const Bytes bytes, entry.to_bytes());
    NSL_TRY(const neo::PublicKey key, neo::parse_public_key(bytes));
    keys.push_back(key);
  }
  return neo::byzantine_account(keys);
}

// Whether the root carries the signatures of `validators`, as far as its form tells.
bool names(const neo::StateRoot& root, const StateValidators& validators) {
  return root.witness.has_value() &&
         neo::hash160_of(root.witness->verification) == validators.account;
}

// The last block before `block` whose state names the validators, as a node tells; they have
// signed the state before.
Result<neo::StateRoot> last_root_of(chain::EvidenceSource& node, const StateValidators& validators,
                                    neo::BlockIndex block, const Deadline& deadline) {
  std::uint32_t theirs = validators.from.value();
  std::uint32_t others = block.value();
  while (others - theirs > 1) {
    const std::uint32_t middle = theirs + (others - theirs) / 2;
    NSL_TRY(const neo::StateRoot root, node.state_root(neo::BlockIndex(middle), deadline));
    (names(root, validators) ? theirs : others) = middle;
  }
  return node.state_root(neo::BlockIndex(theirs), deadline);
}

}  // namespace

void StateProver::set_validators(const StateValidators& validators) {
  MutexLock lock(mutex_);
  validators_ = validators;
}

std::optional<StateValidators> StateProver::validators() const {
  MutexLock lock(mutex_);
  return validators_;
}

void StateProver::forget_contracts() {
  MutexLock lock(mutex_);
  contract_ids_.clear();
}

Result<neo::UInt256> StateProver::ask_root(neo::BlockIndex block, const StateValidators& validators,
                                           const Deadline& deadline) const {
  return sources_.ask<neo::UInt256>([&](chain::EvidenceSource& node) -> Result<neo::UInt256> {
    NSL_TRY(const neo::StateRoot root, node.state_root(block, deadline));
    if (root.index != block) return fail(Code::invalid_proof, "The state is of another block");
    if (!root.witness.has_value()) {
      return fail(Code::node_behind,
                  fmt::format("The state after block {} is not signed yet", block.value()));
    }
    NSL_TRY_VOID(neo::verify_state_root(root, validators.account, magic_));
    return root.root;
  });
}

Result<StateValidators> StateProver::successors_of(const StateValidators& validators,
                                                   neo::BlockIndex block,
                                                   const Deadline& deadline) const {
  return sources_.ask<StateValidators>([&](chain::EvidenceSource& node) -> Result<StateValidators> {
    NSL_TRY(const neo::StateRoot last, last_root_of(node, validators, block, deadline));
    if (last.index < validators.from || last.index >= block) {
      return fail(Code::invalid_proof, "The state is of another block");
    }
    NSL_TRY_VOID(neo::verify_state_root(last, validators.account, magic_));
    StateValidators next{.account = {}, .from = neo::BlockIndex(last.index.value() + 1)};
    NSL_TRY(const Bytes value, ask_value(node,
                                         {.root = last.root,
                                          .contract = neo::hash_of(neo::kRoleManagement),
                                          .id = neo::kRoleManagement.id,
                                          .key = designation_key(next.from)},
                                         deadline));
    NSL_TRY(next.account, parse_designated(value));
    return next;
  });
}

Result<neo::UInt256> StateProver::root_after(neo::BlockIndex block, const Deadline& deadline) {
  for (std::int64_t change = 0; change <= limits::kStateValidatorChangesMax; ++change) {
    const std::optional<StateValidators> current = validators();
    if (!current.has_value()) return fail(Code::storage_not_provable);
    if (block < current->from) {
      return fail(Code::storage_not_provable, "The block is older than the trusted state");
    }
    Result<neo::UInt256> root = ask_root(block, *current, deadline);
    if (root.has_value() || root.error().code() != Code::invalid_signature) return root;
    // Others may have been designated since; if not, the signature is wrong.
    const Result<StateValidators> next = successors_of(*current, block, deadline);
    if (!next.has_value()) return root;
    set_validators(*next);
  }
  return fail(Code::limit_exceeded, "The state validators changed too often");
}

std::optional<std::int32_t> StateProver::known_id(const neo::UInt160& contract) const {
  if (const auto native = neo::find_native_contract(contract)) return native->id;
  MutexLock lock(mutex_);
  const auto known = contract_ids_.find(contract);
  if (known == contract_ids_.end()) return std::nullopt;
  return known->second;
}

void StateProver::remember_id(const neo::UInt160& contract, std::int32_t id) {
  MutexLock lock(mutex_);
  if (contract_ids_.size() >= static_cast<std::size_t>(limits::kLightClientContractsMax)) {
    contract_ids_.clear();
  }
  contract_ids_[contract] = id;
}

Result<std::int32_t> StateProver::id_of(const neo::UInt160& contract, const neo::UInt256& root,
                                        const Deadline& deadline) {
  if (const auto known = known_id(contract)) return *known;
  const auto show = [&](chain::EvidenceSource& node) -> Result<std::int32_t> {
    NSL_TRY(const Bytes state, ask_value(node, contract_state(contract, root), deadline));
    return parse_contract_id(state);
  };
  NSL_TRY(const std::int32_t id, sources_.ask<std::int32_t>(show));
  remember_id(contract, id);
  return id;
}

Result<std::optional<std::int32_t>> StateProver::find_id(const neo::UInt160& contract,
                                                         const neo::UInt256& root,
                                                         const Deadline& deadline) {
  if (const auto known = known_id(contract)) return known;
  using Found = std::optional<std::int32_t>;
  const auto show = [&](chain::EvidenceSource& node) -> Result<Found> {
    NSL_TRY(const auto state, ask_whether(node, contract_state(contract, root), deadline));
    if (!state.has_value()) return Found();
    NSL_TRY(const std::int32_t id, parse_contract_id(*state));
    return Found(id);
  };
  NSL_TRY(const Found id, sources_.ask<Found>(show));
  if (id.has_value()) remember_id(contract, *id);
  return id;
}

Result<Bytes> StateProver::prove(const StorageItem& item, neo::BlockIndex block,
                                 const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 root, root_after(block, deadline));
  NSL_TRY(const std::int32_t id, id_of(item.contract, root, deadline));
  const StoredUnder place{.root = root, .contract = item.contract, .id = id, .key = item.key};
  return sources_.ask<Bytes>(
      [&](chain::EvidenceSource& node) { return ask_value(node, place, deadline); });
}

Result<std::optional<Bytes>> StateProver::find(const StorageItem& item, neo::BlockIndex block,
                                               const Deadline& deadline) {
  NSL_TRY(const neo::UInt256 root, root_after(block, deadline));
  NSL_TRY(const auto id, find_id(item.contract, root, deadline));
  if (!id.has_value()) return std::optional<Bytes>();
  const StoredUnder place{.root = root, .contract = item.contract, .id = *id, .key = item.key};
  return sources_.ask<std::optional<Bytes>>(
      [&](chain::EvidenceSource& node) { return ask_whether(node, place, deadline); });
}

}  // namespace nsl::enclave::light_client
