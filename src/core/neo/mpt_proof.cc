#include "core/neo/mpt_proof.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/codec/byte_io.h"

namespace nsl::neo {
namespace {

constexpr std::size_t kBranchChildren = 17;
// The child of a branch that holds the value of a key that ends there.
constexpr std::size_t kValueChild = 16;

enum class NodeType : std::uint8_t { branch = 0, extension = 1, leaf = 2, hash = 3, empty = 4 };

std::unexpected<Error> invalid(std::string message) {
  return fail(Code::invalid_proof, std::move(message));
}

Bytes to_nibbles(ByteView key) {
  Bytes nibbles;
  nibbles.reserve(2 * key.size());
  for (const std::uint8_t byte : key) {
    nibbles.push_back(byte >> 4);
    nibbles.push_back(byte & 0x0F);
  }
  return nibbles;
}

// A child is the hash of a node, or nothing. Nodes write no other form.
Result<std::optional<UInt256>> read_child(codec::ByteReader& reader) {
  NSL_TRY(const std::uint8_t type, reader.read_u8());
  if (type == static_cast<std::uint8_t>(NodeType::empty)) return std::nullopt;
  if (type != static_cast<std::uint8_t>(NodeType::hash)) return invalid("A child is not a hash");
  NSL_TRY(const UInt256::Array hash, reader.read_array<UInt256::kSize>());
  return UInt256(hash);
}

// Where the way goes on from a node, and how much of the key lies behind it. With neither a next
// node nor a value there is nothing under the key.
struct Step {
  std::optional<UInt256> next;
  std::optional<Bytes> value;
  std::size_t nibbles = 0;
};

Result<Step> step_through_branch(codec::ByteReader& reader, ByteView path) {
  const std::size_t chosen = path.empty() ? kValueChild : path.front();
  Step step;
  for (std::size_t i = 0; i < kBranchChildren; ++i) {
    NSL_TRY(const std::optional<UInt256> child, read_child(reader));
    if (i == chosen) step.next = child;
  }
  if (step.next.has_value() && !path.empty()) step.nibbles = 1;
  return step;
}

Result<Step> step_through_extension(codec::ByteReader& reader, ByteView path) {
  NSL_TRY(const ByteView prefix, reader.read_var_bytes(2 * kMptKeyBytesMax));
  NSL_TRY(const std::optional<UInt256> next, read_child(reader));
  if (prefix.empty() || !next.has_value()) return invalid("An extension leads nowhere");
  if (prefix.size() > path.size() || !equal(prefix, path.first(prefix.size()))) return Step();
  return Step{.next = next, .value = std::nullopt, .nibbles = prefix.size()};
}

Result<Step> step_through_leaf(codec::ByteReader& reader, ByteView path) {
  NSL_TRY(const ByteView value, reader.read_var_bytes(kMptNodeBytesMax));
  if (!path.empty()) return Step();
  return Step{.next = std::nullopt, .value = to_bytes(value), .nibbles = 0};
}

Result<Step> step_through(ByteView node, ByteView path) {
  codec::ByteReader reader(node);
  NSL_TRY(const std::uint8_t type, reader.read_u8());
  Result<Step> step = invalid("Unknown kind of node");
  if (type == static_cast<std::uint8_t>(NodeType::branch)) {
    step = step_through_branch(reader, path);
  } else if (type == static_cast<std::uint8_t>(NodeType::extension)) {
    step = step_through_extension(reader, path);
  } else if (type == static_cast<std::uint8_t>(NodeType::leaf)) {
    step = step_through_leaf(reader, path);
  }
  if (step.has_value()) NSL_TRY_VOID(reader.expect_end());
  return step;
}

}  // namespace

Bytes make_storage_key(std::int32_t contract_id, ByteView key) {
  codec::ByteWriter writer;
  writer.write_u32(static_cast<std::uint32_t>(contract_id)).write_fixed(key);
  return std::move(writer).take();
}

Bytes encode(const StorageProof& proof) {
  codec::ByteWriter writer;
  writer.write_var_bytes(proof.key).write_varint(proof.nodes.size());
  for (const Bytes& each : proof.nodes) writer.write_var_bytes(each);
  return std::move(writer).take();
}

Result<StorageProof> parse_storage_proof(ByteView bytes) {
  codec::ByteReader reader(bytes);
  StorageProof proof;
  NSL_TRY(const ByteView key, reader.read_var_bytes(kMptKeyBytesMax));
  proof.key = to_bytes(key);
  NSL_TRY(const std::uint64_t count, reader.read_varint(kMptProofNodesMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    NSL_TRY(const ByteView node, reader.read_var_bytes(kMptNodeBytesMax));
    proof.nodes.push_back(to_bytes(node));
  }
  NSL_TRY_VOID(reader.expect_end());
  return proof;
}

Result<Bytes> verify_storage_proof(const UInt256& root, const StorageProof& proof) {
  NSL_TRY(KeyWay way, walk_towards(root, proof.key, proof.nodes));
  if (way.end == KeyWay::End::absent) return invalid("The key ends in nothing");
  if (way.end == KeyWay::End::open) return invalid("The proof does not reach the value");
  if (way.nodes != proof.nodes.size()) return invalid("The proof goes on behind the value");
  return std::move(way.value);
}

Result<KeyWay> walk_towards(const UInt256& root, ByteView key, const std::vector<Bytes>& nodes) {
  if (key.size() > kMptKeyBytesMax || nodes.size() > kMptProofNodesMax) {
    return invalid("The proof is too long");
  }
  const Bytes nibbles = to_nibbles(key);
  KeyWay way;
  UInt256 expected = root;
  for (const Bytes& node : nodes) {
    if (hash256_of(node) != expected) break;
    ++way.nodes;
    NSL_TRY(Step step, step_through(node, ByteView(nibbles).subspan(way.nibbles)));
    way.nibbles += step.nibbles;
    if (step.next.has_value()) {
      expected = *step.next;
      continue;
    }
    way.end = step.value.has_value() ? KeyWay::End::present : KeyWay::End::absent;
    if (step.value.has_value()) way.value = *std::move(step.value);
    return way;
  }
  if (way.nodes == 0) return invalid("The proof is of another state");
  return way;
}

}  // namespace nsl::neo
