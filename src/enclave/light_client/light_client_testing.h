// A Neo network in memory for tests: blocks signed by a consensus node of its own, a state signed
// by state validators, and nodes that show it, truthfully or changed.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/codec/byte_io.h"
#include "core/neo/contract.h"
#include "core/neo/genesis.h"
#include "core/neo/native.h"
#include "core/neo/stack_item.h"
#include "enclave/chain/evidence_source.h"

namespace nsl::enclave::light_client::testing {

// A trie as neo-project/neo MPTTrie builds it, with the proof of every key.
class Trie {
 public:
  explicit Trie(const std::map<Bytes, Bytes>& values) {
    for (const auto& [key, value] : values) entries_.push_back({to_nibbles(key), value, {}});
    if (!entries_.empty()) root_ = neo::hash256_of(build(0, entries_.size(), 0));
  }
  const neo::UInt256& root() const { return root_; }
  // From the root to the leaf; empty for a key that is absent.
  std::vector<Bytes> proof_of(const Bytes& key) const {
    const Bytes nibbles = to_nibbles(key);
    for (const Entry& entry : entries_) {
      if (entry.nibbles == nibbles) return {entry.way.rbegin(), entry.way.rend()};
    }
    return {};
  }
  // The ways to the first two keys that begin with `prefix` and come after `after`, which is no key
  // when it is `prefix` itself.
  std::vector<neo::StorageProof> ways_behind(const Bytes& prefix, const Bytes& after) const {
    std::vector<neo::StorageProof> ways;
    for (const Entry& entry : entries_) {
      const Bytes key = to_bytes(entry.nibbles);
      const bool is_in = key.size() >= prefix.size() &&
                         std::equal(prefix.begin(), prefix.end(), key.begin()) &&
                         (after.size() == prefix.size() || key > after);
      if (is_in && ways.size() < 2) ways.push_back({.key = key, .nodes = proof_of(key)});
    }
    return ways;
  }

 private:
  struct Entry {
    Bytes nibbles;
    Bytes value;
    // From the leaf to the root.
    std::vector<Bytes> way;
  };

  static Bytes to_nibbles(const Bytes& key) {
    Bytes nibbles;
    for (const std::uint8_t byte : key) {
      nibbles.push_back(byte >> 4);
      nibbles.push_back(byte & 0x0F);
    }
    return nibbles;
  }
  static Bytes to_bytes(const Bytes& nibbles) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < nibbles.size(); i += 2) {
      bytes.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
    return bytes;
  }
  Bytes note(std::size_t first, std::size_t last, Bytes node) {
    for (std::size_t i = first; i < last; ++i) entries_[i].way.push_back(node);
    return node;
  }
  static void write_child(codec::ByteWriter& writer, const Bytes& node) {
    writer.write_u8(3).write_fixed(neo::hash256_of(node).little_endian());
  }
  // The node over entries first to last, whose nibbles before `depth` are the same.
  Bytes build(std::size_t first, std::size_t last, std::size_t depth) {
    const Bytes& low = entries_[first].nibbles;
    const Bytes& high = entries_[last - 1].nibbles;
    const std::size_t shortest = std::min(low.size(), high.size());
    std::size_t shared = depth;
    while (shared < shortest && low[shared] == high[shared]) ++shared;
    codec::ByteWriter writer;
    if (shared > depth) {
      const Bytes prefix(low.begin() + static_cast<std::ptrdiff_t>(depth),
                         low.begin() + static_cast<std::ptrdiff_t>(shared));
      const Bytes child = build(first, last, shared);
      writer.write_u8(1).write_var_bytes(prefix);
      write_child(writer, child);
    } else if (last - first == 1) {
      writer.write_u8(2).write_var_bytes(entries_[first].value);
    } else {
      write_branch(writer, first, last, depth);
    }
    return note(first, last, std::move(writer).take());
  }
  void write_branch(codec::ByteWriter& writer, std::size_t first, std::size_t last,
                    std::size_t depth) {
    writer.write_u8(0);
    const bool ends_here = entries_[first].nibbles.size() == depth;
    std::size_t next = ends_here ? first + 1 : first;
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
      std::size_t end = next;
      while (end < last && entries_[end].nibbles[depth] == nibble) ++end;
      if (end == next) {
        writer.write_u8(4);
      } else {
        write_child(writer, build(next, end, depth + 1));
      }
      next = end;
    }
    if (ends_here) {
      write_child(writer, build(first, first + 1, depth));
    } else {
      writer.write_u8(4);
    }
  }

  std::vector<Entry> entries_;
  neo::UInt256 root_;
};

class TestNetwork {
 public:
  static constexpr neo::NetworkMagic kMagic{56753};

  explicit TestNetwork(std::uint64_t seed = 1) : random_(seed) {
    consensus_.push_back(neo::PrivateKey::generate(random_));
    committee = {consensus_.front().public_key()};
    set_state_key();
    neo::Block genesis = neo::make_genesis_block(committee, 1).value();
    blocks.push_back(std::move(genesis));
    close_state();
  }

  // Adds a block with the transactions, and the state as it stands.
  void add_block(std::vector<neo::Transaction> transactions = {}) {
    neo::Block block;
    block.transactions = std::move(transactions);
    std::vector<neo::UInt256> hashes;
    for (const auto& each : block.transactions) hashes.push_back(neo::hash_of(each));
    const neo::Header& previous = blocks.back().header;
    block.header.previous_hash = neo::hash_of(previous);
    block.header.merkle_root = neo::merkle_root_of(hashes);
    block.header.timestamp_ms = previous.timestamp_ms + 200;
    block.header.nonce = random_nonce();
    block.header.index = neo::BlockIndex(previous.index.value() + 1);
    block.header.next_consensus = previous.next_consensus;
    block.header.witness = sign(consensus_.front(), neo::hash_of(block.header));
    blocks.push_back(std::move(block));
    close_state();
  }
  void add_blocks(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add_block();
  }
  // Loses the blocks after `index`, as a network of one killed node does.
  void lose_blocks_after(std::size_t index) {
    const auto kept = static_cast<std::ptrdiff_t>(index + 1);
    blocks.erase(blocks.begin() + kept, blocks.end());
    tries.erase(tries.begin() + kept, tries.end());
    roots.erase(roots.begin() + kept, roots.end());
  }
  static neo::Transaction transaction(std::uint32_t nonce) {
    neo::Transaction transaction;
    transaction.nonce = nonce;
    return transaction;
  }

  // A contract with that id, from the next block on.
  void deploy(const neo::UInt160& contract, std::int32_t id) {
    Bytes key{8};
    append(key, contract.little_endian());
    state[neo::make_storage_key(neo::kContractManagement.id, key)] =
        neo::serialize(neo::StackItem::structure({neo::StackItem::integer(id)})).value();
  }
  // Other state validators from the block after the next one on.
  void designate_others() {
    next_state_key_ = neo::PrivateKey::generate(random_);
    const auto from = static_cast<std::uint32_t>(blocks.size() + 1);
    Bytes key{4};
    for (int shift = 24; shift >= 0; shift -= 8) {
      key.push_back(static_cast<std::uint8_t>(from >> shift));
    }
    const auto compressed = next_state_key_->public_key().compressed();
    state[neo::make_storage_key(neo::kRoleManagement.id, key)] =
        neo::serialize(
            neo::StackItem::array({neo::StackItem::byte_string(to_bytes(ByteView(compressed)))}))
            .value();
  }
  neo::PublicKey state_key() const { return state_keys_.back().public_key(); }
  neo::StateRoot sign_root(neo::BlockIndex index, const neo::UInt256& root) const {
    neo::StateRoot signed_root{.index = index, .root = root, .witness = std::nullopt};
    signed_root.witness = sign(state_keys_.back(), neo::hash_of(signed_root));
    return signed_root;
  }

  std::vector<neo::PublicKey> committee;
  // Of all blocks, from the genesis block on.
  std::vector<neo::Block> blocks;
  std::vector<Trie> tries;
  std::vector<neo::StateRoot> roots;
  // Storage keys and values as the next block leaves them.
  std::map<Bytes, Bytes> state = {{{0, 0, 0, 0, 0}, {0}}};

 private:
  void set_state_key() { state_keys_.push_back(neo::PrivateKey::generate(random_)); }
  std::uint64_t random_nonce() {
    std::uint64_t nonce = 0;
    for (const std::uint8_t byte : random_.bytes<8>()) nonce = nonce << 8 | byte;
    return nonce;
  }
  static neo::Witness sign(const neo::PrivateKey& key, const neo::UInt256& hash) {
    const Bytes script = neo::make_multisig_script(1, {key.public_key()}).value();
    const neo::KeySignature signature{key.public_key(),
                                      crypto::p256_sign(key, neo::signing_message(kMagic, hash))};
    return neo::make_multisig_witness(script, {&signature, 1}).value();
  }
  void close_state() {
    tries.emplace_back(state);
    roots.push_back(sign_root(blocks.back().header.index, tries.back().root()));
    if (!next_state_key_.has_value()) return;
    state_keys_.push_back(*std::move(next_state_key_));
    next_state_key_.reset();
  }

  SeededRandom random_;
  std::vector<neo::PrivateKey> consensus_;
  std::vector<neo::PrivateKey> state_keys_;
  std::optional<neo::PrivateKey> next_state_key_;
};

// A node of the network; the lies are applied to what it would have shown.
class TestNode final : public chain::EvidenceSource {
 public:
  explicit TestNode(const TestNetwork& network) : network_(&network) {}

  std::function<void(std::vector<neo::Header>&)> change_headers;
  std::function<void(neo::Block&)> change_block;
  std::function<void(neo::StateRoot&)> change_root;
  std::function<void(neo::StorageProof&)> change_proof;
  std::function<void(std::vector<neo::StorageProof>&)> change_neighbours;
  // Claims of each item that it is not there.
  bool hides_items = false;
  // While set, every question fails with it.
  std::optional<Code> failure;
  bool has_state_validators = true;
  int header_requests = 0;
  int proof_requests = 0;
  int neighbour_requests = 0;
  std::size_t most_headers_asked = 0;

  void serve(const TestNetwork& network) { network_ = &network; }

  Result<neo::BlockIndex> height(const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    return network_->blocks.back().header.index;
  }
  Result<std::vector<neo::Header>> headers(neo::BlockIndex first, std::size_t count,
                                           const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    ++header_requests;
    most_headers_asked = std::max(most_headers_asked, count);
    std::vector<neo::Header> shown;
    for (std::size_t i = first.value(); i < network_->blocks.size() && shown.size() < count; ++i) {
      shown.push_back(network_->blocks[i].header);
    }
    if (change_headers) change_headers(shown);
    return shown;
  }
  Result<neo::Header> header_named(const neo::UInt256& hash,
                                   const Deadline& /*deadline*/) override {
    for (const neo::Block& block : network_->blocks) {
      if (neo::hash_of(block.header) == hash) return block.header;
    }
    return fail(Code::not_found);
  }
  Result<neo::Block> block(neo::BlockIndex index, const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    if (index.value() >= network_->blocks.size()) return fail(Code::not_found);
    neo::Block shown = network_->blocks[index.value()];
    if (change_block) change_block(shown);
    return shown;
  }
  Result<neo::StateRoot> state_root(neo::BlockIndex index, const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    if (index.value() >= network_->roots.size()) return fail(Code::not_found);
    neo::StateRoot shown = network_->roots[index.value()];
    if (change_root) change_root(shown);
    return shown;
  }
  Result<neo::StorageProof> storage_proof(const neo::UInt256& root, const neo::UInt160& contract,
                                          ByteView key, const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    ++proof_requests;
    for (const Trie& trie : network_->tries) {
      if (trie.root() != root) continue;
      neo::StorageProof shown;
      shown.key = neo::make_storage_key(id_of(contract), key);
      shown.nodes = trie.proof_of(shown.key);
      if (shown.nodes.empty() || hides_items) return fail(Code::node_refused);
      if (change_proof) change_proof(shown);
      return shown;
    }
    return fail(Code::node_refused);
  }
  Result<std::vector<neo::StorageProof>> neighbours(const neo::UInt256& root,
                                                    const neo::UInt160& contract,
                                                    const chain::StorageRange& range,
                                                    const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    ++neighbour_requests;
    const std::int32_t id = id_of(contract);
    for (const Trie& trie : network_->tries) {
      if (trie.root() != root) continue;
      const ByteView after = range.after.empty() ? range.prefix : range.after;
      auto shown = trie.ways_behind(neo::make_storage_key(id, range.prefix),
                                    neo::make_storage_key(id, after));
      if (change_neighbours) change_neighbours(shown);
      return shown;
    }
    return fail(Code::node_refused);
  }
  Result<std::vector<neo::PublicKey>> state_validators(neo::BlockIndex /*index*/,
                                                       const Deadline& /*deadline*/) override {
    if (failure.has_value()) return fail(*failure);
    if (!has_state_validators) return std::vector<neo::PublicKey>();
    return std::vector<neo::PublicKey>{network_->state_key()};
  }

  // Ids of the contracts the network knows.
  std::map<neo::UInt160, std::int32_t> ids;

 private:
  std::int32_t id_of(const neo::UInt160& contract) const {
    if (const auto native = neo::find_native_contract(contract)) return native->id;
    const auto found = ids.find(contract);
    return found == ids.end() ? 0 : found->second;
  }

  const TestNetwork* network_;
};

}  // namespace nsl::enclave::light_client::testing
