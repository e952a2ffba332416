// The operations on wallets. Listing and granting never touch a key; signing opens it for the
// length of the call.
#pragma once

#include <optional>
#include <string>

#include "enclave/router/call.h"
#include "enclave/wallets/wallet_book.h"
#include "nsl/v1/wallet.service.h"

namespace nsl::enclave::wallets {

class WalletService final : public nsl::v1::WalletServiceInterface<router::Call> {
 public:
  WalletService(vault::Vault& vault, const WalletBook& book) : vault_(vault), book_(book) {}

  Result<nsl::v1::Wallet> create(const router::Call& call,
                                 const nsl::v1::CreateWalletRequest& request) override;
  Result<nsl::v1::Wallet> create_multisig(
      const router::Call& call, const nsl::v1::CreateMultisigWalletRequest& request) override;
  Result<nsl::v1::Wallet> import_key(const router::Call& call,
                                     const nsl::v1::ImportWalletRequest& request) override;
  Result<nsl::v1::WalletKey> export_key(const router::Call& call,
                                        const nsl::v1::ExportWalletRequest& request) override;
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
  // The wallet of that id when a request that was cut off has made it. Code::already_exists when
  // the name is taken.
  Result<std::optional<nsl::v1::Wallet>> check_place(const router::Call& call,
                                                     const std::string& id,
                                                     const std::string& name) const;

  vault::Vault& vault_;
  const WalletBook& book_;
};

// One signature by a wallet's key; shared with running functions.
Result<nsl::v1::Signature> sign_data(const neo::PrivateKey& key,
                                     nsl::v1::SignRequest::Encoding encoding,
                                     const std::string& data);

}  // namespace nsl::enclave::wallets
