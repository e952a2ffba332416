#include "core/neo/fee.h"

#include <gtest/gtest.h>

#include "core/neo/contract.h"
#include "core/neo/deployment_fee.h"
#include "core/neo/vectors_test.h"

namespace nsl::neo {
namespace {

Transaction with_signers(std::size_t count) {
  Transaction transaction;
  transaction.script = {0x40};
  for (std::size_t i = 0; i < count; ++i) {
    UInt160::Array account{};
    account[0] = static_cast<std::uint8_t>(i);
    transaction.signers.push_back({UInt160(account), WitnessScope::none, {}, {}, {}});
  }
  return transaction;
}

Bytes single_script() { return make_signature_script(numbered_key(0).public_key()); }

Bytes multisig_script(std::size_t threshold, int count) {
  std::vector<PublicKey> keys;
  for (int i = 0; i < count; ++i) keys.push_back(numbered_key(i).public_key());
  return make_multisig_script(threshold, keys).value();
}

std::int64_t fee_of(const Transaction& transaction, const std::vector<Bytes>& scripts,
                    const FeePolicy& policy = {}) {
  const std::vector<ByteView> views(scripts.begin(), scripts.end());
  return network_fee_of(transaction, views, policy).value().datoshi();
}

// The size of the signed transaction, with every signature in place.
std::int64_t signed_size(Transaction transaction, const Witness& witness) {
  transaction.witnesses.assign(transaction.signers.size(), witness);
  return static_cast<std::int64_t>(encode(transaction).size());
}

TEST(Fee, SingleSignatureCosts983520DatoshiAndItsBytes) {
  const Transaction transaction = with_signers(1);
  const Witness witness = make_witness(numbered_key(0).public_key(), Signature{});
  EXPECT_EQ(fee_of(transaction, {single_script()}),
            983520 + 1000 * signed_size(transaction, witness));
}

TEST(Fee, ThreeOfFourCosts3933900DatoshiAndItsBytes) {
  const Transaction transaction = with_signers(1);
  const Witness witness{Bytes(3 * 66), multisig_script(3, 4)};
  EXPECT_EQ(fee_of(transaction, {multisig_script(3, 4)}),
            3933900 + 1000 * signed_size(transaction, witness));
}

TEST(Fee, AddsUpSeveralSigners) {
  const Transaction transaction = with_signers(2);
  const Witness witness = make_witness(numbered_key(0).public_key(), Signature{});
  EXPECT_EQ(fee_of(transaction, {single_script(), single_script()}),
            2 * 983520 + 1000 * signed_size(transaction, witness));
}

TEST(Fee, RoundsFractionsOfADatoshiUp) {
  const Transaction transaction = with_signers(1);
  FeePolicy policy;
  policy.fee_per_byte = 0;
  policy.execution_fee_pico = 1;
  EXPECT_EQ(fee_of(transaction, {single_script()}, policy), 4) << "32784 / 10000";
}

TEST(Fee, ChargesAttributes) {
  FeePolicy policy;
  policy.conflicts_fee = 5;
  policy.high_priority_fee = 7;
  policy.not_valid_before_fee = 11;
  policy.oracle_response_fee = 13;
  FeePolicy free;
  free.notary_assisted_fee = 0;
  Transaction transaction = with_signers(2);
  const std::vector<Bytes> scripts = {single_script(), single_script()};
  transaction.attributes = {HighPriority{}, NotValidBefore{}, Conflicts{}, NotaryAssisted{3},
                            OracleResponse{}};
  EXPECT_EQ(fee_of(transaction, scripts, policy) - fee_of(transaction, scripts, free),
            7 + 11 + 2 * 5 + 4 * 10000000 + 13);
}

TEST(Fee, RefusesAccountsWhoseCostOnlyANodeKnows) {
  const Transaction transaction = with_signers(1);
  const ByteView contract_account;
  EXPECT_FALSE(network_fee_of(transaction, std::span(&contract_account, 1), {}).has_value());
  EXPECT_FALSE(network_fee_of(transaction, {}, {}).has_value()) << "a script is missing";
}

TEST(Fee, RefusesTransactionsThatWillBeTooLarge) {
  Transaction transaction = with_signers(1);
  transaction.script.assign(65535, 0x21);
  transaction.attributes = {OracleResponse{1, OracleCode::success, Bytes(40000)}};
  const Bytes script = single_script();
  const ByteView view = script;
  EXPECT_EQ(network_fee_of(transaction, std::span(&view, 1), {}).error().code(),
            Code::invalid_transaction);
}

TEST(Fee, RefusesImplausiblePolicies) {
  const Transaction transaction = with_signers(1);
  const Bytes script = single_script();
  const ByteView view = script;
  for (const std::int64_t fee : {std::int64_t{-1}, INT64_MAX}) {
    FeePolicy per_byte;
    per_byte.fee_per_byte = fee;
    EXPECT_FALSE(network_fee_of(transaction, std::span(&view, 1), per_byte).has_value());
    FeePolicy execution;
    execution.execution_fee_pico = fee;
    EXPECT_FALSE(network_fee_of(transaction, std::span(&view, 1), execution).has_value());
  }
}

// neo-go v0.122.0 pkg/core/native/management.go: the storage of both files, at least the minimum.
TEST(Fee, DeploymentCostsItsStorageOrTheMinimum) {
  EXPECT_EQ(deployment_fee_of(100, 200, {})->datoshi(), 1000000000);
  EXPECT_EQ(deployment_fee_of(8000, 2001, {})->datoshi(), 1000100000);
  const DeploymentPolicy cheap{.storage_price = 1000, .minimum_fee = 0};
  EXPECT_EQ(deployment_fee_of(131070, 65535, cheap)->datoshi(), 196605000);
  EXPECT_FALSE(deployment_fee_of(131071, 0, cheap).has_value());
  EXPECT_FALSE(deployment_fee_of(0, 65536, cheap).has_value());
  EXPECT_FALSE(deployment_fee_of(1, 1, {.storage_price = -1, .minimum_fee = 0}).has_value());
  EXPECT_FALSE(deployment_fee_of(1, 1, {.storage_price = 1, .minimum_fee = INT64_MAX}).has_value());
}

}  // namespace
}  // namespace nsl::neo
