#include "enclave/light_client/storage_evidence.h"

#include "core/base/limits.h"

namespace nsl::enclave::light_client {
namespace {

using neo::KeyWay;

// neo-project/neo ApplicationEngine.MaxStorageKeySize.
constexpr std::size_t kKeyBytesMax = 64;
constexpr std::size_t kIdNibbles = 8;

// The keys that share `nibbles` of the contract's own key, from the first on.
chain::StorageRange range_from_start(ByteView key, std::size_t nibbles) {
  const std::size_t whole = nibbles / 2;
  chain::StorageRange range{.prefix = to_bytes(key.first(whole)), .after = {}};
  if (nibbles % 2 == 0) return range;
  // The last key that has not the half byte in common, which is there or not.
  const auto half = static_cast<std::uint8_t>(key[whole] & 0xF0);
  range.after = range.prefix;
  if (half == 0) return range;
  range.after.push_back(static_cast<std::uint8_t>(half - 1));
  range.after.resize(kKeyBytesMax, 0xFF);
  return range;
}

// Of them those behind the key.
chain::StorageRange range_behind(ByteView key, std::size_t nibbles) {
  const std::size_t whole = nibbles / 2;
  chain::StorageRange range{.prefix = to_bytes(key.first(whole)), .after = {}};
  if (whole < key.size()) range.after = to_bytes(key);
  return range;
}

// Follows the key along the ways to its neighbours until one of them shows where it ends. What is
// known of it is proven: so many of its nibbles lead to a node that is there.
class AbsenceSearch {
 public:
  AbsenceSearch(chain::EvidenceSource& node, const StoredUnder& place)
      : node_(node), place_(place), full_key_(neo::make_storage_key(place.id, place.key)) {}

  // Nothing: the key is absent. Code::invalid_proof when the node shows no way that leads further.
  Result<std::optional<Bytes>> search(const Deadline& deadline) {
    int idle = 0;
    for (std::int64_t step = 0; step < limits::kAbsenceProofStepsMax && idle < 2; ++step) {
      const std::size_t nibbles = way_.nibbles;
      // The neighbour that has most in common lies behind the key or before it.
      NSL_TRY_VOID(look(step % 2 == 0 ? range_behind(place_.key, known_nibbles())
                                      : range_from_start(place_.key, known_nibbles()),
                        deadline));
      if (way_.end == KeyWay::End::present) return std::optional<Bytes>(std::move(way_.value));
      if (way_.end == KeyWay::End::absent) return std::optional<Bytes>();
      idle = way_.nibbles == nibbles ? idle + 1 : 0;
    }
    return fail(Code::invalid_proof, "The node does not show that the key is absent");
  }

 private:
  // Of the contract's own key.
  std::size_t known_nibbles() const {
    return way_.nibbles > kIdNibbles ? way_.nibbles - kIdNibbles : 0;
  }
  Result<void> look(const chain::StorageRange& range, const Deadline& deadline) {
    NSL_TRY(const auto ways, node_.neighbours(place_.root, place_.contract, range, deadline));
    for (const neo::StorageProof& shown : ways) {
      NSL_TRY(KeyWay way, neo::walk_towards(place_.root, full_key_, shown.nodes));
      const bool leads_further = way.end != KeyWay::End::open || way.nibbles > way_.nibbles;
      if (leads_further) way_ = std::move(way);
      if (way_.end != KeyWay::End::open) return {};
    }
    return {};
  }

  chain::EvidenceSource& node_;
  const StoredUnder& place_;
  const Bytes full_key_;
  KeyWay way_;
};

}  // namespace

Result<Bytes> ask_value(chain::EvidenceSource& node, const StoredUnder& place,
                        const Deadline& deadline) {
  NSL_TRY(const neo::StorageProof proof,
          node.storage_proof(place.root, place.contract, place.key, deadline));
  if (proof.key != neo::make_storage_key(place.id, place.key)) {
    return fail(Code::invalid_proof, "The proof is of another key");
  }
  return neo::verify_storage_proof(place.root, proof);
}

Result<std::optional<Bytes>> ask_whether(chain::EvidenceSource& node, const StoredUnder& place,
                                         const Deadline& deadline) {
  if (place.key.size() > kKeyBytesMax) return fail(Code::invalid_argument, "The key is too long");
  Result<Bytes> value = ask_value(node, place, deadline);
  if (value.has_value()) return std::optional<Bytes>(*std::move(value));
  if (code_is_retryable(value.error().code())) return fail(value.error());
  return AbsenceSearch(node, place).search(deadline);
}

}  // namespace nsl::enclave::light_client
