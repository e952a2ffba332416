#include "enclave/transactions/submitter.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/crypto/hash.h"

namespace nsl::enclave::transactions {
namespace {

constexpr std::string_view kWalletJob = "wallet/";
constexpr std::int64_t kLookMsMin = 200;
// LIMIT: looks at the chain before a transaction is refused for what the wallet has.
constexpr int kShortageLooksMax = 4;

bool is_short(const Result<void>& added) {
  return !added.has_value() && added.error().code() == Code::insufficient_gas;
}

}  // namespace

std::string WalletJob::to_text() const {
  return fmt::format("{}{}/{}", kWalletJob, account, wallet_id);
}

std::optional<WalletJob> WalletJob::find(const std::string& text) {
  if (!text.starts_with(kWalletJob)) return std::nullopt;
  const std::size_t slash = text.find('/', kWalletJob.size());
  if (slash == std::string::npos) return std::nullopt;
  return WalletJob{.account = text.substr(kWalletJob.size(), slash - kWalletJob.size()),
                   .wallet_id = text.substr(slash + 1)};
}

Submitter::Submitter(Parts parts)
    : parts_(parts),
      view_(parts.chain, parts.clock),
      lanes_(parts.vault, parts.chain, view_),
      builder_(
          {.wallets = parts.wallets, .chain = parts.chain, .view = view_, .random = parts.random}),
      follower_({.vault = parts.vault,
                 .chain = parts.chain,
                 .view = view_,
                 .lanes = lanes_,
                 .builder = builder_,
                 .clock = parts.clock}) {}

Result<std::optional<Submission>> Submitter::resume(const IntentKey& key,
                                                    const std::string& arguments_text,
                                                    const Deadline& deadline) {
  NSL_TRY(auto record,
          records::find_record<stored::IntentRecord>(parts_.vault, record_key(key), deadline));
  if (!record.has_value()) return std::optional<Submission>();
  const crypto::Digest32 hash = crypto::sha256(as_bytes(arguments_text));
  if (!equal(as_bytes(record->value.arguments_hash()), hash)) {
    return fail(Code::run_effect_conflict,
                "The run was repeated and asked for another transaction at the same place");
  }
  Submission submission{.intent = std::move(record->value), .refusal = {}};
  if (submission.intent.state() == stored::IntentRecord::SIGNED) {
    NSL_TRY(WalletState* const wallet,
            lanes_.get(key.account, submission.intent.wallet(), deadline));
    const Result<void> sent = follower_.send(*wallet, key.id, submission.intent, deadline);
    if (!sent.has_value()) submission.refusal = sent.error();
  }
  NSL_TRY(submission.intent, present(key, std::move(submission.intent), deadline));
  return std::optional<Submission>(std::move(submission));
}

Result<Submission> Submitter::submit(const Draft& draft, Shortage shortage,
                                     const Deadline& deadline) {
  NSL_ASSERT(!draft.signer_wallets.empty() && draft.signer_wallets.front() == draft.wallet_id);
  NSL_TRY(WalletState* const wallet, lanes_.get(draft.key.account, draft.wallet_id, deadline));
  if (draft.order_key.empty()) return submit_now(*wallet, draft, shortage, deadline);
  return submit_in_order(*wallet, draft, deadline);
}

Result<Submission> Submitter::submit_now(WalletState& wallet, const Draft& draft, Shortage shortage,
                                         const Deadline& deadline) {
  NSL_TRY(const SignedTransaction made, builder_.build(draft, deadline));
  stored::IntentRecord intent = make_intent(draft, parts_.clock.wall_time());
  set_attempt(intent, made.transaction, made.signed_at);
  return store_and_send(wallet, draft, std::move(intent), shortage, deadline);
}

Result<neo::Transaction> Submitter::prepare(const Draft& draft, const Deadline& deadline) {
  NSL_TRY(SignedTransaction made, builder_.prepare(draft, deadline));
  return std::move(made.transaction);
}

Result<Submission> Submitter::submit_signed(const Draft& draft, const neo::Transaction& transaction,
                                            const Deadline& deadline) {
  NSL_TRY_VOID(neo::check_transaction(transaction));
  NSL_TRY_VOID(neo::verify_witnesses(transaction, parts_.chain.network().magic));
  NSL_TRY(WalletState* const wallet, lanes_.get(draft.key.account, draft.wallet_id, deadline));
  NSL_TRY(const neo::BlockIndex height, view_.height(deadline));
  Draft as_signed = draft;
  as_signed.transaction = transaction;
  // Without a bound on fees there is no other attempt: nobody here could sign one.
  as_signed.network_fee_max = neo::GasAmount();
  stored::IntentRecord intent = make_intent(as_signed, parts_.clock.wall_time());
  set_attempt(intent, transaction, height);
  return store_and_send(*wallet, as_signed, std::move(intent), Shortage::wait, deadline);
}

Result<Submission> Submitter::store_and_send(WalletState& wallet, const Draft& draft,
                                             stored::IntentRecord intent, Shortage shortage,
                                             const Deadline& deadline) {
  NSL_TRY(Pending pending, pending_of(draft.key.id, intent));
  pending.is_storing = true;
  const Result<void> admitted = admit(wallet, draft, pending, shortage, deadline);
  if (!admitted.has_value()) return first_one(draft, admitted.error(), deadline);
  const Result<void> stored = store(wallet, draft.key, intent, deadline);
  if (!stored.has_value()) return first_one(draft, stored.error(), deadline);
  Submission submission{.intent = {}, .refusal = {}};
  const Result<void> sent = follower_.send(wallet, draft.key.id, intent, deadline);
  if (!sent.has_value()) submission.refusal = sent.error();
  NSL_TRY(submission.intent, present(draft.key, std::move(intent), deadline));
  return submission;
}

Result<Submission> Submitter::submit_in_order(WalletState& wallet, const Draft& draft,
                                              const Deadline& deadline) {
  stored::IntentRecord intent = make_intent(draft, parts_.clock.wall_time());
  intent.set_order_index(wallet.lane.take_order_index());
  NSL_TRY(Pending pending, pending_of(draft.key.id, intent));
  pending.is_storing = true;
  const Result<void> added = wallet.lane.add(std::move(pending), std::nullopt);
  if (!added.has_value()) return first_one(draft, added.error(), deadline);
  const Result<void> stored = store(wallet, draft.key, intent, deadline);
  if (!stored.has_value()) return first_one(draft, stored.error(), deadline);
  // Its turn may be now. A failure here is not the intent's: it is stored and will have its turn.
  const Result<void> looked = follower_.look(wallet, deadline);
  static_cast<void>(looked);
  NSL_TRY(intent, get(draft.key, deadline));
  return Submission{.intent = std::move(intent), .refusal = {}};
}

Result<void> Submitter::admit(WalletState& wallet, const Draft& draft, const Pending& pending,
                              Shortage shortage, const Deadline& deadline) {
  if (shortage == Shortage::wait) return wallet.lane.add(pending, std::nullopt);
  const neo::UInt160& payer = draft.transaction.signers.front().account;
  NSL_TRY(const neo::GasAmount balance, lanes_.balance_of(wallet, payer, deadline));
  Result<void> added = wallet.lane.add(pending, balance);
  // What is in a block already counts twice, in the balance and in the lane, until it is seen; and
  // a block may come between the two.
  for (int looks = 0; looks < kShortageLooksMax && is_short(added); ++looks) {
    NSL_TRY_VOID(follower_.look_to_end(wallet, deadline));
    NSL_TRY(const neo::GasAmount later, lanes_.balance_of(wallet, payer, deadline));
    added = wallet.lane.add(pending, later);
  }
  return added;
}

Result<void> Submitter::store(WalletState& wallet, const IntentKey& key,
                              const stored::IntentRecord& intent, const Deadline& deadline) {
  vault::Batch batch;
  records::put_record(batch, record_key(key), intent, 0);
  const WalletJob job{.account = key.account, .wallet_id = wallet.wallet_id};
  batch.enqueue(job.to_text(),
                static_cast<std::uint32_t>(std::max(kLookMsMin, view_.block_ms() / 2)));
  const Result<void> stored = parts_.vault.commit(std::move(batch), deadline);
  // After a deadline the record may be there or not: the follower finds out.
  if (stored.has_value() || stored.error().code() == Code::deadline_exceeded) {
    wallet.lane.note_stored(key.id);
  } else {
    wallet.lane.erase(key.id);
  }
  return stored;
}

// The first stored intent wins; ours was never sent.
Result<Submission> Submitter::first_one(const Draft& draft, Error error, const Deadline& deadline) {
  const bool may_have_lost =
      error.code() == Code::version_conflict || error.code() == Code::already_exists;
  if (!may_have_lost) return fail(std::move(error));
  NSL_TRY(auto first, resume(draft.key, draft.arguments_text, deadline));
  if (first.has_value()) return *std::move(first);
  return fail(Code::request_in_flight);
}

Result<stored::IntentRecord> Submitter::present(const IntentKey& key, stored::IntentRecord intent,
                                                const Deadline& deadline) {
  if (intent.state() != stored::IntentRecord::SIGNED) return intent;
  NSL_TRY(WalletState* const wallet, lanes_.get(key.account, intent.wallet(), deadline));
  const std::optional<Pending> pending = wallet->lane.find(key.id);
  if (pending.has_value() && pending->taken_at_ms != 0) {
    intent.set_state(stored::IntentRecord::SENT);
    intent.set_sent_at_ms(pending->taken_at_ms);
  }
  return intent;
}

Result<stored::IntentRecord> Submitter::get(const IntentKey& key, const Deadline& deadline) {
  NSL_TRY(auto record,
          records::find_record<stored::IntentRecord>(parts_.vault, record_key(key), deadline));
  if (!record.has_value()) return fail(Code::transaction_not_found);
  return present(key, std::move(record->value), deadline);
}

Result<stored::IntentRecord> Submitter::follow(const IntentKey& key, const Deadline& deadline) {
  NSL_TRY(stored::IntentRecord intent, get(key, deadline));
  if (is_decided(intent.state())) return intent;
  NSL_TRY(WalletState* const wallet, lanes_.get(key.account, intent.wallet(), deadline));
  NSL_TRY_VOID(follower_.look(*wallet, deadline));
  return get(key, deadline);
}

Result<std::vector<std::pair<std::string, stored::IntentRecord>>> Submitter::list(
    const std::string& account, const Deadline& deadline) const {
  NSL_TRY(const auto all, parts_.vault.list(records::kind::kIntent, account, deadline));
  std::vector<std::pair<std::string, stored::IntentRecord>> intents;
  intents.reserve(all.size());
  for (const auto& [id, record] : all) {
    NSL_TRY(IntentRecord intent, records::parse_record<stored::IntentRecord>(record));
    intents.emplace_back(id, std::move(intent.value));
  }
  return intents;
}

Result<WalletJobOutcome> Submitter::carry_out(const WalletJob& job, const Deadline& deadline) {
  // The host names the wallet: one that is none gets no lane.
  const auto known = parts_.wallets.get(job.account, job.wallet_id, deadline);
  if (!known.has_value() && known.error().code() == Code::wallet_not_found) {
    return WalletJobOutcome{};
  }
  if (!known.has_value()) return fail(known.error());
  NSL_TRY(WalletState* const wallet, lanes_.get(job.account, job.wallet_id, deadline));
  const Result<void> looked = follower_.look(*wallet, deadline);
  if (!looked.has_value() && !code_is_retryable(looked.error().code())) return fail(looked.error());
  if (looked.has_value() && wallet->lane.is_empty()) return WalletJobOutcome{};
  return WalletJobOutcome{.is_done = false,
                          .retry_after_ms = std::max(kLookMsMin, view_.block_ms() / 2)};
}

}  // namespace nsl::enclave::transactions
