#include "enclave/execution/run_engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/limits.h"
#include "enclave/execution/run_outcome.h"
#include "enclave/execution/run_start.h"
#include "enclave/runs/retry.h"

namespace nsl::enclave::execution {
namespace {

using nsl::v1::Run;
using nsl::v1::RunTransaction;
using runner::v1::RunFinished;
using runs::Job;
using runs::RunRecord;

constexpr std::int64_t kBusyRetryMs = 500;
// The job is under way, or its account has as many as it may: there is a place soon.
constexpr std::int64_t kTurnRetryMs = 100;
// A transaction is looked for about once a block.
constexpr std::int64_t kFollowMsMin = 200;
constexpr std::int64_t kFollowBetweenTriesMs = 2000;
// Set aside at the end of a run's deadline to store its outcome.
constexpr std::int64_t kFinishMs = 5000;

std::uint32_t capped(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
}

void describe_stats(const RunFinished& finished, std::size_t http_calls, Run& run) {
  auto& stats = *run.mutable_stats();
  stats.set_wall_us(capped(finished.stats().wall_us()));
  stats.set_cpu_us(capped(finished.stats().cpu_us()));
  stats.set_wall_ms(capped((finished.stats().wall_us() + 999) / 1000));
  stats.set_cpu_ms(capped((finished.stats().cpu_us() + 999) / 1000));
  stats.set_memory_peak_bytes(finished.stats().memory_peak_bytes());
  stats.set_host_calls(finished.stats().host_calls());
  stats.set_http_calls(static_cast<std::uint32_t>(http_calls));
}

RunTransaction::State to_state(stored::IntentRecord::State state) {
  switch (state) {
    case stored::IntentRecord::SIGNED:
      return RunTransaction::SIGNED;
    case stored::IntentRecord::SENT:
      return RunTransaction::SENT;
    case stored::IntentRecord::HALT:
      return RunTransaction::HALT;
    case stored::IntentRecord::FAULT:
      return RunTransaction::FAULT;
    case stored::IntentRecord::EXPIRED:
      return RunTransaction::EXPIRED;
    default:
      return RunTransaction::SIGNED;
  }
}

std::string gas_text(std::int64_t datoshi) {
  return neo::GasAmount::parse_datoshi(datoshi).value_or(neo::GasAmount()).to_text();
}

void describe_transaction(const stored::IntentRecord& intent, RunTransaction& transaction) {
  transaction.set_hash(intent.hash());
  transaction.set_state(to_state(intent.state()));
  transaction.set_block(intent.block());
  transaction.set_system_fee(gas_text(intent.system_fee()));
  transaction.set_network_fee(gas_text(intent.network_fee()));
  if (intent.sent_at_ms() != 0) transaction.set_sent_at(to_rfc3339(WallTime(intent.sent_at_ms())));
  if (intent.confirmed_at_ms() != 0) {
    transaction.set_confirmed_at(to_rfc3339(WallTime(intent.confirmed_at_ms())));
  }
}

void note_try(Run& run) {
  auto& attempt = *run.add_attempts();
  attempt.set_number(static_cast<std::uint32_t>(run.attempts_size()));
  attempt.set_status(run.status());
  if (run.has_error()) *attempt.mutable_error() = run.error();
  attempt.set_started_at(run.started_at());
  attempt.set_finished_at(run.finished_at());
}

// A runner that says so after the run has called the host is not believed.
bool was_never_started(const Result<RunFinished>& finished, const HostCalls::Trace& trace) {
  return finished.has_value() && finished->status() == RunFinished::NOT_STARTED &&
         trace.host_calls.empty();
}

}  // namespace

Result<JobOutcome> RunEngine::carry_out(const std::string& text, const Deadline& deadline) {
  NSL_TRY(const Job job, Job::parse(text));
  const bool is_execution = job.kind == Job::Kind::execute;
  const jobs::UnderWay::Turn turn(is_execution ? executions_ : follow_ups_, job.account,
                                  job.run_id);
  if (!turn) return JobOutcome{.is_done = false, .retry_after_ms = kTurnRetryMs};
  return is_execution ? execute(job, deadline) : follow(job, deadline);
}

Result<JobOutcome> RunEngine::execute(const Job& job, const Deadline& deadline) {
  Result<RunRecord> found = parts_.book.get(job.account, job.run_id, deadline);
  // The host asks for a run that never was: nothing to do, now or later.
  if (!found.has_value() && found.error().code() == Code::run_not_found) return JobOutcome{};
  if (!found.has_value()) return fail(found.error());
  RunRecord& record = *found;
  if (runs::is_final(record.value.run().status())) return JobOutcome{};
  const Result<stored::FunctionVersionRecord> version = functions_.get_version(
      job.account, record.value.function_id(), record.value.run().version(), deadline);
  if (!version.has_value()) {
    if (version.error().code() != Code::function_not_found) return fail(version.error());
    return give_up(job, record, Code::function_not_found, "The function's version is gone",
                   deadline);
  }
  const auto runner = parts_.runners.find(version->content().runtime());
  if (runner == parts_.runners.end()) {
    return give_up(job, record, Code::runtime_unsupported, "This enclave has no runner for it",
                   deadline);
  }
  NSL_TRY(const std::optional<JobOutcome> given_up, give_up_repeating(job, record, deadline));
  if (given_up.has_value()) return *given_up;
  const std::int64_t too_early_ms =
      record.value.next_attempt_ms() - parts_.host_calls.clock.wall_time().value();
  if (too_early_ms > 0) return JobOutcome{.is_done = false, .retry_after_ms = too_early_ms};

  NSL_TRY(const auto concurrency, concurrency_of(job, record, deadline));
  const FunctionTurns::Turn turn(turns_, record.value.function_id(), concurrency.runs());
  if (turn) return attempt(job, record, *version, *runner->second, deadline);
  // One that has begun is never refused: what it did must come to an end.
  const bool is_refused =
      concurrency.beyond() == nsl::v1::ConcurrencyPolicy::refuse && record.value.attempts() == 0;
  if (!is_refused) return JobOutcome{.is_done = false, .retry_after_ms = kTurnRetryMs};
  return give_up(job, record, Code::run_concurrency_exceeded,
                 std::string(code_title(Code::run_concurrency_exceeded)), deadline);
}

Result<nsl::v1::ConcurrencyPolicy> RunEngine::concurrency_of(const Job& job,
                                                             const RunRecord& record,
                                                             const Deadline& deadline) const {
  const auto function = functions_.get(job.account, record.value.run().function(), deadline);
  if (function.has_value()) return function->value.policy().concurrency();
  if (function.error().code() != Code::function_not_found) return fail(function.error());
  return nsl::v1::ConcurrencyPolicy();
}

Result<JobOutcome> RunEngine::attempt(const Job& job, RunRecord& record,
                                      const stored::FunctionVersionRecord& version, Runner& runner,
                                      const Deadline& deadline) {
  NSL_TRY_VOID(begin(job, record, deadline));
  struct Feeding {
    runs::RunFeed* feed;
    const std::string& run_id;
    ~Feeding() {
      if (feed != nullptr) feed->end(run_id);
    }
  } const feeding{parts_.feed, job.run_id};
  if (parts_.feed != nullptr) parts_.feed->begin(job.run_id, record.value.attempts());

  const Deadline run_deadline = deadline.earlier_of(Deadline::after_ms(
      parts_.host_calls.clock,
      std::max<std::int64_t>(deadline.ms_left(parts_.host_calls.clock) - kFinishMs, 0)));
  const RunContext context{
      .account = job.account,
      .run_id = job.run_id,
      .function_id = record.value.function_id(),
      .function = version.content(),
      .is_cancelled = [this, &job] { return parts_.book.is_cancel_asked(job.run_id); },
      .on_log =
          [this, &job](const nsl::v1::RunLogs::Line& line) {
            if (parts_.feed != nullptr) parts_.feed->add(job.run_id, line);
          }};
  HostCalls calls(context, parts_.host_calls, run_deadline);
  const WallTime began = calls.time();
  const Result<RunFinished> finished =
      runner.run(to_start(record, version, began), calls, run_deadline);
  HostCalls::Trace trace = calls.take_trace();
  trace.journal.set_time_ms(began.value());
  if (was_never_started(finished, trace)) {
    NSL_TRY_VOID(take_back(job, record, deadline));
    return JobOutcome{.is_done = false, .retry_after_ms = kBusyRetryMs};
  }
  if (is_lost(finished, trace)) {
    // The run may be started over: whatever it sent is keyed and will be found again.
    return JobOutcome{.is_done = false, .retry_after_ms = kBusyRetryMs};
  }
  if (record.value.attempts() > 1) NSL_TRY_VOID(add_earlier_effects(job, trace, deadline));
  return finish(job, record, version, *finished, std::move(trace), deadline);
}

Result<std::optional<JobOutcome>> RunEngine::give_up_repeating(const Job& job, RunRecord& record,
                                                               const Deadline& deadline) {
  if (record.value.attempts() == 0) return std::nullopt;
  // Tries that ended by themselves are no starting over.
  const auto tries = static_cast<std::uint32_t>(record.value.run().attempts_size());
  if (record.value.attempts() >= tries + static_cast<std::uint32_t>(limits::kJobAttemptsMax)) {
    return give_up(job, record, Code::run_lost, "The run was started over too often", deadline);
  }
  // The attempt before was cut off, perhaps before it could see the mark.
  NSL_TRY(const bool is_cancelled, parts_.book.was_cancel_asked(job.account, job.run_id, deadline));
  if (!is_cancelled) return std::nullopt;
  return give_up(job, record, Code::run_cancelled, std::string(code_title(Code::run_cancelled)),
                 deadline);
}

// An attempt that was cut off may have sent a transaction that this one, finding its effect on
// chain, did not ask for again. It is the run's all the same: record, receipt and follower name it.
Result<void> RunEngine::add_earlier_effects(const Job& job, HostCalls::Trace& trace,
                                            const Deadline& deadline) {
  NSL_TRY(auto intents, parts_.host_calls.effects.list(job.account, job.run_id, deadline));
  for (auto& [index, intent] : intents) {
    const auto& known = trace.effects;
    if (std::find(known.begin(), known.end(), index) != known.end()) continue;
    trace.effects.push_back(index);
    trace.intents.push_back(std::move(intent));
  }
  return {};
}

bool RunEngine::is_lost(const Result<RunFinished>& finished, const HostCalls::Trace& trace) const {
  if (!finished.has_value()) return true;
  const RunFinished::Status status = finished->status();
  if (status == RunFinished::NOT_STARTED || status == RunFinished::LOST) return true;
  // Without its host the enclave reaches neither store nor node nor web: what the function saw then
  // was this machine's failure, not the world's answer.
  const bool is_hurt = status != RunFinished::SUCCEEDED || trace.has_failed_call;
  return is_hurt && parts_.is_abandoned();
}

Result<void> RunEngine::begin(const Job& job, RunRecord& record, const Deadline& deadline) {
  Run& run = *record.value.mutable_run();
  run.set_status(Run::RUNNING);
  run.clear_next_attempt_at();
  record.value.clear_next_attempt_ms();
  run.set_started_at(to_rfc3339(parts_.host_calls.clock.wall_time()));
  if (record.value.seed().empty()) {
    const auto seed = parts_.host_calls.random.bytes<32>();
    record.value.set_seed(seed.data(), seed.size());
  }
  record.value.set_attempts(record.value.attempts() + 1);
  return parts_.book.save(job.account, record, {}, deadline);
}

Result<void> RunEngine::take_back(const Job& job, RunRecord& record, const Deadline& deadline) {
  NSL_ASSERT(record.value.attempts() > 0);
  Run& run = *record.value.mutable_run();
  run.set_status(Run::QUEUED);
  run.clear_started_at();
  record.value.set_attempts(record.value.attempts() - 1);
  return parts_.book.save(job.account, record, {}, deadline);
}

Result<JobOutcome> RunEngine::finish(const Job& job, RunRecord& record,
                                     const stored::FunctionVersionRecord& version,
                                     const RunFinished& finished, HostCalls::Trace trace,
                                     const Deadline& deadline) {
  Run& run = *record.value.mutable_run();
  describe_end(finished, run);
  if (trace.has_effect_conflict) {
    run.set_status(Run::FAILED);
    run.clear_output();
    run.mutable_error()->set_code(std::string(code_text(Code::run_effect_conflict)));
    run.mutable_error()->set_message(std::string(code_title(Code::run_effect_conflict)));
  }
  describe_stats(finished, trace.http.size(), run);
  run.set_reused(std::ranges::find(finished.layers(), "reused_process") != finished.layers().end());
  run.set_finished_at(to_rfc3339(parts_.host_calls.clock.wall_time()));
  if (record.value.retry().attempts() > 1) note_try(run);
  const bool is_tried_again = !trace.has_effect_conflict &&
                              runs::is_tried_again(record.value.retry(), run.status(),
                                                   static_cast<std::uint32_t>(run.attempts_size()));
  if (is_tried_again) return try_later(job, record, trace, deadline);
  vault::Batch batch;
  note_effects(job, trace, record, batch);
  NSL_TRY(const Bytes receipt,
          parts_.receipts.make({.account = job.account,
                                .run = run,
                                .version = version,
                                .trace = trace,
                                .layers = {finished.layers().begin(), finished.layers().end()}}));
  run.set_receipt(true);
  stored::RunEvidenceRecord evidence;
  evidence.set_receipt(receipt.data(), receipt.size());
  *evidence.mutable_logs() = std::move(trace.logs);
  records::put_record(batch, runs::evidence_key(job.account, job.run_id), evidence, 0);
  trace.journal.set_seed(record.value.seed());
  trace.journal.set_engine(finished.engine());
  records::put_record(batch, runs::journal_key(job.account, job.run_id), trace.journal, 0);
  NSL_TRY_VOID(parts_.book.save(job.account, record, std::move(batch), deadline));
  return JobOutcome{};
}

Result<JobOutcome> RunEngine::try_later(const Job& job, RunRecord& record,
                                        const HostCalls::Trace& trace, const Deadline& deadline) {
  Run& run = *record.value.mutable_run();
  const std::int64_t pause_ms =
      runs::retry_pause_ms(record.value.retry(), static_cast<std::uint32_t>(run.attempts_size()));
  const WallTime due(parts_.host_calls.clock.wall_time().value() + pause_ms);
  record.value.set_next_attempt_ms(due.value());
  run.set_next_attempt_at(to_rfc3339(due));
  run.set_status(Run::QUEUED);
  run.clear_output();
  run.clear_error();
  run.clear_stats();
  run.clear_finished_at();
  vault::Batch batch;
  // They stay the run's, also when it is cancelled before the next try.
  note_effects(job, trace, record, batch);
  NSL_TRY_VOID(parts_.book.save(job.account, record, std::move(batch), deadline));
  return JobOutcome{.is_done = false, .retry_after_ms = pause_ms};
}

void RunEngine::note_effects(const Job& job, const HostCalls::Trace& trace, RunRecord& record,
                             vault::Batch& batch) {
  if (trace.effects.empty()) return;
  Run& run = *record.value.mutable_run();
  // Those of a try before are there already.
  for (const stored::IntentRecord& intent : trace.intents) {
    const bool is_known = std::ranges::find(run.transactions(), intent.hash(),
                                            &RunTransaction::hash) != run.transactions().end();
    if (!is_known) describe_transaction(intent, *run.add_transactions());
  }
  for (const std::uint32_t index : trace.effects) {
    const auto& known = record.value.effects();
    if (std::ranges::find(known, index) == known.end()) record.value.add_effects(index);
  }
  const Job follow_job{.kind = Job::Kind::follow, .account = job.account, .run_id = job.run_id};
  batch.enqueue(follow_job.to_text(), static_cast<std::uint32_t>(kFollowMsMin));
}

Result<JobOutcome> RunEngine::give_up(const Job& job, RunRecord& record, Code code,
                                      std::string message, const Deadline& deadline) {
  Run& run = *record.value.mutable_run();
  run.set_status(code == Code::run_cancelled ? Run::CANCELLED : Run::FAILED);
  run.mutable_error()->set_code(std::string(code_text(code)));
  run.mutable_error()->set_message(std::move(message));
  run.set_finished_at(to_rfc3339(parts_.host_calls.clock.wall_time()));
  HostCalls::Trace trace;
  NSL_TRY_VOID(add_earlier_effects(job, trace, deadline));
  vault::Batch batch;
  note_effects(job, trace, record, batch);
  NSL_TRY_VOID(parts_.book.save(job.account, record, std::move(batch), deadline));
  return JobOutcome{};
}

Result<JobOutcome> RunEngine::follow(const Job& job, const Deadline& deadline) {
  Result<RunRecord> found = parts_.book.get(job.account, job.run_id, deadline);
  if (!found.has_value() && found.error().code() == Code::run_not_found) return JobOutcome{};
  if (!found.has_value()) return fail(found.error());
  RunRecord& record = *found;
  Run& run = *record.value.mutable_run();
  // Between two tries the record is the next try's.
  if (!runs::is_final(run.status())) {
    return JobOutcome{.is_done = false, .retry_after_ms = kFollowBetweenTriesMs};
  }
  bool is_decided = true;
  const auto before = run.transactions();
  run.clear_transactions();
  for (const std::uint32_t index : record.value.effects()) {
    const Result<stored::IntentRecord> intent =
        parts_.host_calls.effects.follow(job.account, job.run_id, index, deadline);
    // The call was refused before there was an intent.
    if (!intent.has_value() && intent.error().code() == Code::transaction_not_found) continue;
    if (!intent.has_value()) return fail(intent.error());
    RunTransaction& transaction = *run.add_transactions();
    describe_transaction(*intent, transaction);
    for (const RunTransaction& known : before) {
      if (known.hash() == transaction.hash() && transaction.sent_at().empty()) {
        transaction.set_sent_at(known.sent_at());
      }
    }
    is_decided &= intent->state() != stored::IntentRecord::SIGNED &&
                  intent->state() != stored::IntentRecord::SENT;
  }
  const bool is_changed = run.transactions_size() != before.size() ||
                          !std::equal(before.begin(), before.end(), run.transactions().begin(),
                                      [](const auto& a, const auto& b) {
                                        return a.SerializeAsString() == b.SerializeAsString();
                                      });
  if (is_changed) NSL_TRY_VOID(parts_.book.save(job.account, record, {}, deadline));
  if (is_decided) return JobOutcome{};
  const std::int64_t block_ms = parts_.host_calls.chain.network().milliseconds_per_block;
  return JobOutcome{.is_done = false, .retry_after_ms = std::max(kFollowMsMin, block_ms)};
}

}  // namespace nsl::enclave::execution
