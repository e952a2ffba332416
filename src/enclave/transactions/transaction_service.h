// The operations that spend a wallet, and those that show what became of them. A request becomes an
// intent whose id follows from its idempotency key, so that a repeat finds it.
#pragma once

#include <string>

#include "enclave/chain/chain.h"
#include "enclave/router/call.h"
#include "enclave/transactions/balance_source.h"
#include "enclave/transactions/draft_maker.h"
#include "enclave/transactions/submitter.h"
#include "enclave/transactions/token_scripts.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/transaction.service.h"

namespace nsl::enclave::transactions {

class TransactionService final : public nsl::v1::TransactionServiceInterface<router::Call> {
 public:
  struct Parts {
    const wallets::WalletBook& wallets;
    Submitter& submitter;
    TokenReader& tokens;
    BalanceSource& balances;
    chain::Chain& chain;
  };
  explicit TransactionService(Parts parts)
      : parts_(parts),
        drafts_({.wallets = parts.wallets, .tokens = parts.tokens, .chain = parts.chain}) {}

  Result<nsl::v1::Transaction> transfer(const router::Call& call,
                                        const nsl::v1::TransferRequest& request) override;
  Result<nsl::v1::Transaction> invoke(const router::Call& call,
                                      const nsl::v1::InvocationRequest& request) override;
  Result<nsl::v1::Transaction> deploy(const router::Call& call,
                                      const nsl::v1::DeployRequest& request) override;
  Result<nsl::v1::Transaction> update(const router::Call& call,
                                      const nsl::v1::UpdateContractRequest& request) override;
  Result<nsl::v1::TransactionList> list(const router::Call& call,
                                        const nsl::v1::ListTransactionsRequest& request) override;
  Result<nsl::v1::Transaction> get(const router::Call& call,
                                   const nsl::v1::GetTransactionRequest& request) override;
  Result<nsl::v1::BalanceList> list_balances(const router::Call& call,
                                             const nsl::v1::ListBalancesRequest& request) override;

 private:
  Result<nsl::v1::Transaction> submit(const router::Call& call, const Draft& draft);

  Parts parts_;
  DraftMaker drafts_;
};

}  // namespace nsl::enclave::transactions
