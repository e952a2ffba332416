#include "enclave/wallets/wallet_book.h"

#include "core/codec/ulid.h"
#include "core/neo/contract.h"

namespace nsl::enclave::wallets {

namespace kind = records::kind;

vault::RecordKey wallet_key(const std::string& account, const std::string& wallet_id) {
  return {kind::kWallet, account, wallet_id};
}

vault::RecordKey imported_key_key(const std::string& account, const std::string& wallet_id) {
  return {kind::kWalletKey, account, wallet_id};
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

neo::PrivateKey WalletBook::derive_key(const std::string& account,
                                       const std::string& wallet_id) const {
  return keys_.derive_signing_key(account, wallet_id);
}

Result<neo::PrivateKey> WalletBook::open_key(const std::string& account,
                                             const stored::WalletRecord& wallet,
                                             const Deadline& deadline) const {
  const std::string& id = wallet.wallet().id();
  NSL_TRY_VOID(check_single_key(wallet.wallet()));
  if (!wallet.wallet().imported()) return derive_key(account, id);
  NSL_TRY(auto record, vault_.find_secret(imported_key_key(account, id), deadline));
  if (!record.has_value() || record->value.size() != 32) return fail(Code::record_corrupt);
  NSL_TRY(neo::PrivateKey key,
          neo::PrivateKey::from_secret(Secret<32>::copy_of(record->value.reveal().first<32>())));
  const auto compressed = key.public_key().compressed();
  // A key of another wallet must never sign for this one.
  if (!equal(as_bytes(wallet.wallet().public_key()), compressed)) {
    return fail(Code::record_corrupt);
  }
  return key;
}

bool is_multisig(const nsl::v1::Wallet& wallet) { return wallet.threshold() != 0; }

Result<void> check_single_key(const nsl::v1::Wallet& wallet) {
  if (is_multisig(wallet)) return fail(Code::wallet_is_multisig);
  return {};
}

Result<Bytes> verification_script_of(const nsl::v1::Wallet& wallet) {
  if (is_multisig(wallet)) return to_bytes(wallet.verification_script());
  NSL_TRY(const neo::PublicKey key, neo::parse_public_key(as_bytes(wallet.public_key())));
  return neo::make_signature_script(key);
}

}  // namespace nsl::enclave::wallets
