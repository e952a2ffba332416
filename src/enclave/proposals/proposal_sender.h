// ProposalSender gives released proposals to the submitter. A proposal is released in the same
// commit that stores its last signature or the order to send it, together with a job; whoever dies
// in between, the job comes again, and the submitter knows the intent by the proposal's id.
#pragma once

#include <string>

#include "enclave/jobs/job.h"
#include "enclave/proposals/proposal_book.h"

namespace nsl::enclave::proposals {

class ProposalSender final : public jobs::JobHandler {
 public:
  struct Parts {
    const ProposalBook& book;
    transactions::Submitter& submitter;
    chain::Chain& chain;
  };
  explicit ProposalSender(Parts parts) : parts_(parts) {}

  // Does nothing when the proposal is not released, at its end, or sent already.
  Result<void> send(const ProposalKey& key, const Deadline& deadline);

  // A job is to_job().
  Result<jobs::JobOutcome> carry_out(const std::string& job, const Deadline& deadline) override;

 private:
  Parts parts_;
};

}  // namespace nsl::enclave::proposals
