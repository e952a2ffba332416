// DraftMaker reads what a request asks for into a draft: script, signers, bounds. The same requests
// make the transactions of a wallet of one key and the proposals of a wallet of several.
#pragma once

#include <string>

#include "enclave/chain/chain.h"
#include "enclave/router/call.h"
#include "enclave/transactions/intent.h"
#include "enclave/transactions/token_scripts.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/transaction.pb.h"

namespace nsl::enclave::transactions {

// What kind of wallet pays; the other kind is refused.
enum class PayerKeys : std::uint8_t { one, several };

class DraftMaker {
 public:
  struct Parts {
    const wallets::WalletBook& wallets;
    TokenReader& tokens;
    chain::Chain& chain;
    PayerKeys keys = PayerKeys::one;
  };
  explicit DraftMaker(Parts parts) : parts_(parts) {}

  // Each with `wallet`, an id or a name, as the first signer; the request's own is not looked at.
  Result<Draft> transfer(const router::Call& call, const std::string& wallet,
                         const nsl::v1::TransferRequest& request) const;
  Result<Draft> invoke(const router::Call& call, const std::string& wallet,
                       const nsl::v1::InvocationRequest& request) const;
  Result<Draft> deploy(const router::Call& call, const std::string& wallet,
                       const nsl::v1::DeployRequest& request) const;
  Result<Draft> update(const router::Call& call, const std::string& wallet,
                       const nsl::v1::UpdateContractRequest& request) const;

 private:
  // The wallet that pays, as the first signer of an empty draft.
  Result<Draft> make_draft(const router::Call& call, const std::string& wallet,
                           const nsl::v1::SendOptions& options,
                           neo::GasAmount system_fee_default) const;
  Result<void> set_signers(const router::Call& call, const nsl::v1::InvocationRequest& request,
                           Draft& draft) const;
  Result<void> check_kind(const nsl::v1::Wallet& wallet) const;

  Parts parts_;
};

}  // namespace nsl::enclave::transactions
