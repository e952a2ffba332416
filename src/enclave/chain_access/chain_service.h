// The operations on the chain. Nothing here belongs to an account but the names of its wallets.
#pragma once

#include "enclave/chain_access/chain_access.h"
#include "enclave/chain_access/token_balances.h"
#include "enclave/router/call.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/chain.service.h"

namespace nsl::enclave::chain_access {

class ChainService final : public nsl::v1::ChainServiceInterface<router::Call> {
 public:
  struct Parts {
    ChainAccess& access;
    TokenBalanceReader& balances;
    const wallets::WalletBook& wallets;
  };
  explicit ChainService(Parts parts) : parts_(parts) {}

  Result<nsl::v1::ChainHeight> get_height(const router::Call& call,
                                          const nsl::v1::GetChainHeightRequest& request) override;
  Result<nsl::v1::ChainBlock> get_block(const router::Call& call,
                                        const nsl::v1::GetChainBlockRequest& request) override;
  Result<nsl::v1::ChainTransactionList> list_block_transactions(
      const router::Call& call, const nsl::v1::ListBlockTransactionsRequest& request) override;
  Result<nsl::v1::ChainTransaction> get_transaction(
      const router::Call& call, const nsl::v1::GetChainTransactionRequest& request) override;
  Result<nsl::v1::ChainLog> get_log(const router::Call& call,
                                    const nsl::v1::GetChainLogRequest& request) override;
  Result<nsl::v1::ChainContract> get_contract(
      const router::Call& call, const nsl::v1::GetChainContractRequest& request) override;
  Result<nsl::v1::ContractCallResult> call_contract(
      const router::Call& call, const nsl::v1::CallContractRequest& request) override;
  Result<nsl::v1::StorageItem> get_storage(const router::Call& call,
                                           const nsl::v1::GetStorageItemRequest& request) override;
  Result<nsl::v1::ChainBalanceList> list_balances(
      const router::Call& call, const nsl::v1::ListChainBalancesRequest& request) override;
  Result<nsl::v1::ChainTokenList> list_tokens(
      const router::Call& call, const nsl::v1::ListChainTokensRequest& request) override;

 private:
  // An address, a hash, or a wallet of the caller.
  Result<neo::UInt160> find_account(const router::Call& call, const std::string& text) const;

  Parts parts_;
};

}  // namespace nsl::enclave::chain_access
