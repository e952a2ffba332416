// The operations on wallets. Creating, listing and granting never touch a key; signing makes it for
// the length of the call.
#pragma once

#include "enclave/router/call.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::enclave::wallets {

class WalletService final : public nsl::v1::WalletServiceInterface<router::Call> {
 public:
  WalletService(vault::Vault& vault, const WalletBook& book) : vault_(vault), book_(book) {}

  Result<nsl::v1::Wallet> create(const router::Call& call,
                                 const nsl::v1::CreateWalletRequest& request) override;
  Result<nsl::v1::WalletList> list(const router::Call& call,
                                   const nsl::v1::ListWalletsRequest& request) override;
  Result<nsl::v1::Wallet> get(const router::Call& call,
                              const nsl::v1::GetWalletRequest& request) override;
  Result<nsl::v1::Signature> sign(const router::Call& call,
                                  const nsl::v1::SignRequest& request) override;
  Result<nsl::v1::Grant> put_grant(const router::Call& call,
                                   const nsl::v1::PutGrantRequest& request) override;
  Result<nsl::v1::GrantList> list_grants(const router::Call& call,
                                         const nsl::v1::ListGrantsRequest& request) override;
  Result<nsl::v1::Empty> delete_grant(const router::Call& call,
                                      const nsl::v1::DeleteGrantRequest& request) override;

 private:
  vault::Vault& vault_;
  const WalletBook& book_;
};

// One signature by a wallet's key; shared with running functions.
Result<nsl::v1::Signature> sign_data(const neo::PrivateKey& key,
                                     nsl::v1::SignRequest::Encoding encoding,
                                     const std::string& data);

}  // namespace nsl::enclave::wallets
