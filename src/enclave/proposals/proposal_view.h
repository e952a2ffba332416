// A proposal as the API shows it.
#pragma once

#include <string>
#include <vector>

#include "enclave/proposals/collection.h"
#include "enclave/proposals/proposal_book.h"
#include "nsl/v1/proposal.pb.h"

namespace nsl::enclave::proposals {

struct Shown {
  const ProposalKey& key;
  const stored::ProposalRecord& record;
  const Collection& collection;
  nsl::v1::Proposal::Status status = nsl::v1::Proposal::PENDING;
  // The caller's: their keys are named as his.
  const std::vector<wallets::WalletRecord>& own_wallets;
  bool is_owner = false;
};

// Without the transaction and what its script does.
nsl::v1::Proposal describe(const Shown& shown);
// Adds them. A script we cannot take apart is shown as far as it goes.
void add_script(const neo::Transaction& transaction, nsl::v1::Proposal& proposal);

}  // namespace nsl::enclave::proposals
