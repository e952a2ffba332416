#include "enclave/proposals/proposal_service.h"

#include <gtest/gtest.h>

#include <array>

#include "core/base/limits.h"
#include "core/neo/contract.h"
#include "core/neo/fee.h"
#include "core/neo/nef.h"
#include "core/neo/signature_context.h"
#include "enclave/proposals/proposal_testing.h"

namespace nsl::enclave::proposals {
namespace {

using nsl::v1::Proposal;

// s and n - s both verify: the other form of a signature of P-256.
std::string other_form(std::string signature) {
  // SEC 2 section 2.4.2: the order n.
  constexpr std::array<std::uint8_t, 32> kOrder = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                   0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                                   0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
  int borrow = 0;
  for (std::size_t i = 32; i-- > 0;) {
    const int s = static_cast<std::uint8_t>(signature[32 + i]);
    int digit = kOrder[i] - s - borrow;
    borrow = digit < 0 ? 1 : 0;
    if (digit < 0) digit += 256;
    signature[32 + i] = static_cast<char>(digit);
  }
  return signature;
}

using testing::ProposalServiceTest;

TEST_F(ProposalServiceTest, IsOneUnsignedTransactionOfTheWallet) {
  const auto made = service_.create(alice(), transfer_request());
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->status(), Proposal::PENDING);
  EXPECT_EQ(made->account(), safe_.script_hash());
  EXPECT_EQ(made->threshold(), 2U);
  EXPECT_EQ(made->keys_size(), 3);
  const auto transaction = neo::parse_unsigned_transaction(as_bytes(made->transaction()));
  ASSERT_TRUE(transaction.has_value());
  EXPECT_EQ(neo::hash_of(*transaction).to_text(), made->hash());
  EXPECT_EQ(transaction->signers.front().account.to_text(), safe_.script_hash());
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(ProposalServiceTest, ShowsWhatTheScriptDoes) {
  const Proposal made = propose();
  ASSERT_EQ(made.calls_size(), 1);
  EXPECT_EQ(made.calls(0).method(), "transfer");
  EXPECT_EQ(made.calls(0).contract(), neo::native_contract_hash("GasToken").to_text());
  EXPECT_EQ(made.calls(0).result(), "asserted");
  EXPECT_NE(made.calls(0).args().find("150000000"), std::string::npos);
  ASSERT_GT(made.instructions_size(), 5);
  EXPECT_EQ(made.instructions(made.instructions_size() - 1).opcode(), "ASSERT");
  EXPECT_EQ(made.instructions_left(), 0U);
  EXPECT_NE(made.signer().find("CalledByEntry"), std::string::npos);
}

TEST_F(ProposalServiceTest, ShowsTheStartOfALongScript) {
  neo::Transaction given =
      neo::parse_unsigned_transaction(as_bytes(propose().transaction())).value();
  given.script.assign(static_cast<std::size_t>(limits::kProposalInstructionsMax) + 5, 0x21);
  nsl::v1::CreateProposalRequest request;
  request.set_wallet("safe");
  const Bytes bytes = neo::encode_unsigned(given);
  request.set_transaction(bytes.data(), bytes.size());
  const auto made = service_.create(alice(), request);
  ASSERT_TRUE(made.has_value()) << made.error().message();
  EXPECT_EQ(made->calls_size(), 0);
  EXPECT_EQ(made->instructions_size(), limits::kProposalInstructionsMax);
  EXPECT_EQ(made->instructions_left(), 5U);
}

TEST_F(ProposalServiceTest, PaysSomewhatMoreBecausePeopleAreSlow) {
  const Proposal made = propose();
  const auto transaction = neo::parse_unsigned_transaction(as_bytes(made.transaction())).value();
  const Bytes script = to_bytes(safe_.verification_script());
  const std::array<ByteView, 1> scripts = {script};
  const std::int64_t least =
      neo::network_fee_of(transaction, scripts, chain_.fees).value().datoshi();
  EXPECT_EQ(transaction.network_fee.datoshi(),
            least + least / 100 * limits::kProposalFeeMarginPercent);
  auto bounded = transfer_request();
  bounded.mutable_transfer()->mutable_options()->set_max_network_fee(
      neo::GasAmount::parse_datoshi(least + 1).value().to_text());
  EXPECT_EQ(service_.create(alice(), bounded)->network_fee(),
            neo::GasAmount::parse_datoshi(least + 1).value().to_text());
}

TEST_F(ProposalServiceTest, WaitsForPeopleAsLongAsTheNetworkLetsIt) {
  EXPECT_EQ(propose().valid_until_block(), 100U + 5760U);
  auto hasty = transfer_request();
  hasty.mutable_transfer()->mutable_options()->set_valid_blocks(10);
  EXPECT_EQ(service_.create(alice(), hasty)->valid_until_block(), 110U);
}

TEST_F(ProposalServiceTest, IsSentOnceThereAreEnoughSignatures) {
  const Proposal made = propose();
  const auto first = sign(alice(), "safe", made.id(), "hot");
  ASSERT_TRUE(first.has_value()) << first.error().message();
  EXPECT_EQ(first->status(), Proposal::PENDING);
  EXPECT_TRUE(chain_.sent.empty());
  const auto second = add(made.id(), outside_.public_key(), signed_outside(made.id()));
  ASSERT_TRUE(second.has_value()) << second.error().message();
  EXPECT_EQ(second->status(), Proposal::SENT);
  ASSERT_EQ(chain_.sent.size(), 1U);
  EXPECT_EQ(neo::hash_of(newest_sent()).to_text(), made.hash());
  EXPECT_TRUE(neo::verify_witnesses(newest_sent(), chain_.network_info.magic).has_value());
  make_block({neo::hash_of(newest_sent())});
  EXPECT_EQ(get(alice(), "safe", made.id())->status(), Proposal::CONFIRMED);
  EXPECT_EQ(get(alice(), "safe", made.id())->block(), 101U);
}

TEST_F(ProposalServiceTest, PutsSignaturesInTheOrderOfTheScriptWhateverTheirOwn) {
  for (int order = 0; order < 3; ++order) {
    const Proposal made = propose();
    if (order != 0) {
      ASSERT_TRUE(sign(bob(), "own", made.id()).has_value());
    }
    if (order != 1) {
      ASSERT_TRUE(add(made.id(), outside_.public_key(), signed_outside(made.id())).has_value());
    }
    if (order != 2) {
      ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
    }
    EXPECT_TRUE(neo::verify_witnesses(newest_sent(), chain_.network_info.magic).has_value());
  }
  EXPECT_EQ(chain_.sent.size(), 3U);
}

TEST_F(ProposalServiceTest, IsSeenAndSignedByWhoeverOwnsOneOfItsKeys) {
  const Proposal made = propose();
  const auto seen = get(bob(), "own", made.id());
  ASSERT_TRUE(seen.has_value()) << seen.error().message();
  EXPECT_EQ(seen->hash(), made.hash());
  EXPECT_TRUE(seen->wallet().empty());
  EXPECT_EQ(seen->calls_size(), 1);
  ASSERT_TRUE(sign(bob(), "own", made.id()).has_value());
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  EXPECT_EQ(chain_.sent.size(), 1U);
  EXPECT_EQ(get(bob(), "own", made.id())->status(), Proposal::SENT);
}

TEST_F(ProposalServiceTest, IsNotThereForWhoeverOwnsNoneOfItsKeys) {
  const Proposal made = propose();
  nsl::v1::CreateWalletRequest create;
  create.set_name("strange");
  ASSERT_TRUE(wallets_.create(bob(), create).has_value());
  EXPECT_EQ(get(bob(), "strange", made.id()).error().code(), Code::proposal_not_found);
  EXPECT_EQ(sign(bob(), "strange", made.id()).error().code(), Code::proposal_not_found);
  EXPECT_EQ(withdraw(bob(), "strange", made.id()).error().code(), Code::proposal_not_found);
  // The same keys in a wallet of his own are not his keys.
  nsl::v1::CreateMultisigWalletRequest copy;
  copy.set_name("copy");
  copy.set_threshold(2);
  for (const std::string& key : safe_.public_keys()) copy.add_signers()->set_public_key(key);
  ASSERT_EQ(wallets_.create_multisig(bob(), copy)->address(), safe_.address());
  EXPECT_EQ(get(bob(), "copy", made.id()).error().code(), Code::proposal_not_found);
  EXPECT_EQ(get(alice(), "safe", "prop_01JD7Y3K5QJ8M2N4P6R8T0V2X4").error().code(),
            Code::proposal_not_found);
  EXPECT_EQ(get(alice(), "safe", "nonsense").error().code(), Code::proposal_not_found);
}

TEST_F(ProposalServiceTest, IsTakenBackOnlyByTheAccountThatProposedIt) {
  const Proposal made = propose();
  EXPECT_EQ(withdraw(bob(), "own", made.id()).error().code(), Code::permission_denied);
  EXPECT_EQ(withdraw(alice(), "safe", made.id())->status(), Proposal::WITHDRAWN);
  EXPECT_EQ(withdraw(alice(), "safe", made.id())->status(), Proposal::WITHDRAWN);
}

TEST_F(ProposalServiceTest, TakesNothingOnceItIsWithdrawn) {
  const Proposal made = propose();
  const std::string signature = signed_outside(made.id());
  ASSERT_TRUE(withdraw(alice(), "safe", made.id()).has_value());
  EXPECT_EQ(sign(alice(), "safe", made.id(), "hot").error().code(), Code::proposal_closed);
  EXPECT_EQ(add(made.id(), outside_.public_key(), signature).error().code(), Code::proposal_closed);
  EXPECT_EQ(submit(made.id()).error().code(), Code::proposal_closed);
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(ProposalServiceTest, IsNotTakenBackOnceItIsSent) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  ASSERT_TRUE(sign(bob(), "own", made.id()).has_value());
  EXPECT_EQ(withdraw(alice(), "safe", made.id()).error().code(), Code::proposal_closed);
  EXPECT_EQ(add(made.id(), outside_.public_key(), signed_outside(made.id())).error().code(),
            Code::proposal_closed);
}

TEST_F(ProposalServiceTest, SendsNothingWithoutEnoughSignatures) {
  const Proposal made = propose();
  EXPECT_EQ(submit(made.id()).error().code(), Code::proposal_incomplete);
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  EXPECT_EQ(submit(made.id()).error().code(), Code::proposal_incomplete);
  EXPECT_TRUE(chain_.sent.empty());
}

TEST_F(ProposalServiceTest, WaitsForTheOrderWhenItIsAskedTo) {
  auto request = transfer_request();
  request.set_manual(true);
  const std::string id = service_.create(alice(), request)->id();
  ASSERT_TRUE(sign(alice(), "safe", id, "hot").has_value());
  EXPECT_EQ(sign(bob(), "own", id)->status(), Proposal::READY);
  EXPECT_TRUE(chain_.sent.empty());
  EXPECT_EQ(submit(id)->status(), Proposal::SENT);
  EXPECT_EQ(chain_.sent.size(), 1U);
  // Again: a node may get the same bytes once more.
  EXPECT_EQ(submit(id)->status(), Proposal::SENT);
  EXPECT_EQ(chain_.sent.back(), chain_.sent.front());
}

TEST_F(ProposalServiceTest, RefusesTheSignatureOfAForeignKey) {
  const Proposal made = propose();
  const neo::PrivateKey foreign = neo::PrivateKey::generate(random_);
  EXPECT_EQ(add(made.id(), foreign.public_key(), signature_of(foreign, made.id())).error().code(),
            Code::signature_foreign);
  nsl::v1::CreateWalletRequest create;
  create.set_name("strange");
  ASSERT_TRUE(wallets_.create(alice(), create).has_value());
  EXPECT_EQ(sign(alice(), "safe", made.id(), "strange").error().code(), Code::signature_foreign);
}

TEST_F(ProposalServiceTest, RefusesASignatureOfOtherBytes) {
  const Proposal made = propose();
  const Proposal other = propose();
  ASSERT_NE(made.hash(), other.hash());
  EXPECT_EQ(add(made.id(), outside_.public_key(), signed_outside(other.id())).error().code(),
            Code::invalid_signature);
  std::string flipped = signed_outside(made.id());
  flipped[10] = static_cast<char>(flipped[10] ^ 1);
  EXPECT_EQ(add(made.id(), outside_.public_key(), flipped).error().code(), Code::invalid_signature);
  EXPECT_EQ(add(made.id(), outside_.public_key(), flipped.substr(1)).error().code(),
            Code::invalid_signature);
  // A good signature under the name of another key.
  EXPECT_EQ(add(made.id(), neo::parse_public_key(as_bytes(bobs_.public_key())).value(),
                signed_outside(made.id()))
                .error()
                .code(),
            Code::invalid_signature);
}

TEST_F(ProposalServiceTest, RefusesASecondSignatureOfAKey) {
  const Proposal made = propose();
  const std::string signature = signed_outside(made.id());
  ASSERT_TRUE(add(made.id(), outside_.public_key(), signature).has_value());
  EXPECT_EQ(add(made.id(), outside_.public_key(), signature).error().code(),
            Code::signature_present);
  EXPECT_EQ(add(made.id(), outside_.public_key(), other_form(signature)).error().code(),
            Code::signature_present);
  EXPECT_EQ(get(alice(), "safe", made.id())->status(), Proposal::PENDING);
}

TEST_F(ProposalServiceTest, TakesEitherFormOfASignatureAsANodeDoes) {
  const Proposal made = propose();
  const std::string signature = other_form(signed_outside(made.id()));
  ASSERT_TRUE(add(made.id(), outside_.public_key(), signature).has_value());
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  EXPECT_TRUE(neo::verify_witnesses(newest_sent(), chain_.network_info.magic).has_value());
}

TEST_F(ProposalServiceTest, SigningAgainChangesNothing) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  const auto again = sign(alice(), "safe", made.id(), "hot");
  ASSERT_TRUE(again.has_value()) << again.error().message();
  EXPECT_EQ(again->status(), Proposal::PENDING);
  EXPECT_EQ(sign(alice(), "safe", made.id()).error().code(), Code::invalid_argument);
}

TEST_F(ProposalServiceTest, ExchangesSignaturesAsADocument) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  // Another wallet reads it, signs, and gives it back with both signatures.
  auto context =
      neo::parse_signature_context(neo::parse_json(document(made.id()).document(), 65536).value());
  ASSERT_TRUE(context.has_value()) << context.error().message();
  const Bytes message =
      neo::signing_message(chain_.network_info.magic, neo::hash_of(context->transaction()));
  ASSERT_TRUE(context
                  ->add_signature(context->transaction().signers.front().account,
                                  outside_.public_key(), crypto::p256_sign(outside_, message))
                  .has_value());
  const auto done = add_document(made.id(), neo::to_text(neo::to_json(*context)));
  ASSERT_TRUE(done.has_value()) << done.error().message();
  EXPECT_EQ(done->status(), Proposal::SENT);
}

TEST_F(ProposalServiceTest, RefusesADocumentThatBringsNothingNew) {
  const Proposal made = propose();
  EXPECT_EQ(add_document(made.id(), document(made.id()).document()).error().code(),
            Code::signature_present);
  EXPECT_FALSE(add_document(made.id(), "{}").has_value());
  EXPECT_FALSE(add_document(made.id(), "no json").has_value());
}

TEST_F(ProposalServiceTest, RefusesADocumentOfAnotherTransaction) {
  const Proposal made = propose();
  const Proposal other = propose();
  ASSERT_TRUE(sign(alice(), "safe", other.id(), "hot").has_value());
  EXPECT_EQ(add_document(made.id(), document(other.id()).document()).error().code(),
            Code::document_foreign);
  const std::string present = document(made.id()).document();
  chain_.network_info.magic = neo::NetworkMagic(860833102);
  EXPECT_EQ(add_document(made.id(), present).error().code(), Code::document_foreign);
}

TEST_F(ProposalServiceTest, TakesOverADocumentOfAnotherAccount) {
  const Proposal made = propose();
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  nsl::v1::CreateMultisigWalletRequest copy;
  copy.set_name("copy");
  copy.set_threshold(2);
  for (const std::string& key : safe_.public_keys()) copy.add_signers()->set_public_key(key);
  ASSERT_TRUE(wallets_.create_multisig(bob(), copy).has_value());
  nsl::v1::CreateProposalRequest request;
  request.set_wallet("copy");
  request.set_document(document(made.id()).document());
  const auto taken = service_.create(bob(), request);
  ASSERT_TRUE(taken.has_value()) << taken.error().message();
  EXPECT_EQ(taken->hash(), made.hash());
  EXPECT_EQ(sign(bob(), "copy", taken->id(), "own")->status(), Proposal::SENT);
  make_block({neo::hash_of(newest_sent())});
  // The first account learns of it from the chain.
  EXPECT_EQ(status(made.id()), Proposal::CONFIRMED);
}

TEST_F(ProposalServiceTest, RefusesATransactionItDoesNotSignAlone) {
  const Proposal made = propose();
  neo::Transaction given = neo::parse_unsigned_transaction(as_bytes(made.transaction())).value();
  const auto refused = [&](const neo::Transaction& transaction) {
    nsl::v1::CreateProposalRequest request;
    request.set_wallet("safe");
    const Bytes bytes = neo::encode_unsigned(transaction);
    request.set_transaction(bytes.data(), bytes.size());
    return service_.create(alice(), request).error().code();
  };
  neo::Transaction foreign = given;
  foreign.signers.front().account = neo::UInt160();
  EXPECT_EQ(refused(foreign), Code::invalid_signer);
  neo::Transaction with_another = given;
  with_another.signers.emplace_back();
  EXPECT_EQ(refused(with_another), Code::invalid_signer);
  neo::Transaction with_conflict = given;
  with_conflict.attributes.emplace_back(neo::Conflicts{.transaction = neo::UInt256()});
  EXPECT_EQ(refused(with_conflict), Code::invalid_transaction);
  neo::Transaction late = given;
  late.valid_until_block = chain_.newest_block;
  EXPECT_EQ(refused(late), Code::transaction_expired);
}

TEST_F(ProposalServiceTest, ProposesCallsAndDeployments) {
  nsl::v1::CreateProposalRequest call;
  call.set_wallet("safe");
  call.mutable_invocation()->set_contract("0x1234567890123456789012345678901234567890");
  call.mutable_invocation()->set_method("vote");
  call.mutable_invocation()->set_args("[7]");
  const auto called = service_.create(alice(), call);
  ASSERT_TRUE(called.has_value()) << called.error().message();
  EXPECT_EQ(called->calls(0).method(), "vote");
  neo::Nef nef;
  nef.compiler = "test";
  nef.script = {0x40};
  const Bytes bytes = neo::encode(nef);
  nsl::v1::CreateProposalRequest deploy;
  deploy.set_wallet("safe");
  deploy.mutable_deployment()->set_nef(bytes.data(), bytes.size());
  deploy.mutable_deployment()->set_manifest(
      R"({"name":"c","groups":[],"features":{},"supportedstandards":[],"abi":{"methods":[)"
      R"({"name":"m","parameters":[],"returntype":"Void","offset":0,"safe":false}],"events":[]},)"
      R"("permissions":[],"trusts":[],"extra":null})");
  const auto deployed = service_.create(alice(), deploy);
  ASSERT_TRUE(deployed.has_value()) << deployed.error().message();
  EXPECT_EQ(deployed->contract(),
            neo::contract_hash(neo::UInt160::parse(safe_.script_hash()).value(),
                               neo::checksum_of(nef), "c")
                .to_text());
  EXPECT_EQ(deployed->calls(0).method(), "deploy");
}

TEST_F(ProposalServiceTest, RefusesWhatIsNoProposal) {
  nsl::v1::CreateProposalRequest request;
  request.set_wallet("safe");
  EXPECT_EQ(service_.create(alice(), request).error().code(), Code::invalid_argument);
  auto single = transfer_request();
  single.set_wallet("hot");
  EXPECT_EQ(service_.create(alice(), single).error().code(), Code::invalid_argument);
  auto ordered = transfer_request();
  ordered.mutable_transfer()->mutable_options()->set_order_key("k");
  EXPECT_EQ(service_.create(alice(), ordered).error().code(), Code::invalid_argument);
  EXPECT_EQ(service_.create(bob(), transfer_request()).error().code(), Code::wallet_not_found);
  chain_.trial.is_halt = false;
  EXPECT_EQ(service_.create(alice(), transfer_request()).error().code(), Code::simulation_faulted);
}

TEST_F(ProposalServiceTest, ExpiresWithItsLastBlock) {
  const Proposal made = propose();
  reach(made.valid_until_block());
  EXPECT_EQ(status(made.id()), Proposal::PENDING);
  reach(made.valid_until_block() + 1);
  EXPECT_EQ(status(made.id()), Proposal::EXPIRED);
  EXPECT_EQ(sign(alice(), "safe", made.id(), "hot").error().code(), Code::proposal_closed);
}

TEST_F(ProposalServiceTest, DoesNotExpireWhatABlockHolds) {
  const Proposal made = propose();
  const neo::UInt256 hash = neo::UInt256::parse(made.hash()).value();
  chain_.blocks[hash] = neo::BlockIndex(made.valid_until_block());
  reach(made.valid_until_block() + 1);
  EXPECT_EQ(status(made.id()), Proposal::PENDING);
  chain_.fault_in_block(hash, neo::BlockIndex(made.valid_until_block()), "no");
  EXPECT_EQ(status(made.id()), Proposal::FAILED);
  EXPECT_EQ(get(alice(), "safe", made.id())->exception(), "no");
}

TEST_F(ProposalServiceTest, GoesOnWhenANodeRefuses) {
  const Proposal made = propose();
  chain_.send_failure = Code::mempool_full;
  ASSERT_TRUE(sign(alice(), "safe", made.id(), "hot").has_value());
  EXPECT_EQ(sign(bob(), "own", made.id())->status(), Proposal::SENT);
  EXPECT_TRUE(chain_.sent.empty());
  chain_.send_failure.reset();
  const std::string wallet_job =
      transactions::WalletJob{.account = "acc_alice", .wallet_id = safe_.id()}.to_text();
  reach(110);
  ASSERT_TRUE(
      submitter_.carry_out(*transactions::WalletJob::find(wallet_job), deadline_).has_value());
  EXPECT_EQ(neo::hash_of(newest_sent()).to_text(), made.hash());
}

TEST_F(ProposalServiceTest, ListsTheProposalsOfAWallet) {
  const Proposal first = propose();
  const Proposal second = propose();
  nsl::v1::ListProposalsRequest request;
  request.set_wallet("safe");
  const auto all = service_.list(alice(), request);
  ASSERT_EQ(all->items_size(), 2);
  EXPECT_TRUE(all->items(0).transaction().empty());
  request.set_wallet("hot");
  EXPECT_EQ(service_.list(alice(), request)->items_size(), 0);
  request.set_wallet("own");
  EXPECT_EQ(service_.list(bob(), request)->items_size(), 0);
}

TEST_F(ProposalServiceTest, BoundsTheOpenProposalsOfAWallet) {
  std::string last;
  for (std::int64_t i = 0; i < limits::kProposalsOpenMax; ++i) last = propose().id();
  EXPECT_EQ(service_.create(alice(), transfer_request()).error().code(), Code::limit_exceeded);
  ASSERT_TRUE(withdraw(alice(), "safe", last).has_value());
  EXPECT_TRUE(service_.create(alice(), transfer_request()).has_value());
  // Those that ended unseen make room too.
  EXPECT_EQ(service_.create(alice(), transfer_request()).error().code(), Code::limit_exceeded);
  reach(100 + 5760 + 1);
  EXPECT_TRUE(service_.create(alice(), transfer_request()).has_value());
}

}  // namespace
}  // namespace nsl::enclave::proposals
