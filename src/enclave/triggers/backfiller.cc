#include "enclave/triggers/backfiller.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "enclave/records/names.h"
#include "enclave/triggers/block_events.h"
#include "enclave/triggers/past_events.h"

namespace nsl::enclave::triggers {
namespace {

namespace kind = records::kind;
using jobs::JobOutcome;
using nsl::v1::Backfill;

constexpr std::string_view kTrigger = "trigger";
constexpr std::string_view kSubscription = "subscription";
// Others work meanwhile.
constexpr std::int64_t kNextStepMs = 50;
constexpr std::int64_t kBusyMs = 500;
constexpr std::int64_t kPausedMs = 5000;
constexpr std::int64_t kTroubleMs = 1000;

std::string_view word_of(Subscriber::Kind subscriber) {
  return subscriber == Subscriber::Kind::trigger ? kTrigger : kSubscription;
}

vault::RecordKey key_of(const Subscriber& subscriber) {
  return {kind::kBackfill, subscriber.account,
          fmt::format("{}/{}", word_of(subscriber.kind), subscriber.name)};
}

std::string job_of(const Subscriber& subscriber) {
  return fmt::format("{}/{}/{}/{}", Backfiller::kWord, subscriber.account, word_of(subscriber.kind),
                     subscriber.name);
}

std::optional<Subscriber> parse_job(std::string_view job) {
  const auto take = [&job] {
    const std::size_t at = job.find('/');
    const std::string_view head = job.substr(0, at);
    job = at == std::string_view::npos ? std::string_view() : job.substr(at + 1);
    return head;
  };
  if (take() != Backfiller::kWord) return std::nullopt;
  const std::string account(take());
  const std::string_view subscriber = take();
  if (subscriber != kTrigger && subscriber != kSubscription) return std::nullopt;
  return Subscriber{
      .account = account,
      .name = std::string(job),
      .kind = subscriber == kTrigger ? Subscriber::Kind::trigger : Subscriber::Kind::subscription};
}

Result<std::optional<records::Stored<stored::BackfillRecord>>> find_backfill(
    vault::Vault& vault, const Subscriber& subscriber, const Deadline& deadline) {
  return records::find_record<stored::BackfillRecord>(vault, key_of(subscriber), deadline);
}

}  // namespace

Backfiller::Backfiller(Parts parts)
    : parts_(parts),
      under_way_({.all = limits::kBackfillsAtOnceMax,
                  .of_one_account = limits::kBackfillsAtOnceMax - 1}) {}

Result<void> Backfiller::add_to_batch(vault::Vault& vault, vault::Batch& batch,
                                      const Beneficiary& beneficiary, const BlockRange& range,
                                      WallTime now, const Deadline& deadline) {
  const auto& [subscriber, id] = beneficiary;
  NSL_TRY(const auto present, find_backfill(vault, subscriber, deadline));
  if (present.has_value() && present->value.owner() == id &&
      present->value.backfill().state() == Backfill::RUNNING) {
    return fail(Code::backfill_under_way);
  }
  stored::BackfillRecord record;
  record.set_owner(id);
  Backfill& backfill = *record.mutable_backfill();
  backfill.set_state(Backfill::RUNNING);
  backfill.set_from_block(range.from);
  backfill.set_to_block(range.to);
  backfill.set_next_block(range.from);
  backfill.set_started_at(to_rfc3339(now));
  records::put_record(batch, key_of(subscriber), record,
                      present.has_value() ? present->version : 0);
  batch.enqueue(job_of(subscriber), 0);
  return {};
}

Result<std::optional<Backfill>> Backfiller::find(vault::Vault& vault,
                                                 const Beneficiary& beneficiary,
                                                 const Deadline& deadline) {
  NSL_TRY(auto record, find_backfill(vault, beneficiary.subscriber, deadline));
  if (!record.has_value() || record->value.owner() != beneficiary.id)
    return std::optional<Backfill>();
  return std::optional(std::move(*record->value.mutable_backfill()));
}

Result<std::optional<Backfiller::Owner>> Backfiller::find_owner(const Subscriber& subscriber,
                                                                const Deadline& deadline) {
  if (subscriber.kind == Subscriber::Kind::trigger) {
    NSL_TRY(const auto found,
            records::find_record<stored::TriggerRecord>(
                parts_.vault, {kind::kTrigger, subscriber.account, subscriber.name}, deadline));
    if (!found.has_value()) return std::optional<Owner>();
    const nsl::v1::Trigger& trigger = found->value.trigger();
    NSL_TRY(EventSource source, source_of(trigger));
    Owner owner{.id = trigger.id(), .source = std::move(source), .is_paused = trigger.paused()};
    if (is_of_blocks(trigger.source())) owner.block_source = trigger.source();
    return std::optional(std::move(owner));
  }
  NSL_TRY(
      const auto found,
      records::find_record<stored::EventSubscriptionRecord>(
          parts_.vault, {kind::kEventSubscription, subscriber.account, subscriber.name}, deadline));
  if (!found.has_value()) return std::optional<Owner>();
  NSL_TRY(EventSource source, source_of(found->value));
  return std::optional(Owner{.id = found->value.subscription().id(), .source = std::move(source)});
}

Result<JobOutcome> Backfiller::carry_out(const std::string& job, const Deadline& deadline) {
  const std::optional<Subscriber> subscriber = parse_job(job);
  if (!subscriber.has_value()) return fail(Code::invalid_argument, "Not a job");
  NSL_TRY_VOID(records::check_name(subscriber->name, "job"));
  const jobs::UnderWay::Turn turn(under_way_, subscriber->account, job);
  if (!turn) return JobOutcome{.is_done = false, .retry_after_ms = kBusyMs};
  return jobs::keep_in_queue(step(*subscriber, deadline));
}

Result<JobOutcome> Backfiller::step(const Subscriber& subscriber, const Deadline& deadline) {
  NSL_TRY(auto record, find_backfill(parts_.vault, subscriber, deadline));
  if (!record.has_value()) return JobOutcome{};
  Backfill& backfill = *record->value.mutable_backfill();
  if (backfill.state() != Backfill::RUNNING) return JobOutcome{};
  NSL_TRY(const std::optional<Owner> owner, find_owner(subscriber, deadline));
  // Its trigger is gone, or another one has that name now.
  if (!owner.has_value() || owner->id != record->value.owner()) return JobOutcome{};
  if (owner->is_paused) return JobOutcome{.is_done = false, .retry_after_ms = kPausedMs};

  const Result<void> read = read_blocks(subscriber, *owner, backfill, deadline);
  if (!read.has_value()) {
    backfill.set_last_error(
        fmt::format("{} {}", code_text(read.error().code()), read.error().message()));
  }
  const bool is_done = backfill.next_block() > backfill.to_block();
  if (is_done) {
    backfill.set_state(Backfill::DONE);
    backfill.set_finished_at(to_rfc3339(parts_.clock.wall_time()));
  }
  vault::Batch batch;
  records::put_record(batch, key_of(subscriber), record->value, record->version);
  NSL_TRY_VOID(parts_.vault.commit(std::move(batch), deadline));
  return JobOutcome{.is_done = is_done,
                    .retry_after_ms = read.has_value() ? kNextStepMs : kTroubleMs};
}

Result<void> Backfiller::read_blocks(const Subscriber& subscriber, const Owner& owner,
                                     Backfill& backfill, const Deadline& deadline) {
  const Deadline until =
      deadline.earlier_of(Deadline::after_ms(parts_.clock, limits::kBackfillStepMsMax));
  for (std::int64_t count = 0; count < limits::kBackfillStepBlocksMax; ++count) {
    if (backfill.next_block() > backfill.to_block() || until.has_passed(parts_.clock)) return {};
    NSL_TRY_VOID(hand_on(subscriber, owner, backfill, deadline));
    backfill.clear_last_error();
    backfill.set_next_block(backfill.next_block() + 1);
  }
  return {};
}

Result<void> Backfiller::hand_on(const Subscriber& subscriber, const Owner& owner,
                                 Backfill& backfill, const Deadline& deadline) {
  const neo::BlockIndex block(backfill.next_block());
  const Result<std::uint32_t> found =
      owner.block_source.has_value()
          ? parts_.blocks.take_past(subscriber, *owner.block_source, block, deadline)
          : hand_on_events(subscriber, owner.source, block, deadline);
  if (!found.has_value()) return fail(found.error());
  backfill.set_events_found(backfill.events_found() + *found);
  return {};
}

Result<std::uint32_t> Backfiller::hand_on_events(const Subscriber& subscriber,
                                                 const EventSource& source, neo::BlockIndex block,
                                                 const Deadline& deadline) {
  NSL_TRY(const auto events, events_in_block(parts_.chain, source, block, deadline));
  // The sender is known already.
  const Subscription subscription{.subscriber = subscriber};
  for (const PastEvent& event : events) {
    internal::v1::ReportEventRequest report;
    report.set_block(block.value());
    report.set_transaction(event.transaction.to_text());
    report.set_index(event.index);
    report.set_contract(source.name.contract.to_text());
    report.set_event(source.name.event);
    report.set_seen_at_ms(parts_.clock.wall_time().value());
    const auto taken = parts_.intake.report_past(subscription, report, deadline);
    // What can never be taken, such as arguments that are too large, stands in nobody's way.
    if (!taken.has_value() && code_is_retryable(taken.error().code())) return fail(taken.error());
  }
  return static_cast<std::uint32_t>(events.size());
}

}  // namespace nsl::enclave::triggers
