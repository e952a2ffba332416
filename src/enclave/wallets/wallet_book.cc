#include "enclave/wallets/wallet_book.h"

#include "core/codec/ulid.h"

namespace nsl::enclave::wallets {

namespace kind = records::kind;

vault::RecordKey wallet_key(const std::string& account, const std::string& wallet_id) {
  return {kind::kWallet, account, wallet_id};
}

vault::RecordKey grant_key(const std::string& account, const std::string& wallet_id,
                           const std::string& function) {
  return {kind::kGrant, account, wallet_id + "/" + function};
}

Result<WalletRecord> WalletBook::get(const std::string& account, const std::string& wallet,
                                     const Deadline& deadline) const {
  if (codec::parse_id("wal", wallet).has_value()) {
    NSL_TRY(auto record, records::find_record<stored::WalletRecord>(
                             vault_, wallet_key(account, wallet), deadline));
    if (record.has_value()) return *std::move(record);
    return fail(Code::wallet_not_found);
  }
  NSL_TRY(auto all, list(account, deadline));
  for (WalletRecord& record : all) {
    if (record.value.wallet().name() == wallet) return std::move(record);
  }
  return fail(Code::wallet_not_found);
}

Result<std::vector<WalletRecord>> WalletBook::list(const std::string& account,
                                                   const Deadline& deadline) const {
  return records::list_records<stored::WalletRecord>(vault_, kind::kWallet, account, deadline);
}

Result<GrantRecord> WalletBook::get_grant(const std::string& account, const std::string& wallet_id,
                                          const std::string& function,
                                          const Deadline& deadline) const {
  NSL_TRY(auto record, records::find_record<stored::GrantRecord>(
                           vault_, grant_key(account, wallet_id, function), deadline));
  if (!record.has_value()) return fail(Code::wallet_not_granted);
  return *std::move(record);
}

neo::PrivateKey WalletBook::key_of(const std::string& account, const std::string& wallet_id) const {
  return keys_.derive_signing_key(account, wallet_id);
}

}  // namespace nsl::enclave::wallets
