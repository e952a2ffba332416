#include "enclave/wallets/wallet_service.h"

#include "core/base/limits.h"
#include "core/codec/ulid.h"
#include "core/neo/address.h"
#include "core/neo/message_signing.h"
#include "enclave/policy/wallet_policy.h"
#include "enclave/records/names.h"
#include "enclave/wallets/key_transfer.h"
#include "enclave/wallets/multisig.h"

namespace nsl::enclave::wallets {
namespace {

namespace kind = records::kind;
using router::Call;

nsl::v1::Wallet describe(const std::string& id, const std::string& name,
                         const neo::UInt160& account, WallTime now) {
  nsl::v1::Wallet wallet;
  wallet.set_id(id);
  wallet.set_name(name);
  wallet.set_address(neo::to_address(account));
  wallet.set_script_hash(account.to_text());
  wallet.set_created_at(to_rfc3339(now));
  wallet.set_etag(records::to_etag(1));
  return wallet;
}

nsl::v1::Wallet describe(const std::string& id, const std::string& name, const neo::PublicKey& key,
                         WallTime now) {
  nsl::v1::Wallet wallet = describe(id, name, neo::account_of(key), now);
  const auto compressed = key.compressed();
  wallet.set_public_key(compressed.data(), compressed.size());
  return wallet;
}

}  // namespace

Result<std::optional<nsl::v1::Wallet>> WalletService::check_place(const Call& call,
                                                                  const std::string& id,
                                                                  const std::string& name) const {
  NSL_TRY_VOID(records::check_name(name, "name"));
  NSL_TRY(const auto all, book_.list(call.account(), call.deadline));
  for (const WalletRecord& present : all) {
    // A repeat of a request that was cut off finds the wallet it made.
    if (present.value.wallet().id() == id) return std::optional(present.value.wallet());
    if (present.value.wallet().name() == name) {
      return fail(Code::already_exists, "/name: a wallet of this name exists");
    }
  }
  if (all.size() >= static_cast<std::size_t>(limits::kWalletsPerAccountMax)) {
    return fail(Code::limit_exceeded, "The account has its maximum of wallets");
  }
  return std::optional<nsl::v1::Wallet>();
}

Result<nsl::v1::Wallet> WalletService::create(const Call& call,
                                              const nsl::v1::CreateWalletRequest& request) {
  const std::string id = codec::make_id("wal", call.now, call.random);
  NSL_TRY(const auto before, check_place(call, id, request.name()));
  if (before.has_value()) return *before;
  const neo::PrivateKey key = book_.derive_key(call.account(), id);
  stored::WalletRecord record;
  *record.mutable_wallet() = describe(id, request.name(), key.public_key(), call.now);
  record.mutable_wallet()->set_exportable(request.exportable());
  vault::Batch batch;
  records::put_record(batch, wallet_key(call.account(), id), record, 0);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return record.wallet();
}

Result<nsl::v1::Wallet> WalletService::create_multisig(
    const Call& call, const nsl::v1::CreateMultisigWalletRequest& request) {
  const std::string id = codec::make_id("wal", call.now, call.random);
  NSL_TRY(const auto before, check_place(call, id, request.name()));
  if (before.has_value()) return *before;
  NSL_TRY(const Bytes script, make_multisig(book_, call, request));
  stored::WalletRecord record;
  *record.mutable_wallet() = describe(id, request.name(), neo::hash160_of(script), call.now);
  set_multisig(*record.mutable_wallet(), script);
  vault::Batch batch;
  records::put_record(batch, wallet_key(call.account(), id), record, 0);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return record.wallet();
}

Result<nsl::v1::Wallet> WalletService::import_key(const Call& call,
                                                  const nsl::v1::ImportWalletRequest& request) {
  const std::string id = codec::make_id("wal", call.now, call.random);
  NSL_TRY(const auto before, check_place(call, id, request.name()));
  if (before.has_value()) return *before;
  NSL_TRY(const neo::PrivateKey key, parse_imported_key(request));
  stored::WalletRecord record;
  *record.mutable_wallet() = describe(id, request.name(), key.public_key(), call.now);
  record.mutable_wallet()->set_exportable(request.exportable());
  record.mutable_wallet()->set_imported(true);
  vault::Batch batch;
  records::put_record(batch, wallet_key(call.account(), id), record, 0);
  batch.put_secret(imported_key_key(call.account(), id),
                   SecretBytes::copy_of(key.secret().reveal()), 0);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return record.wallet();
}

Result<nsl::v1::WalletKey> WalletService::export_key(const Call& call,
                                                     const nsl::v1::ExportWalletRequest& request) {
  NSL_TRY(const WalletRecord record, book_.get(call.account(), request.wallet(), call.deadline));
  NSL_TRY_VOID(check_single_key(record.value.wallet()));
  if (!record.value.wallet().exportable()) return fail(Code::wallet_not_exportable);
  NSL_TRY(const neo::PrivateKey key, book_.open_key(call.account(), record.value, call.deadline));
  return to_exported_key(key, request.passphrase());
}

Result<nsl::v1::WalletList> WalletService::list(const Call& call,
                                                const nsl::v1::ListWalletsRequest& request) {
  NSL_TRY(auto all, book_.list(call.account(), call.deadline));
  nsl::v1::WalletList reply;
  reply.set_next_cursor(records::cut_page(
      all, records::page_size(request.limit()), request.cursor(),
      [](const WalletRecord& item) -> std::string_view { return item.value.wallet().id(); }));
  for (WalletRecord& item : all) *reply.add_items() = std::move(*item.value.mutable_wallet());
  return reply;
}

Result<nsl::v1::Wallet> WalletService::get(const Call& call,
                                           const nsl::v1::GetWalletRequest& request) {
  NSL_TRY(const WalletRecord record, book_.get(call.account(), request.wallet(), call.deadline));
  return record.value.wallet();
}

Result<nsl::v1::Signature> WalletService::sign(const Call& call,
                                               const nsl::v1::SignRequest& request) {
  NSL_TRY(const WalletRecord record, book_.get(call.account(), request.wallet(), call.deadline));
  NSL_TRY(const neo::PrivateKey key, book_.open_key(call.account(), record.value, call.deadline));
  return sign_data(key, request.encoding(), request.data());
}

Result<nsl::v1::Signature> sign_data(const neo::PrivateKey& key,
                                     nsl::v1::SignRequest::Encoding encoding,
                                     const std::string& data) {
  NSL_TRY_VOID(policy::check_raw_data(data));
  Bytes message = to_bytes(data);
  if (encoding == nsl::v1::SignRequest::neo_message) {
    NSL_TRY(message, neo::signed_message_bytes(neo::MessageLayout::classic_unsalted, {}, data));
  } else if (encoding != nsl::v1::SignRequest::raw) {
    return fail(Code::invalid_argument, "/encoding: is not known");
  }
  const neo::Signature signature = crypto::p256_sign(key, message);
  const auto public_key = key.public_key().compressed();
  nsl::v1::Signature reply;
  reply.set_signature(signature.data(), signature.size());
  reply.set_public_key(public_key.data(), public_key.size());
  return reply;
}

Result<nsl::v1::Grant> WalletService::put_grant(const Call& call,
                                                const nsl::v1::PutGrantRequest& request) {
  NSL_TRY_VOID(records::check_name(request.function(), "function"));
  NSL_TRY(const WalletRecord wallet, book_.get(call.account(), request.wallet(), call.deadline));
  // A function cannot sign for a wallet of several keys.
  NSL_TRY_VOID(check_single_key(wallet.value.wallet()));
  const std::string& wallet_id = wallet.value.wallet().id();
  NSL_TRY(nsl::v1::Grant grant, policy::parse_grant(request));
  const vault::RecordKey key = grant_key(call.account(), wallet_id, request.function());
  NSL_TRY(const auto present,
          records::find_record<stored::GrantRecord>(vault_, key, call.deadline));
  const std::uint64_t version = present.has_value() ? present->version : 0;
  NSL_TRY_VOID(records::check_if_match(call.if_match, version));
  grant.set_wallet(wallet_id);
  grant.set_function(request.function());
  grant.set_etag(records::to_etag(version + 1));
  stored::GrantRecord record;
  *record.mutable_grant() = grant;
  vault::Batch batch;
  records::put_record(batch, key, record, version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return grant;
}

Result<nsl::v1::GrantList> WalletService::list_grants(const Call& call,
                                                      const nsl::v1::ListGrantsRequest& request) {
  NSL_TRY(const WalletRecord wallet, book_.get(call.account(), request.wallet(), call.deadline));
  NSL_TRY(auto all, records::list_records<stored::GrantRecord>(vault_, kind::kGrant, call.account(),
                                                               call.deadline));
  nsl::v1::GrantList reply;
  for (GrantRecord& item : all) {
    if (item.value.grant().wallet() != wallet.value.wallet().id()) continue;
    *reply.add_items() = std::move(*item.value.mutable_grant());
  }
  return reply;
}

Result<nsl::v1::Empty> WalletService::delete_grant(const Call& call,
                                                   const nsl::v1::DeleteGrantRequest& request) {
  NSL_TRY(const WalletRecord wallet, book_.get(call.account(), request.wallet(), call.deadline));
  const std::string& wallet_id = wallet.value.wallet().id();
  const vault::RecordKey key = grant_key(call.account(), wallet_id, request.function());
  NSL_TRY(const auto present,
          records::find_record<stored::GrantRecord>(vault_, key, call.deadline));
  if (!present.has_value()) return fail(Code::not_found, "No such grant");
  vault::Batch batch;
  batch.erase(key, present->version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), call.deadline));
  return nsl::v1::Empty();
}

}  // namespace nsl::enclave::wallets
