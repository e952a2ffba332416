// The operations by which an owner reads runs and ends them.
#pragma once

#include "enclave/router/call.h"
#include "enclave/runs/run_book.h"
#include "enclave/runs/run_feed.h"
#include "nsl/v1/run.service.h"

namespace nsl::enclave::runs {

// Runs a run again on what it heard then.
class RunReplayer {
 public:
  virtual ~RunReplayer() = default;
  // Code::conflict when it cannot be run again, with the reason.
  virtual Result<nsl::v1::RunReplay> replay(const std::string& account, const std::string& run_id,
                                            const Deadline& deadline) = 0;
};

class RunService final : public nsl::v1::RunServiceInterface<router::Call> {
 public:
  struct Parts {
    RunBook& book;
    RunFeed& feed;
    RunReplayer& replayer;
    const Clock& clock;
    // Whether the one who asked has gone away.
    std::function<bool()> is_abandoned = [] { return false; };
  };
  explicit RunService(Parts parts)
      : parts_(std::move(parts)), book_(parts_.book), replayer_(parts_.replayer) {}

  Result<nsl::v1::RunList> list(const router::Call& call,
                                const nsl::v1::ListRunsRequest& request) override;
  Result<nsl::v1::Run> get(const router::Call& call,
                           const nsl::v1::GetRunRequest& request) override;
  Result<nsl::v1::RunLogs> get_logs(const router::Call& call,
                                    const nsl::v1::GetRunLogsRequest& request) override;
  Result<nsl::v1::Run> cancel(const router::Call& call,
                              const nsl::v1::CancelRunRequest& request) override;
  Result<nsl::v1::RunReplay> replay(const router::Call& call,
                                    const nsl::v1::ReplayRunRequest& request) override;
  Result<nsl::v1::RunReceipt> get_receipt(const router::Call& call,
                                          const nsl::v1::GetRunReceiptRequest& request) override;

 private:
  // The whole log of a run that has ended, behind the cursor.
  Result<nsl::v1::RunLogs> ended_logs(const router::Call& call, const RunRecord& record,
                                      LogCursor cursor) const;

  const Parts parts_;
  RunBook& book_;
  RunReplayer& replayer_;
};

}  // namespace nsl::enclave::runs
