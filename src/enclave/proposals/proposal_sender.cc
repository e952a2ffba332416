#include "enclave/proposals/proposal_sender.h"

#include "enclave/proposals/collection.h"

namespace nsl::enclave::proposals {

Result<void> ProposalSender::send(const ProposalKey& key, const Deadline& deadline) {
  NSL_TRY(const auto record, parts_.book.find(key, deadline));
  if (!record.has_value() || !record->value.is_released() || !is_open(record->value)) return {};
  transactions::Draft draft;
  draft.key = {key.account, key.id};
  draft.wallet_id = record->value.wallet();
  draft.signer_wallets = {draft.wallet_id};
  // The same bytes whenever it is tried: what is asked for is this transaction.
  draft.arguments_text = record->value.transaction();
  draft.contract = record->value.contract();
  NSL_TRY(draft.spends, neo::GasAmount::parse_datoshi(record->value.spends()));
  NSL_TRY(const auto before, parts_.submitter.resume(draft.key, draft.arguments_text, deadline));
  if (before.has_value()) return {};
  NSL_TRY(const Collection collection,
          Collection::open(record->value, parts_.chain.network().magic));
  NSL_TRY(const neo::Transaction transaction, collection.signed_transaction());
  NSL_TRY(const transactions::Submission submission,
          parts_.submitter.submit_signed(draft, transaction, deadline));
  // A node's refusal is not the end: the submitter goes on until the transaction expires.
  static_cast<void>(submission);
  return {};
}

Result<jobs::JobOutcome> ProposalSender::carry_out(const std::string& job,
                                                   const Deadline& deadline) {
  const auto key = find_job(job);
  if (!key.has_value()) return fail(Code::invalid_argument, "Not a job");
  const Result<void> sent = send(*key, deadline);
  if (!sent.has_value()) return jobs::keep_in_queue(fail(sent.error()));
  return jobs::JobOutcome{};
}

}  // namespace nsl::enclave::proposals
