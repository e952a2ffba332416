#include "enclave/runs/run_service.h"

#include <algorithm>

#include "core/base/limits.h"
#include "enclave/records/names.h"

namespace nsl::enclave::runs {

using router::Call;

Result<nsl::v1::RunList> RunService::list(const Call& call,
                                          const nsl::v1::ListRunsRequest& request) {
  NSL_TRY(std::vector<RunRecord> all, book_.list(call.account(), call.deadline));
  std::erase_if(all, [&](const RunRecord& record) {
    const nsl::v1::Run& run = record.value.run();
    const bool is_other = !request.function().empty() && run.function() != request.function();
    // Ids sort by time; newest first means everything before the cursor.
    return is_other || (!request.cursor().empty() && run.id() >= request.cursor());
  });
  std::sort(all.begin(), all.end(), [](const RunRecord& a, const RunRecord& b) {
    return a.value.run().id() > b.value.run().id();
  });
  nsl::v1::RunList reply;
  const std::size_t limit = records::page_size(request.limit());
  if (all.size() > limit) {
    all.resize(limit);
    reply.set_next_cursor(all.back().value.run().id());
  }
  for (RunRecord& record : all) *reply.add_items() = std::move(*record.value.mutable_run());
  return reply;
}

Result<nsl::v1::Run> RunService::get(const Call& call, const nsl::v1::GetRunRequest& request) {
  NSL_TRY(RunRecord record, book_.get(call.account(), request.run(), call.deadline));
  return std::move(*record.value.mutable_run());
}

Result<nsl::v1::RunLogs> RunService::get_logs(const Call& call,
                                              const nsl::v1::GetRunLogsRequest& request) {
  NSL_TRY(const LogCursor cursor, LogCursor::parse(request.cursor()));
  NSL_TRY(const RunRecord record, book_.get(call.account(), request.run(), call.deadline));
  if (is_final(record.value.run().status())) return ended_logs(call, record, cursor);
  const std::int64_t time_left = call.deadline.ms_left(parts_.clock) - limits::kAnswerMarginMs;
  // Who waits for a run and who waits for its log take workers from one share.
  const bool may_wait = book_.waiters() + parts_.feed.waiters() < limits::kRunWaitersMax;
  const std::int64_t wait_ms =
      may_wait ? std::min({std::int64_t{request.wait_ms()}, limits::kRunLogWaitMsMax, time_left})
               : 0;
  const Deadline until = Deadline::after_ms(parts_.clock, std::max<std::int64_t>(wait_ms, 0));
  nsl::v1::RunLogs logs = parts_.feed.read(
      request.run(), cursor,
      {.clock = parts_.clock, .deadline = until, .is_abandoned = parts_.is_abandoned});
  if (logs.lines_size() > 0) return logs;
  // It may have ended meanwhile, and its lines are where they stay.
  NSL_TRY(const RunRecord after, book_.get(call.account(), request.run(), call.deadline));
  if (is_final(after.value.run().status())) return ended_logs(call, after, cursor);
  return logs;
}

Result<nsl::v1::RunLogs> RunService::ended_logs(const Call& call, const RunRecord& record,
                                                LogCursor cursor) const {
  NSL_TRY(const stored::RunEvidenceRecord evidence,
          book_.get_evidence(call.account(), record.value.run().id(), call.deadline));
  return lines_behind(evidence.logs(), record.value.attempts(), cursor);
}

Result<nsl::v1::Run> RunService::cancel(const Call& call,
                                        const nsl::v1::CancelRunRequest& request) {
  return book_.cancel(call.account(), request.run(), call.now, call.deadline);
}

Result<nsl::v1::RunReplay> RunService::replay(const Call& call,
                                              const nsl::v1::ReplayRunRequest& request) {
  return replayer_.replay(call.account(), request.run(), call.deadline);
}

Result<nsl::v1::RunReceipt> RunService::get_receipt(const Call& call,
                                                    const nsl::v1::GetRunReceiptRequest& request) {
  NSL_TRY(stored::RunEvidenceRecord evidence,
          book_.get_evidence(call.account(), request.run(), call.deadline));
  if (evidence.receipt().empty()) return fail(Code::receipt_not_ready);
  nsl::v1::RunReceipt reply;
  reply.set_receipt(std::move(*evidence.mutable_receipt()));
  return reply;
}

}  // namespace nsl::enclave::runs
