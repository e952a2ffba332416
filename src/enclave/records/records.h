// Typed access to the vault's records. A record that opens but does not parse is corrupt: the
// enclave wrote it itself.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/vault/vault.h"
#include "nsl/enclave/stored/records.pb.h"

namespace nsl::enclave::records {

// Record kinds. The text is bound into every record's seal and hidden name.
namespace kind {
inline constexpr const char* kAccount = "account";
inline constexpr const char* kAddress = "address";
inline constexpr const char* kApiKey = "api_key";
inline constexpr const char* kApiKeyOwner = "api_key_owner";
inline constexpr const char* kSecret = "secret";
inline constexpr const char* kSecretValue = "secret_value";
inline constexpr const char* kWallet = "wallet";
inline constexpr const char* kWalletKey = "wallet_key";
inline constexpr const char* kProposal = "proposal";
inline constexpr const char* kProposalPlace = "proposal_place";
// With "/" and the hash of a key.
inline constexpr const char* kProposalSeat = "proposal_seat";
inline constexpr const char* kGrant = "grant";
inline constexpr const char* kFunction = "function";
inline constexpr const char* kFunctionVersion = "function_version";
inline constexpr const char* kFunctionAlias = "function_alias";
inline constexpr const char* kTrigger = "trigger";
inline constexpr const char* kSubscription = "subscription";
inline constexpr const char* kTrustedChain = "trusted_chain";
inline constexpr const char* kRefusedEvent = "refused_event";
inline constexpr const char* kAcceptedEvent = "event";
inline constexpr const char* kBackfill = "backfill";
inline constexpr const char* kEventSubscription = "event_subscription";
inline constexpr const char* kEventWatch = "event_watch";
inline constexpr const char* kEventHistory = "event_history";
// With "/" and the id of the subscription.
inline constexpr const char* kSeenEvent = "seen_event";
inline constexpr const char* kHook = "hook";
inline constexpr const char* kHookSecret = "hook_secret";
inline constexpr const char* kWebhook = "webhook";
inline constexpr const char* kWebhookSecret = "webhook_secret";
inline constexpr const char* kWebhookQueue = "webhook_queue";
// With "/" and the id of the webhook.
inline constexpr const char* kWebhookDelivery = "webhook_delivery";
inline constexpr const char* kRun = "run";
inline constexpr const char* kRunCancel = "run_cancel";
inline constexpr const char* kRunEvidence = "run_evidence";
inline constexpr const char* kRunJournal = "run_journal";
inline constexpr const char* kIntent = "intent";
inline constexpr const char* kIdempotency = "idempotency";
inline constexpr const char* kValue = "value";
}  // namespace kind

inline constexpr std::size_t kErasedAtOnce = 128;

// Records that belong to no account.
inline constexpr const char* kNoAccount = "";

template <class Message>
struct Stored {
  Message value;
  // The vault's version: what a later put or erase must expect.
  std::uint64_t version = 0;
};

template <class Message>
Result<Stored<Message>> parse_record(const vault::Record& record) {
  Stored<Message> stored;
  stored.version = record.version;
  if (!stored.value.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return fail(Code::record_corrupt);
  }
  return stored;
}

template <class Message>
Result<std::optional<Stored<Message>>> find_record(vault::Vault& vault, const vault::RecordKey& key,
                                                   const Deadline& deadline) {
  NSL_TRY(const std::optional<vault::Record> record, vault.find(key, deadline));
  if (!record.has_value()) return std::optional<Stored<Message>>();
  NSL_TRY(Stored<Message> stored, parse_record<Message>(*record));
  return std::optional<Stored<Message>>(std::move(stored));
}

template <class Message>
Result<std::vector<Stored<Message>>> list_records(vault::Vault& vault, const std::string& kind,
                                                  const std::string& account,
                                                  const Deadline& deadline) {
  NSL_TRY(const auto found, vault.list(kind, account, deadline));
  std::vector<Stored<Message>> records;
  records.reserve(found.size());
  for (const auto& [id, record] : found) {
    NSL_TRY(Stored<Message> stored, parse_record<Message>(record));
    records.push_back(std::move(stored));
  }
  return records;
}

// expected_version 0 creates.
template <class Message>
void put_record(vault::Batch& batch, vault::RecordKey key, const Message& message,
                std::uint64_t expected_version) {
  batch.put(std::move(key), to_bytes(message.SerializeAsString()), expected_version);
}

// Erases every record of a kind of an account, in pieces: what is left by a failure in between goes
// the next time.
inline Result<void> erase_all(vault::Vault& vault, const std::string& kind,
                              const std::string& account, const Deadline& deadline) {
  NSL_TRY(const auto all, vault.list(kind, account, deadline));
  vault::Batch batch;
  for (const auto& [id, record] : all) {
    batch.erase({kind, account, id}, record.version);
    if (batch.erasures().size() < kErasedAtOnce) continue;
    NSL_TRY_VOID(vault.commit(std::exchange(batch, {}), deadline));
  }
  return batch.empty() ? Result<void>() : vault.commit(std::move(batch), deadline);
}

}  // namespace nsl::enclave::records
