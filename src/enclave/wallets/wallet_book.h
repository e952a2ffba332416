// WalletBook finds wallets and grants and opens a wallet's key when it is needed: it is made of the
// root again, or, of an imported wallet, read from its sealed record.
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
  // The key exists only as long as the result does. Code::wallet_is_multisig when there are
  // several.
  Result<neo::PrivateKey> open_key(const std::string& account, const stored::WalletRecord& wallet,
                                   const Deadline& deadline) const;
  // Of a wallet that is not imported.
  neo::PrivateKey derive_key(const std::string& account, const std::string& wallet_id) const;

 private:
  vault::Vault& vault_;
  const keys::KeyTree& keys_;
};

// How many of the wallet's keys must sign is not one.
bool is_multisig(const nsl::v1::Wallet& wallet);
// Of one key or of several.
Result<Bytes> verification_script_of(const nsl::v1::Wallet& wallet);
// Code::wallet_is_multisig: what the caller wants is for a wallet of one key.
Result<void> check_single_key(const nsl::v1::Wallet& wallet);

vault::RecordKey wallet_key(const std::string& account, const std::string& wallet_id);
// Of an imported wallet: 32 secret bytes.
vault::RecordKey imported_key_key(const std::string& account, const std::string& wallet_id);
vault::RecordKey grant_key(const std::string& account, const std::string& wallet_id,
                           const std::string& function);

}  // namespace nsl::enclave::wallets
