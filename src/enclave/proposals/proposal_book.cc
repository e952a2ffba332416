#include "enclave/proposals/proposal_book.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/codec/ulid.h"
#include "core/neo/contract.h"
#include "enclave/proposals/proposal_seats.h"

namespace nsl::enclave::proposals {
namespace {

namespace kind = records::kind;
using nsl::v1::Proposal;

constexpr int kChangeAttemptsMax = 8;
// The request that stores the order to send usually sends it itself.
constexpr std::uint32_t kJobDelayMs = 1000;

vault::RecordKey record_key(const ProposalKey& key) {
  return {kind::kProposal, key.account, key.id};
}
vault::RecordKey place_key(const std::string& id) {
  return {kind::kProposalPlace, records::kNoAccount, id};
}

bool has_key_of(const stored::ProposalRecord& record, const nsl::v1::Wallet& wallet) {
  const auto script = neo::parse_multisig_script(as_bytes(record.verification_script()));
  const auto key = neo::parse_public_key(as_bytes(wallet.public_key()));
  if (!script.has_value() || !key.has_value()) return false;
  return std::find(script->keys.begin(), script->keys.end(), *key) != script->keys.end();
}

}  // namespace

Result<Viewed> ProposalBook::get(const router::Call& call, const std::string& wallet,
                                 const std::string& proposal) const {
  NSL_TRY(const wallets::WalletRecord named,
          parts_.wallets.get(call.account(), wallet, call.deadline));
  if (!codec::parse_id("prop", proposal).has_value()) return fail(Code::proposal_not_found);
  NSL_TRY(const auto place, records::find_record<stored::ProposalPlaceRecord>(
                                parts_.vault, place_key(proposal), call.deadline));
  if (!place.has_value()) return fail(Code::proposal_not_found);
  Viewed viewed{.key = {place->value.account(), proposal},
                .record = {},
                .wallet = named.value.wallet(),
                .is_owner = place->value.account() == call.account()};
  NSL_TRY(auto record, find(viewed.key, call.deadline));
  if (!record.has_value()) return fail(Code::proposal_not_found);
  viewed.record = *std::move(record);
  const bool is_its_wallet = viewed.is_owner && viewed.record.value.wallet() == viewed.wallet.id();
  if (!is_its_wallet && !has_key_of(viewed.record.value, viewed.wallet)) {
    return fail(Code::proposal_not_found);
  }
  return viewed;
}

Result<std::optional<ProposalRecord>> ProposalBook::find(const ProposalKey& key,
                                                         const Deadline& deadline) const {
  return records::find_record<stored::ProposalRecord>(parts_.vault, record_key(key), deadline);
}

Result<std::vector<std::pair<std::string, ProposalRecord>>> ProposalBook::list(
    const std::string& account, const std::string& wallet_id, const Deadline& deadline) const {
  NSL_TRY(const auto all, parts_.vault.list(kind::kProposal, account, deadline));
  std::vector<std::pair<std::string, ProposalRecord>> found;
  for (const auto& [id, record] : all) {
    NSL_TRY(ProposalRecord proposal, records::parse_record<stored::ProposalRecord>(record));
    if (proposal.value.wallet() == wallet_id) found.emplace_back(id, std::move(proposal));
  }
  return found;
}

Result<std::vector<ProposalKey>> ProposalBook::list_keys(
    const std::string& account, const std::vector<wallets::WalletRecord>& own_wallets,
    const Deadline& deadline) const {
  NSL_TRY(const auto own, parts_.vault.list(kind::kProposal, account, deadline));
  std::vector<ProposalKey> keys;
  keys.reserve(own.size());
  for (const auto& [id, record] : own) keys.push_back({.account = account, .id = id});
  for (const wallets::WalletRecord& wallet : own_wallets) {
    if (wallets::is_multisig(wallet.value.wallet())) continue;
    NSL_TRY(const neo::PublicKey key,
            neo::parse_public_key(as_bytes(wallet.value.wallet().public_key())));
    NSL_TRY(const std::vector<Seat> seats, list_seats(parts_.vault, key, deadline));
    for (const Seat& seat : seats) {
      if (seat.account != account) keys.push_back({.account = seat.account, .id = seat.proposal});
    }
  }
  // Several wallets of the account may have a key in one proposal.
  std::ranges::sort(keys, {}, &ProposalKey::id);
  const auto repeated = std::ranges::unique(keys, {}, &ProposalKey::id);
  keys.erase(repeated.begin(), repeated.end());
  return keys;
}

Result<void> ProposalBook::create(const ProposalKey& key, const stored::ProposalRecord& record,
                                  const Deadline& deadline) const {
  const auto script = neo::parse_multisig_script(as_bytes(record.verification_script()));
  if (!script.has_value()) return fail(Code::record_corrupt);
  stored::ProposalPlaceRecord place;
  place.set_account(key.account);
  for (int attempt = 0; attempt < kChangeAttemptsMax; ++attempt) {
    vault::Batch batch;
    records::put_record(batch, record_key(key), record, 0);
    records::put_record(batch, place_key(key.id), place, 0);
    NSL_TRY_VOID(put_seats(parts_.vault, script->keys,
                           {.proposal = key.id, .account = key.account, .version = 0}, batch,
                           deadline));
    if (record.is_released()) batch.enqueue(to_job(key), kJobDelayMs);
    Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
    // Another proposal may have made room in the same list meanwhile.
    if (stored.has_value() || stored.error().code() != Code::version_conflict) return stored;
  }
  return fail(Code::version_conflict);
}

Result<ProposalRecord> ProposalBook::change(const ProposalKey& key, const Change& change,
                                            const Deadline& deadline) const {
  for (int attempt = 0; attempt < kChangeAttemptsMax; ++attempt) {
    NSL_TRY(auto record, find(key, deadline));
    if (!record.has_value()) return fail(Code::proposal_not_found);
    const bool was_released = record->value.is_released();
    NSL_TRY_VOID(change(record->value));
    vault::Batch batch;
    records::put_record(batch, record_key(key), record->value, record->version);
    if (record->value.is_released() && !was_released) batch.enqueue(to_job(key), kJobDelayMs);
    const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
    if (stored.has_value()) {
      ++record->version;
      return *std::move(record);
    }
    if (stored.error().code() != Code::version_conflict) return fail(stored.error());
  }
  return fail(Code::version_conflict);
}

Result<ProposalRecord> ProposalBook::settle(const ProposalKey& key, ProposalRecord record,
                                            const Deadline& deadline) const {
  if (!is_open(record.value)) return record;
  const Result<End> found = find_end(key, record.value, deadline);
  // While no node answers, proposals are signed all the same: what comes too late never counts.
  if (!found.has_value() && code_is_retryable(found.error().code())) return record;
  if (!found.has_value()) return fail(found.error());
  const End& end = *found;
  if (end.status == Proposal::PENDING) return record;
  return change(
      key,
      [&end](stored::ProposalRecord& newest) -> Result<void> {
        newest.set_end(end.status);
        newest.set_block(end.block);
        newest.set_exception(end.exception);
        return {};
      },
      deadline);
}

Result<Proposal::Status> ProposalBook::status_of(const ProposalKey& key,
                                                 const stored::ProposalRecord& record,
                                                 const Deadline& deadline) const {
  if (record.end() != Proposal::PENDING) return record.end();
  if (record.is_withdrawn()) return Proposal::WITHDRAWN;
  if (record.is_released()) {
    const auto intent = parts_.submitter.get({key.account, key.id}, deadline);
    if (intent.has_value()) return Proposal::SENT;
    if (intent.error().code() == Code::transaction_not_found) return Proposal::READY;
    if (code_is_retryable(intent.error().code())) return Proposal::SENT;
    return fail(intent.error());
  }
  const auto script = neo::parse_multisig_script(as_bytes(record.verification_script()));
  if (!script.has_value()) return fail(Code::record_corrupt);
  const auto count = static_cast<std::size_t>(record.signatures_size());
  return count >= script->threshold ? Proposal::READY : Proposal::PENDING;
}

Result<ProposalBook::End> ProposalBook::find_end(const ProposalKey& key,
                                                 const stored::ProposalRecord& record,
                                                 const Deadline& deadline) const {
  if (!record.is_released()) return look_at_chain(record, deadline);
  // What is under way here has its end from the submitter, which never calls it too early.
  const auto intent = parts_.submitter.follow({key.account, key.id}, deadline);
  if (!intent.has_value() && intent.error().code() == Code::transaction_not_found) return End{};
  if (!intent.has_value()) return fail(intent.error());
  End end{.status = Proposal::PENDING, .block = intent->block(), .exception = intent->exception()};
  if (intent->state() == stored::IntentRecord::HALT) end.status = Proposal::CONFIRMED;
  if (intent->state() == stored::IntentRecord::FAULT) end.status = Proposal::FAILED;
  if (intent->state() == stored::IntentRecord::FAILED) end.status = Proposal::FAILED;
  if (intent->state() == stored::IntentRecord::EXPIRED) end.status = Proposal::EXPIRED;
  return end;
}

Result<ProposalBook::End> ProposalBook::look_at_chain(const stored::ProposalRecord& record,
                                                      const Deadline& deadline) const {
  NSL_TRY(const neo::Transaction transaction,
          neo::parse_unsigned_transaction(as_bytes(record.transaction())));
  const neo::UInt256 hash = neo::hash_of(transaction);
  // The height is read first: a transaction in no block after its last one will never be in one.
  NSL_TRY(const neo::BlockIndex height, parts_.chain.height(deadline));
  NSL_TRY(const auto log, parts_.chain.application_log(hash, deadline));
  NSL_TRY(const auto block, parts_.chain.block_of(hash, deadline));
  if (log.has_value() && block.has_value()) {
    return End{.status = log->is_halt ? Proposal::CONFIRMED : Proposal::FAILED,
               .block = block->value(),
               .exception = log->exception};
  }
  if (block.has_value() || log.has_value() || height <= transaction.valid_until_block) {
    return End{};
  }
  return End{.status = Proposal::EXPIRED, .block = 0, .exception = {}};
}

bool is_open(const stored::ProposalRecord& record) {
  return !record.is_withdrawn() && record.end() == Proposal::PENDING;
}

std::string to_job(const ProposalKey& key) {
  return fmt::format("{}/{}/{}", kProposalJobWord, key.account, key.id);
}

std::optional<ProposalKey> find_job(const std::string& text) {
  const std::string head = std::string(kProposalJobWord) + "/";
  if (!text.starts_with(head)) return std::nullopt;
  const std::size_t slash = text.find('/', head.size());
  if (slash == std::string::npos) return std::nullopt;
  return ProposalKey{.account = text.substr(head.size(), slash - head.size()),
                     .id = text.substr(slash + 1)};
}

}  // namespace nsl::enclave::proposals
