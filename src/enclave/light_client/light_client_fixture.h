// A light client over three nodes of a TestNetwork, and its sealed state.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "enclave/light_client/light_client.h"
#include "enclave/light_client/light_client_testing.h"
#include "enclave/vault/vault_testing.h"

namespace nsl::enclave::light_client::testing {

inline neo::UInt160 contract(std::uint8_t number) {
  neo::UInt160::Array bytes{};
  bytes[0] = number;
  return neo::UInt160(bytes);
}

class LightClientFixture : public ::testing::Test {
 protected:
  LightClientFixture() {
    trust_.committee = network_.committee;
    trust_.validators_count = 1;
    trust_.state_validators = {network_.state_key()};
  }

  // With the vault of the life before.
  Result<std::unique_ptr<LightClient>> open(std::size_t node_count = 1) {
    std::vector<std::unique_ptr<chain::EvidenceSource>> nodes;
    for (std::size_t i = 0; i < node_count; ++i) {
      auto node = std::make_unique<TestNode>(*serving_);
      node->ids = ids_;
      node->has_state_validators = has_state_validators_;
      nodes_[i] = node.get();
      nodes.push_back(std::move(node));
    }
    return LightClient::open({.vault = *vault_, .nodes = std::move(nodes), .magic = magic_}, trust_,
                             deadline_);
  }
  void start(std::size_t node_count = 1) {
    auto opened = open(node_count);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    client_ = *std::move(opened);
  }
  void trust_first_seen() {
    trust_ = {};
    trust_.rule = Trust::Rule::first_seen;
  }
  // Deploys a contract that keeps `value` under "key".
  void deploy_keeping(std::uint8_t number, const char* value) {
    ids_[contract(number)] = number;
    network_.deploy(contract(number), number);
    network_.state[neo::make_storage_key(number, as_bytes("key"))] = to_bytes(as_bytes(value));
  }
  Result<Bytes> prove(std::uint8_t number, std::uint32_t block, const char* key = "key") {
    return client_->prove_storage({contract(number), to_bytes(as_bytes(key))},
                                  neo::BlockIndex(block), deadline_);
  }
  Result<std::optional<Bytes>> find(std::uint8_t number, std::uint32_t block, ByteView key) {
    return client_->find_storage({contract(number), to_bytes(key)}, neo::BlockIndex(block),
                                 deadline_);
  }
  // Whether it is proven that contract `number` keeps nothing under `key`.
  bool is_proven_absent(std::uint8_t number, std::uint32_t block, ByteView key) {
    const auto found = find(number, block, key);
    return found.has_value() && !found->has_value();
  }
  Result<void> include(std::uint32_t nonce, std::uint32_t block) {
    return client_->prove_inclusion(neo::hash_of(TestNetwork::transaction(nonce)),
                                    neo::BlockIndex(block), deadline_);
  }

  vault::testing::VaultFixture vaults_;
  std::unique_ptr<vault::Vault> vault_ = vaults_.must_open();
  Deadline deadline_ = vaults_.deadline();
  bool has_state_validators_ = true;
  TestNetwork network_;
  const TestNetwork* serving_ = &network_;
  neo::NetworkMagic magic_ = TestNetwork::kMagic;
  Trust trust_;
  std::map<neo::UInt160, std::int32_t> ids_;
  std::array<TestNode*, 3> nodes_{};
  std::unique_ptr<LightClient> client_;
};

template <class T>
Code refusal(const Result<T>& result) {
  return result.has_value() ? Code::internal : result.error().code();
}

}  // namespace nsl::enclave::light_client::testing
