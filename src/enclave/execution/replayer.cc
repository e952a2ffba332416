#include "enclave/execution/replayer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/crypto/hash.h"
#include "enclave/execution/run_log.h"
#include "enclave/execution/run_outcome.h"
#include "enclave/execution/run_start.h"
#include "enclave/json/json_arguments.h"

namespace nsl::enclave::execution {
namespace {

using runner::v1::RunFinished;
using stored::RunJournalRecord;

// Answers as the journal says, and notes the first call that is not the one it knows.
class RecordedCalls final : public RunHandler {
 public:
  RecordedCalls(const std::string& account, const nsl::v1::PutFunctionRequest& function,
                const RunJournalRecord& journal, const secrets::SecretReader& secrets,
                const Deadline& deadline)
      : account_(account),
        function_(function),
        journal_(journal),
        secrets_(secrets),
        deadline_(deadline),
        time_(journal.time_ms()) {}

  Result<std::string> host_call(std::uint32_t index, std::string_view method,
                                const std::string& arguments) override {
    ++call_count_;
    if (std::cmp_greater_equal(index, journal_.calls_size())) {
      return refuse(fmt::format("call {}, {}, was not made then", index, method));
    }
    const RunJournalRecord::Call& call = journal_.calls(static_cast<int>(index));
    if (call.method() != method) {
      return refuse(fmt::format("call {} is {}, was {}", index, method, call.method()));
    }
    const crypto::Digest32 hash = crypto::sha256(as_bytes(arguments));
    if (as_text(hash) != call.arguments_hash()) {
      return refuse(fmt::format("call {}, {}, has other arguments", index, method));
    }
    time_ = std::max(time_, WallTime(call.time_ms()));
    if (!call.code().empty()) return fail(code_from_text(call.code()), call.message());
    if (call.secret_id().empty()) return call.reply();
    return read_secret(call, arguments);
  }

  WallTime time() const override { return time_; }

  void log_line(runner::v1::LogLine::Level level, const std::string& text) override {
    log_.add(level, text);
  }

  void note(std::string difference) {
    if (difference_.empty()) difference_ = std::move(difference);
  }

  const std::string& difference() const { return difference_; }
  const nsl::v1::RunLogs& logs() const { return log_.lines(); }
  std::uint32_t call_count() const { return call_count_; }

 private:
  std::unexpected<Error> refuse(std::string difference) {
    note(std::move(difference));
    return fail(Code::run_host_call_refused, "This call was not made when the run was recorded");
  }

  Result<std::string> read_secret(const RunJournalRecord::Call& call,
                                  const std::string& arguments) {
    NSL_TRY(const json::JsonArguments parsed, json::JsonArguments::parse(arguments));
    NSL_TRY(const std::string name, parsed.get_text("name"));
    const auto secret = secrets_.read(account_, function_, name, deadline_);
    if (!secret.has_value() || secret->id != call.secret_id() ||
        secret->version != call.secret_version()) {
      return refuse(fmt::format("the secret {} is not what it was: version {} was read", name,
                                call.secret_version()));
    }
    return json::json_text(as_text(secret->value.reveal()));
  }

  const std::string& account_;
  const nsl::v1::PutFunctionRequest& function_;
  const RunJournalRecord& journal_;
  const secrets::SecretReader& secrets_;
  const Deadline& deadline_;
  WallTime time_;
  RunLog log_;
  std::string difference_;
  std::uint32_t call_count_ = 0;
};

std::unexpected<Error> not_possible(std::string why) {
  return fail(Code::conflict, "The run cannot be run again: " + std::move(why));
}

// Whether the record is of a run that ended by its own doing.
Result<void> check_repeatable(const nsl::v1::Run& run,
                              const std::optional<RunJournalRecord>& journal) {
  if (!runs::is_final(run.status())) return not_possible("it has not ended");
  if (run.reused()) return not_possible("its process had served other runs, or could have");
  if (run.status() == nsl::v1::Run::CANCELLED) return not_possible("it was cancelled");
  if (run.error().code() == code_text(Code::run_effect_conflict) || !journal.has_value()) {
    return not_possible("nothing is kept of what it heard");
  }
  if (journal->is_cut()) return not_possible("it heard more than is kept");
  return {};
}

std::string error_text(const nsl::v1::RunError& error) {
  return fmt::format("{} {} ({}:{}:{})", error.code(), error.message(), error.file(), error.line(),
                     error.column());
}

void compare_ends(const nsl::v1::Run& then, const nsl::v1::Run& now, RecordedCalls& calls) {
  if (then.status() != now.status()) {
    calls.note(fmt::format("it ended as {}, was {}", nsl::v1::Run::Status_Name(now.status()),
                           nsl::v1::Run::Status_Name(then.status())));
  }
  if (then.output() != now.output()) calls.note("another output");
  const std::string error = error_text(now.error());
  if (error_text(then.error()) != error) calls.note("another error: " + error);
}

}  // namespace

Result<nsl::v1::RunReplay> Replayer::replay(const std::string& account, const std::string& run_id,
                                            const Deadline& deadline) {
  const jobs::UnderWay::Turn turn(under_way_, account, run_id);
  if (!turn) return fail(Code::overloaded, "Another run of this account is being run again");
  NSL_TRY(const runs::RunRecord record, parts_.book.get(account, run_id, deadline));
  const nsl::v1::Run& run = record.value.run();
  NSL_TRY(const auto journal, parts_.book.get_journal(account, run_id, deadline));
  NSL_TRY_VOID(check_repeatable(run, journal));
  NSL_TRY(const auto version,
          functions_.get_version(account, record.value.function_id(), run.version(), deadline));
  NSL_TRY(const auto evidence, parts_.book.get_evidence(account, run_id, deadline));
  const auto runner = parts_.runners.find(version.content().runtime());
  if (runner == parts_.runners.end()) return fail(Code::runtime_unsupported);

  RecordedCalls calls(account, version.content(), *journal, parts_.secrets, deadline);
  NSL_TRY(const RunFinished finished,
          runner->second->run(to_start(record, version, calls.time()), calls, deadline));
  if (finished.status() == RunFinished::NOT_STARTED || finished.status() == RunFinished::LOST) {
    return fail(Code::runner_unavailable);
  }
  if (finished.engine() != journal->engine()) calls.note("the engine was " + journal->engine());
  if (std::cmp_less(calls.call_count(), journal->calls_size())) {
    calls.note(fmt::format("{} host calls, were {}", calls.call_count(), journal->calls_size()));
  }
  nsl::v1::Run now;
  describe_end(finished, now);
  compare_ends(run, now, calls);
  if (calls.logs().SerializeAsString() != evidence.logs().SerializeAsString()) {
    calls.note("other log lines");
  }
  nsl::v1::RunReplay replay;
  replay.set_same(calls.difference().empty());
  replay.set_difference(calls.difference());
  replay.set_status(now.status());
  replay.set_output(now.output());
  replay.set_host_calls(calls.call_count());
  replay.set_engine(finished.engine());
  return replay;
}

}  // namespace nsl::enclave::execution
