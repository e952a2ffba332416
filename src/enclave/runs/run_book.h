// RunBook keeps runs: sealed records with a job in the host's queue. A run is final once its status
// says so; nothing starts it again after that.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/result.h"
#include "enclave/records/records.h"
#include "nsl/v1/function.pb.h"
#include "nsl/v1/run.pb.h"

namespace nsl::enclave::runs {

using RunRecord = records::Stored<stored::RunRecord>;

struct NewRun {
  std::string account;
  std::string run_id;
  nsl::v1::Function function;
  // JSON text, checked by check_input().
  std::string input;
  // Name of the trigger; empty: asked for by the owner.
  std::string trigger;
  std::optional<nsl::v1::RunEvent> event;
  WallTime now;
  // What its function's policy says; nothing: it is not tried again.
  std::optional<nsl::v1::RetryPolicy> retry = std::nullopt;
  // The input is an HTTP request.
  bool is_fetch = false;
};

// What the host's queue knows a run's work by.
struct Job {
  enum class Kind : std::uint8_t { execute, follow };
  // The first words of their texts.
  static constexpr std::string_view kExecute = "execute";
  static constexpr std::string_view kFollow = "follow";
  Kind kind = Kind::execute;
  std::string account;
  std::string run_id;

  std::string to_text() const;
  static Result<Job> parse(const std::string& text);
};

// Strict JSON text within limits::kFunctionInputBytesMax.
Result<void> check_input(std::string_view input);
bool is_final(nsl::v1::Run::Status status);
vault::RecordKey run_key(const std::string& account, const std::string& run_id);
vault::RecordKey evidence_key(const std::string& account, const std::string& run_id);
vault::RecordKey journal_key(const std::string& account, const std::string& run_id);

class RunBook {
 public:
  explicit RunBook(vault::Vault& vault) : vault_(vault) {}

  // Adds the run and its job to a batch, so that what started it is stored with it or not at all.
  static void add_to_batch(vault::Batch& batch, const NewRun& run);
  // Adds a run that cannot begin, so that its owner sees why.
  static void add_failed_to_batch(vault::Batch& batch, const NewRun& run, const Error& error);
  // Stores the run. The same run id again gives the run that is there.
  Result<nsl::v1::Run> queue(const NewRun& run, const Deadline& deadline);

  // Code::run_not_found, also for another account's run.
  Result<RunRecord> get(const std::string& account, const std::string& run_id,
                        const Deadline& deadline) const;
  // Logs and receipt; nothing while the run is not finished.
  Result<stored::RunEvidenceRecord> get_evidence(const std::string& account,
                                                 const std::string& run_id,
                                                 const Deadline& deadline) const;
  // What a finished run heard; nothing where none is kept.
  Result<std::optional<stored::RunJournalRecord>> get_journal(const std::string& account,
                                                              const std::string& run_id,
                                                              const Deadline& deadline) const;
  Result<std::vector<RunRecord>> list(const std::string& account, const Deadline& deadline) const;
  // Stores a changed run together with what `batch` holds, and wakes who waits when it is final.
  Result<void> save(const std::string& account, RunRecord& record, vault::Batch batch,
                    const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // The run as it is at its end, or a moment before the deadline, so that the answer still arrives;
  // at once when limits::kRunWaitersMax requests wait already.
  Result<nsl::v1::Run> wait_until_finished(const std::string& account, const std::string& run_id,
                                           const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // A run that waits ends here and now; one under way is marked, durably, and ends when its engine
  // sees the mark. One that has ended stays as it is. The run as it is then.
  Result<nsl::v1::Run> cancel(const std::string& account, const std::string& run_id, WallTime now,
                              const Deadline& deadline) NSL_EXCLUDES(mutex_);
  // Whether a run under way was marked in this life of the enclave; cheap.
  bool is_cancel_asked(const std::string& run_id) const NSL_EXCLUDES(mutex_);
  // Whether it was ever marked.
  Result<bool> was_cancel_asked(const std::string& account, const std::string& run_id,
                                const Deadline& deadline) const;
  // Requests that wait for the end of a run.
  std::int64_t waiters() const NSL_EXCLUDES(mutex_);

 private:
  Result<nsl::v1::Run> end_queued(const std::string& account, RunRecord& record, WallTime now,
                                  const Deadline& deadline) NSL_EXCLUDES(mutex_);
  Result<void> mark_cancelled(const std::string& account, const std::string& run_id, WallTime now,
                              const Deadline& deadline) NSL_EXCLUDES(mutex_);
  vault::Vault& vault_;
  // Stands in waiters_ for as long as it lives.
  class Waiter;

  mutable Mutex mutex_;
  // By run; each lives on the stack of the thread that waits.
  std::multimap<std::string, Waiter*, std::less<>> waiters_ NSL_GUARDED_BY(mutex_);
  // LIMIT: runs that are under way; each leaves when it ends.
  std::set<std::string> cancel_asked_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::runs
