#include "enclave/runs/run_book.h"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

#include "core/base/limits.h"
#include "enclave/json/json_arguments.h"

namespace nsl::enclave::runs {
namespace {

namespace kind = records::kind;

}  // namespace

class RunBook::Waiter {
 public:
  Waiter(RunBook& book, const std::string& run_id) : book_(book) {
    MutexLock lock(book_.mutex_);
    if (std::ssize(book_.waiters_) < limits::kRunWaitersMax) {
      place_ = book_.waiters_.emplace(run_id, this);
    }
  }
  ~Waiter() {
    MutexLock lock(book_.mutex_);
    if (place_.has_value()) book_.waiters_.erase(*place_);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Returns when the run has ended or the time is over, and at once without a place.
  void wait_until(std::chrono::steady_clock::time_point time) {
    MutexLock lock(book_.mutex_);
    while (place_.has_value() && !is_finished_) {
      if (changed_.wait_until(lock, time) == std::cv_status::timeout) return;
    }
  }
  // With the book's mutex held.
  void finish() {
    is_finished_ = true;
    changed_.notify_all();
  }

 private:
  RunBook& book_;
  std::optional<std::multimap<std::string, Waiter*, std::less<>>::iterator> place_;
  CondVar changed_;
  bool is_finished_ = false;
};

std::string Job::to_text() const {
  return fmt::format("{}/{}/{}", kind == Kind::execute ? kExecute : kFollow, account, run_id);
}

Result<Job> Job::parse(const std::string& text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string::npos ? first : text.find('/', first + 1);
  if (second == std::string::npos) return fail(Code::invalid_argument, "Not a job");
  const std::string_view name = std::string_view(text).substr(0, first);
  if (name != kExecute && name != kFollow) return fail(Code::invalid_argument, "Not a job");
  return Job{.kind = name == kExecute ? Kind::execute : Kind::follow,
             .account = text.substr(first + 1, second - first - 1),
             .run_id = text.substr(second + 1)};
}

Result<void> check_input(std::string_view input) {
  if (input.size() > static_cast<std::size_t>(limits::kFunctionInputBytesMax)) {
    return fail(Code::payload_too_large, "/input: is too large");
  }
  const Result<void> checked = json::check_json(input);
  if (!checked.has_value()) return fail(Code::malformed_json, "/input: is not JSON text");
  return {};
}

bool is_final(nsl::v1::Run::Status status) {
  return status != nsl::v1::Run::QUEUED && status != nsl::v1::Run::RUNNING;
}

vault::RecordKey run_key(const std::string& account, const std::string& run_id) {
  return {kind::kRun, account, run_id};
}

vault::RecordKey evidence_key(const std::string& account, const std::string& run_id) {
  return {kind::kRunEvidence, account, run_id};
}

vault::RecordKey journal_key(const std::string& account, const std::string& run_id) {
  return {kind::kRunJournal, account, run_id};
}

namespace {

vault::RecordKey cancel_key(const std::string& account, const std::string& run_id) {
  return {kind::kRunCancel, account, run_id};
}

stored::RunRecord make_record(const NewRun& run) {
  stored::RunRecord record;
  nsl::v1::Run& view = *record.mutable_run();
  view.set_id(run.run_id);
  view.set_function(run.function.name());
  view.set_version(run.function.version());
  view.set_trigger(run.trigger);
  view.set_status(nsl::v1::Run::QUEUED);
  view.set_input(run.input);
  view.set_created_at(to_rfc3339(run.now));
  if (run.event.has_value()) *view.mutable_event() = *run.event;
  record.set_function_id(run.function.id());
  if (run.retry.has_value()) *record.mutable_retry() = *run.retry;
  record.set_is_fetch(run.is_fetch);
  return record;
}

}  // namespace

void RunBook::add_to_batch(vault::Batch& batch, const NewRun& run) {
  records::put_record(batch, run_key(run.account, run.run_id), make_record(run), 0);
  const Job job{.kind = Job::Kind::execute, .account = run.account, .run_id = run.run_id};
  batch.enqueue(job.to_text(), 0);
}

void RunBook::add_failed_to_batch(vault::Batch& batch, const NewRun& run, const Error& error) {
  stored::RunRecord record = make_record(run);
  nsl::v1::Run& view = *record.mutable_run();
  view.set_status(nsl::v1::Run::FAILED);
  view.mutable_error()->set_code(std::string(code_text(error.code())));
  view.mutable_error()->set_message(error.message());
  view.set_finished_at(to_rfc3339(run.now));
  records::put_record(batch, run_key(run.account, run.run_id), record, 0);
}

Result<nsl::v1::Run> RunBook::queue(const NewRun& run, const Deadline& deadline) {
  vault::Batch batch;
  add_to_batch(batch, run);
  const Result<void> stored = vault_.commit(std::move(batch), deadline);
  if (!stored.has_value() && stored.error().code() != Code::version_conflict) {
    return fail(stored.error());
  }
  NSL_TRY(const RunRecord record, get(run.account, run.run_id, deadline));
  return record.value.run();
}

Result<RunRecord> RunBook::get(const std::string& account, const std::string& run_id,
                               const Deadline& deadline) const {
  NSL_TRY(auto record,
          records::find_record<stored::RunRecord>(vault_, run_key(account, run_id), deadline));
  if (!record.has_value()) return fail(Code::run_not_found);
  return *std::move(record);
}

Result<stored::RunEvidenceRecord> RunBook::get_evidence(const std::string& account,
                                                        const std::string& run_id,
                                                        const Deadline& deadline) const {
  NSL_TRY(const RunRecord run, get(account, run_id, deadline));
  NSL_TRY(auto evidence, records::find_record<stored::RunEvidenceRecord>(
                             vault_, evidence_key(account, run_id), deadline));
  if (!evidence.has_value()) return stored::RunEvidenceRecord();
  return std::move(evidence->value);
}

Result<std::optional<stored::RunJournalRecord>> RunBook::get_journal(
    const std::string& account, const std::string& run_id, const Deadline& deadline) const {
  NSL_TRY(auto journal, records::find_record<stored::RunJournalRecord>(
                            vault_, journal_key(account, run_id), deadline));
  if (!journal.has_value()) return std::nullopt;
  return std::move(journal->value);
}

Result<std::vector<RunRecord>> RunBook::list(const std::string& account,
                                             const Deadline& deadline) const {
  return records::list_records<stored::RunRecord>(vault_, kind::kRun, account, deadline);
}

Result<void> RunBook::save(const std::string& account, RunRecord& record, vault::Batch batch,
                           const Deadline& deadline) {
  records::put_record(batch, run_key(account, record.value.run().id()), record.value,
                      record.version);
  NSL_TRY_VOID(vault_.commit(std::move(batch), deadline));
  ++record.version;
  if (is_final(record.value.run().status())) {
    MutexLock lock(mutex_);
    cancel_asked_.erase(record.value.run().id());
    const auto [begin, end] = waiters_.equal_range(record.value.run().id());
    for (auto waiting = begin; waiting != end; ++waiting) waiting->second->finish();
  }
  return {};
}

Result<nsl::v1::Run> RunBook::cancel(const std::string& account, const std::string& run_id,
                                     WallTime now, const Deadline& deadline) {
  for (;;) {
    NSL_TRY(RunRecord record, get(account, run_id, deadline));
    const nsl::v1::Run::Status status = record.value.run().status();
    if (is_final(status)) return record.value.run();
    if (status == nsl::v1::Run::RUNNING) {
      NSL_TRY_VOID(mark_cancelled(account, run_id, now, deadline));
      // It may have ended, or waited again, a moment before the mark.
      NSL_TRY(const RunRecord after, get(account, run_id, deadline));
      if (after.value.run().status() != nsl::v1::Run::QUEUED) return after.value.run();
      continue;
    }
    Result<nsl::v1::Run> ended = end_queued(account, record, now, deadline);
    // It has begun, or ended, a moment before.
    if (!ended.has_value() && ended.error().code() == Code::version_conflict) continue;
    return ended;
  }
}

Result<nsl::v1::Run> RunBook::end_queued(const std::string& account, RunRecord& record,
                                         WallTime now, const Deadline& deadline) {
  nsl::v1::Run& run = *record.value.mutable_run();
  run.set_status(nsl::v1::Run::CANCELLED);
  run.mutable_error()->set_code(std::string(code_text(Code::run_cancelled)));
  run.mutable_error()->set_message(std::string(code_title(Code::run_cancelled)));
  run.set_finished_at(to_rfc3339(now));
  NSL_TRY_VOID(save(account, record, {}, deadline));
  return record.value.run();
}

Result<void> RunBook::mark_cancelled(const std::string& account, const std::string& run_id,
                                     WallTime now, const Deadline& deadline) {
  stored::RunCancelRecord mark;
  mark.set_asked_at_ms(now.value());
  vault::Batch batch;
  records::put_record(batch, cancel_key(account, run_id), mark, 0);
  const Result<void> stored = vault_.commit(std::move(batch), deadline);
  // Asked twice is asked once.
  if (!stored.has_value() && stored.error().code() != Code::version_conflict) return stored;
  MutexLock lock(mutex_);
  cancel_asked_.insert(run_id);
  return {};
}

bool RunBook::is_cancel_asked(const std::string& run_id) const {
  MutexLock lock(mutex_);
  return cancel_asked_.contains(run_id);
}

Result<bool> RunBook::was_cancel_asked(const std::string& account, const std::string& run_id,
                                       const Deadline& deadline) const {
  NSL_TRY(const auto mark, records::find_record<stored::RunCancelRecord>(
                               vault_, cancel_key(account, run_id), deadline));
  return mark.has_value();
}

std::int64_t RunBook::waiters() const {
  MutexLock lock(mutex_);
  return std::ssize(waiters_);
}

Result<nsl::v1::Run> RunBook::wait_until_finished(const std::string& account,
                                                  const std::string& run_id,
                                                  const Deadline& deadline) {
  // Before the first look, so that an end in between is not slept over.
  Waiter waiter(*this, run_id);
  NSL_TRY(const RunRecord before, get(account, run_id, deadline));
  if (is_final(before.value.run().status())) return before.value.run();
  waiter.wait_until(deadline.steady_time() - std::chrono::milliseconds(limits::kAnswerMarginMs));
  NSL_TRY(const RunRecord after, get(account, run_id, deadline));
  return after.value.run();
}

}  // namespace nsl::enclave::runs
