// The operations on proposals. None of them changes the transaction: what is signed is what was
// proposed, byte by byte.
#pragma once

#include <string>
#include <vector>

#include "enclave/chain/chain.h"
#include "enclave/proposals/collection.h"
#include "enclave/proposals/proposal_book.h"
#include "enclave/proposals/proposal_sender.h"
#include "enclave/router/call.h"
#include "enclave/transactions/draft_maker.h"
#include "nsl/v1/proposal.service.h"

namespace nsl::enclave::proposals {

class ProposalService final : public nsl::v1::ProposalServiceInterface<router::Call> {
 public:
  struct Parts {
    const wallets::WalletBook& wallets;
    transactions::TokenReader& tokens;
    transactions::Submitter& submitter;
    chain::Chain& chain;
    const ProposalBook& book;
    ProposalSender& sender;
  };
  explicit ProposalService(Parts parts);

  Result<nsl::v1::Proposal> create(const router::Call& call,
                                   const nsl::v1::CreateProposalRequest& request) override;
  Result<nsl::v1::ProposalList> list(const router::Call& call,
                                     const nsl::v1::ListProposalsRequest& request) override;
  Result<nsl::v1::ProposalList> list_mine(const router::Call& call,
                                          const nsl::v1::ListMyProposalsRequest& request) override;
  Result<nsl::v1::Proposal> get(const router::Call& call,
                                const nsl::v1::GetProposalRequest& request) override;
  Result<nsl::v1::Proposal> sign(const router::Call& call,
                                 const nsl::v1::SignProposalRequest& request) override;
  Result<nsl::v1::Proposal> add(const router::Call& call,
                                const nsl::v1::AddSignatureRequest& request) override;
  Result<nsl::v1::ProposalDocument> get_document(
      const router::Call& call, const nsl::v1::GetProposalDocumentRequest& request) override;
  Result<nsl::v1::Proposal> submit(const router::Call& call,
                                   const nsl::v1::SubmitProposalRequest& request) override;
  Result<nsl::v1::Proposal> withdraw(const router::Call& call,
                                     const nsl::v1::WithdrawProposalRequest& request) override;

 private:
  // What is proposed, with the fees that were chosen or given.
  struct Content {
    neo::Transaction transaction;
    neo::GasAmount spends;
    std::string contract;
  };
  Result<Content> make_content(const router::Call& call,
                               const nsl::v1::CreateProposalRequest& request,
                               const nsl::v1::Wallet& wallet) const;
  Result<Content> prepare(const transactions::Draft& draft, const Deadline& deadline) const;
  Result<void> check_given(const neo::Transaction& transaction, const nsl::v1::Wallet& wallet,
                           const Deadline& deadline) const;
  Result<void> check_room(const router::Call& call, const std::string& wallet_id) const;
  // Adds what `add` adds, releases when that is enough, and sends.
  Result<nsl::v1::Proposal> collect(const router::Call& call, Viewed viewed,
                                    const std::function<Result<void>(Collection&)>& add);
  // Without the transaction and what its script does.
  Result<nsl::v1::Proposal> summarize(const router::Call& call, const ProposalKey& key,
                                      ProposalRecord record,
                                      const std::vector<wallets::WalletRecord>& own) const;
  Result<nsl::v1::Proposal> show(const router::Call& call, const Viewed& viewed) const;
  // A failure to send now is not one of the request: the order is stored.
  void send_now(const ProposalKey& key, const Deadline& deadline);

  Parts parts_;
  transactions::DraftMaker drafts_;
};

}  // namespace nsl::enclave::proposals
