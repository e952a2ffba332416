// TransactionBuilder makes signed transactions of drafts: test run, fees, bounds, signatures. The
// network fee is our own computation; a node that computes another one is not followed but refused,
// because either it lies or we are wrong, and both want a person.
#pragma once

#include <optional>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "enclave/chain/chain.h"
#include "enclave/transactions/chain_view.h"
#include "enclave/transactions/intent.h"
#include "enclave/wallets/wallet_book.h"

namespace nsl::enclave::transactions {

struct SignedTransaction {
  neo::Transaction transaction;
  neo::BlockIndex signed_at;
};

class TransactionBuilder {
 public:
  struct Parts {
    const wallets::WalletBook& wallets;
    chain::Chain& chain;
    ChainView& view;
    Random& random;
  };
  explicit TransactionBuilder(Parts parts) : parts_(parts) {}

  // Everything but the witnesses. Code::simulation_faulted, Code::grant_fee_exceeded,
  // Code::fee_disputed.
  Result<SignedTransaction> prepare(const Draft& draft, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  // With the witnesses of the draft's wallets, which have one key each.
  Result<SignedTransaction> build(const Draft& draft, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);

  // Another attempt at the same intent: the same script, signers and last block, in conflict with
  // every attempt before it, so that at most one of them is ever in a block. It pays more network
  // fee than all of them together, or nodes would refuse it; Code::grant_fee_exceeded when that is
  // above the intent's bound.
  Result<SignedTransaction> rebuild(const IntentKey& key, const stored::IntentRecord& intent,
                                    const Deadline& deadline) NSL_EXCLUDES(mutex_);

 private:
  Result<neo::GasAmount> least_network_fee(const neo::Transaction& transaction,
                                           const std::vector<Bytes>& scripts,
                                           const Deadline& deadline) NSL_EXCLUDES(mutex_);
  Result<void> compare_with_node(neo::Transaction transaction, const std::vector<Bytes>& scripts,
                                 const neo::FeePolicy& policy, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);
  Result<std::int64_t> conflicts_fee(const Deadline& deadline);
  Result<std::vector<Bytes>> verification_scripts(const std::string& account,
                                                  const std::vector<std::string>& wallets,
                                                  const Deadline& deadline) const;
  Result<void> sign(const std::string& account, const std::vector<std::string>& wallets,
                    neo::Transaction& transaction, const Deadline& deadline) const;

  Parts parts_;
  Mutex mutex_;
  // The figures under which node and formula agreed. LIMIT: asked once for each change of them,
  // because the formula has no other input than the transaction's own bytes.
  std::optional<neo::FeePolicy> agreed_on_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::transactions
