// ProposalBook finds and changes the records of proposals.
//
// A proposal lies under the account that made it. Its place, by id, says which account that is, so
// that an account that owns one of its keys finds it too.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/records/records.h"
#include "enclave/router/call.h"
#include "enclave/transactions/submitter.h"
#include "enclave/wallets/wallet_book.h"

namespace nsl::enclave::proposals {

using ProposalRecord = records::Stored<stored::ProposalRecord>;

struct ProposalKey {
  // Whose it is, which need not be the caller's account.
  std::string account;
  std::string id;
};

// Who asks for a proposal, and by what right.
struct Viewed {
  ProposalKey key;
  ProposalRecord record;
  // The caller's wallet the request named: the proposal's own, or one with one of its keys.
  nsl::v1::Wallet wallet;
  bool is_owner = false;
};

class ProposalBook {
 public:
  struct Parts {
    vault::Vault& vault;
    const wallets::WalletBook& wallets;
    chain::Chain& chain;
    transactions::Submitter& submitter;
  };
  explicit ProposalBook(Parts parts) : parts_(parts) {}

  // Code::proposal_not_found also for whoever may not see it.
  Result<Viewed> get(const router::Call& call, const std::string& wallet,
                     const std::string& proposal) const;
  // Nothing when there is none.
  Result<std::optional<ProposalRecord>> find(const ProposalKey& key,
                                             const Deadline& deadline) const;
  // Those of a wallet, with their ids.
  Result<std::vector<std::pair<std::string, ProposalRecord>>> list(const std::string& account,
                                                                   const std::string& wallet_id,
                                                                   const Deadline& deadline) const;
  // Those of the account's own wallets, and those of others in which one of `own_wallets` has a
  // key.
  Result<std::vector<ProposalKey>> list_keys(const std::string& account,
                                             const std::vector<wallets::WalletRecord>& own_wallets,
                                             const Deadline& deadline) const;
  Result<void> create(const ProposalKey& key, const stored::ProposalRecord& record,
                      const Deadline& deadline) const;

  using Change = std::function<Result<void>(stored::ProposalRecord&)>;
  // Changes the newest record; tries again when another changes it meanwhile, so `change` may be
  // called several times. Stored together with the job that sends it when it is released.
  Result<ProposalRecord> change(const ProposalKey& key, const Change& change,
                                const Deadline& deadline) const;
  // Writes down the end once it is known. Looks at the chain for what is not under way here,
  // because anybody with enough signatures may have sent it. Leaves it as it is while no node
  // answers.
  Result<ProposalRecord> settle(const ProposalKey& key, ProposalRecord record,
                                const Deadline& deadline) const;
  // Where it is. Its intent is read when it was released.
  Result<nsl::v1::Proposal::Status> status_of(const ProposalKey& key,
                                              const stored::ProposalRecord& record,
                                              const Deadline& deadline) const;

 private:
  struct End {
    nsl::v1::Proposal::Status status = nsl::v1::Proposal::PENDING;
    std::uint32_t block = 0;
    std::string exception;
  };
  // PENDING: not known.
  Result<End> find_end(const ProposalKey& key, const stored::ProposalRecord& record,
                       const Deadline& deadline) const;
  Result<End> look_at_chain(const stored::ProposalRecord& record, const Deadline& deadline) const;

  Parts parts_;
};

// Neither withdrawn nor at its end.
bool is_open(const stored::ProposalRecord& record);
// The first word of the jobs that send proposals.
inline constexpr std::string_view kProposalJobWord = "proposal";
std::string to_job(const ProposalKey& key);
// Nothing for another kind of job.
std::optional<ProposalKey> find_job(const std::string& text);

}  // namespace nsl::enclave::proposals
