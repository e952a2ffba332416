// What the tests of this folder share: a wallet of two of three keys, of which one is alice's, one
// bob's, and one outside.
#pragma once

#include <memory>
#include <string>

#include "core/neo/json.h"
#include "enclave/proposals/proposal_service.h"
#include "enclave/transactions/submitter_testing.h"

namespace nsl::enclave::proposals::testing {

class ProposalFixture : public transactions::testing::SubmitterFixture {
 protected:
  ProposalFixture() {
    nsl::v1::CreateWalletRequest create;
    create.set_name("own");
    bobs_ = wallets_.create(bob(), create).value();
    nsl::v1::CreateMultisigWalletRequest several;
    several.set_name("safe");
    several.set_threshold(2);
    several.add_signers()->set_wallet("hot");
    several.add_signers()->set_public_key(bobs_.public_key());
    const auto outside = outside_.public_key().compressed();
    several.add_signers()->set_public_key(outside.data(), outside.size());
    safe_ = wallets_.create_multisig(alice(), several).value();
  }

  static nsl::v1::CreateProposalRequest transfer_request() {
    nsl::v1::CreateProposalRequest request;
    request.set_wallet("safe");
    request.mutable_transfer()->set_asset("GAS");
    request.mutable_transfer()->set_to("0x00000000000000000000000000000000000000ff");
    request.mutable_transfer()->set_amount("1.5");
    return request;
  }
  nsl::v1::Proposal propose() { return service_.create(alice(), transfer_request()).value(); }
  Result<nsl::v1::Proposal> get(const router::Call& call, const std::string& wallet,
                                const std::string& id) {
    nsl::v1::GetProposalRequest request;
    request.set_wallet(wallet);
    request.set_proposal(id);
    return service_.get(call, request);
  }
  nsl::v1::Proposal::Status status(const std::string& id) {
    return get(alice(), "safe", id).value().status();
  }
  Result<nsl::v1::Proposal> sign(const router::Call& call, const std::string& wallet,
                                 const std::string& id, const std::string& signer = {}) {
    nsl::v1::SignProposalRequest request;
    request.set_wallet(wallet);
    request.set_proposal(id);
    request.set_signer(signer);
    return service_.sign(call, request);
  }
  nsl::v1::ProposalDocument document(const std::string& id) {
    nsl::v1::GetProposalDocumentRequest request;
    request.set_wallet("safe");
    request.set_proposal(id);
    return service_.get_document(alice(), request).value();
  }
  Result<nsl::v1::Proposal> add(const std::string& id, const neo::PublicKey& key,
                                const std::string& signature) {
    nsl::v1::AddSignatureRequest request;
    request.set_wallet("safe");
    request.set_proposal(id);
    const auto compressed = key.compressed();
    request.set_public_key(compressed.data(), compressed.size());
    request.set_signature(signature);
    return service_.add(alice(), request);
  }
  Result<nsl::v1::Proposal> add_document(const std::string& id, const std::string& text) {
    nsl::v1::AddSignatureRequest request;
    request.set_wallet("safe");
    request.set_proposal(id);
    request.set_document(text);
    return service_.add(alice(), request);
  }
  // As a wallet elsewhere signs it.
  std::string signature_of(const neo::PrivateKey& key, const std::string& id) {
    return to_string(crypto::p256_sign(key, as_bytes(document(id).signing_message())));
  }
  std::string signed_outside(const std::string& id) { return signature_of(outside_, id); }
  Result<nsl::v1::Proposal> submit(const std::string& id) {
    nsl::v1::SubmitProposalRequest request;
    request.set_wallet("safe");
    request.set_proposal(id);
    return service_.submit(alice(), request);
  }
  Result<nsl::v1::Proposal> withdraw(const router::Call& call, const std::string& wallet,
                                     const std::string& id) {
    nsl::v1::WithdrawProposalRequest request;
    request.set_wallet(wallet);
    request.set_proposal(id);
    return service_.withdraw(call, request);
  }
  neo::Transaction newest_sent() { return neo::parse_transaction(chain_.sent.back()).value(); }

  nsl::v1::Wallet bobs_;
  nsl::v1::Wallet safe_;
  neo::PrivateKey outside_ = neo::PrivateKey::generate(random_);
  transactions::TokenReader tokens_{chain_};
  ProposalBook proposals_{
      {.vault = *vault_, .wallets = book_, .chain = chain_, .submitter = submitter_}};
  ProposalSender sender_{{.book = proposals_, .submitter = submitter_, .chain = chain_}};
  ProposalService service_{{.wallets = book_,
                            .tokens = tokens_,
                            .submitter = submitter_,
                            .chain = chain_,
                            .book = proposals_,
                            .sender = sender_}};
};

// Of the operations, whose tests lie in two files.
class ProposalServiceTest : public ProposalFixture {};

}  // namespace nsl::enclave::proposals::testing
