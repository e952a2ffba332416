// WalletBook finds wallets and grants and makes a wallet's key when it is needed.
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/neo/key.h"
#include "enclave/keys/key_tree.h"
#include "enclave/records/records.h"

namespace nsl::enclave::wallets {

using WalletRecord = records::Stored<stored::WalletRecord>;
using GrantRecord = records::Stored<stored::GrantRecord>;

class WalletBook {
 public:
  WalletBook(vault::Vault& vault, const keys::KeyTree& keys) : vault_(vault), keys_(keys) {}

  // By id or name; Code::wallet_not_found, also for another account's wallet.
  Result<WalletRecord> get(const std::string& account, const std::string& wallet,
                           const Deadline& deadline) const;
  Result<std::vector<WalletRecord>> list(const std::string& account,
                                         const Deadline& deadline) const;
  // Code::wallet_not_granted when there is none.
  Result<GrantRecord> get_grant(const std::string& account, const std::string& wallet_id,
                                const std::string& function, const Deadline& deadline) const;
  // The key exists only as long as the result does.
  neo::PrivateKey key_of(const std::string& account, const std::string& wallet_id) const;

 private:
  vault::Vault& vault_;
  const keys::KeyTree& keys_;
};

vault::RecordKey wallet_key(const std::string& account, const std::string& wallet_id);
vault::RecordKey grant_key(const std::string& account, const std::string& wallet_id,
                           const std::string& function);

}  // namespace nsl::enclave::wallets
