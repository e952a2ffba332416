// What the tests of this folder share: a wallet with GAS on a chain that answers what a test says.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/script_builder.h"
#include "enclave/testing/fake_chain.h"
#include "enclave/testing/service_test.h"
#include "enclave/transactions/submitter.h"
#include "enclave/wallets/wallet_service.h"

namespace nsl::enclave::transactions::testing {

class SubmitterFixture : public enclave::testing::ServiceTest {
 protected:
  SubmitterFixture() {
    nsl::v1::CreateWalletRequest create;
    create.set_name("hot");
    wallet_ = wallets_.create(alice(), create).value();
    set_balance(1000);
    chain_.answers["getAttributeFee"] = {neo::StackItem::integer(0)};
  }

  void set_balance(std::int64_t gas) {
    chain_.answers["balanceOf"] = {neo::StackItem::integer(gas * 100'000'000)};
  }
  Draft draft(const std::string& id, const std::string& order_key = {}) {
    Draft made;
    made.key = {"acc_alice", id};
    made.wallet_id = wallet_.id();
    made.signer_wallets = {wallet_.id()};
    neo::Signer signer;
    signer.account = neo::UInt160::parse(wallet_.script_hash()).value();
    signer.scopes = neo::WitnessScope::called_by_entry;
    made.transaction.signers = {signer};
    made.transaction.script =
        neo::make_call_script(neo::native_contract_hash("NeoToken"), "vote", {}).value();
    made.system_fee_max = neo::GasAmount::parse("1").value();
    made.network_fee_max = neo::GasAmount::parse("1").value();
    made.valid_blocks = 100;
    made.arguments_text = id;
    made.order_key = order_key;
    return made;
  }
  Result<Submission> submit(const Draft& draft, Shortage shortage = Shortage::refuse) {
    return submitter_.submit(draft, shortage, deadline_);
  }
  // Submits and gives the transaction's hash.
  neo::UInt256 sent(const std::string& id) { return hash_of(submit(draft(id)).value().intent); }
  stored::IntentRecord follow(const std::string& id) {
    return submitter_.follow({"acc_alice", id}, deadline_).value();
  }
  stored::IntentRecord get(const std::string& id) {
    return submitter_.get({"acc_alice", id}, deadline_).value();
  }
  static neo::UInt256 hash_of(const stored::IntentRecord& intent) {
    return neo::UInt256::parse(intent.hash()).value();
  }
  static neo::Transaction parsed(const stored::IntentRecord& intent) {
    return neo::parse_transaction(as_bytes(intent.transaction())).value();
  }
  // The chain has moved on to this block.
  void reach(std::uint32_t height) {
    chain_.newest_block = neo::BlockIndex(height);
    clock_.advance_ms(1000);
  }
  // A block at the next height holds these transactions.
  void make_block(const std::vector<neo::UInt256>& transactions) {
    const neo::BlockIndex next(chain_.newest_block.value() + 1);
    for (const neo::UInt256& hash : transactions) chain_.halt_in_block(hash, next);
    reach(next.value());
  }
  Result<WalletJobOutcome> look() {
    return submitter_.carry_out({.account = "acc_alice", .wallet_id = wallet_.id()}, deadline_);
  }
  Submitter::Parts parts() {
    return {
        .vault = *vault_, .wallets = book_, .chain = chain_, .clock = clock_, .random = random_};
  }

  enclave::testing::FakeChain chain_;
  wallets::WalletBook book_{*vault_, keys_};
  wallets::WalletService wallets_{*vault_, book_};
  Submitter submitter_{parts()};
  nsl::v1::Wallet wallet_;
};

}  // namespace nsl::enclave::transactions::testing
