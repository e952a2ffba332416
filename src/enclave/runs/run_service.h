// The operations by which an owner reads runs and ends them.
#pragma once

#include "enclave/router/call.h"
#include "enclave/runs/run_book.h"
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
  RunService(RunBook& book, RunReplayer& replayer) : book_(book), replayer_(replayer) {}

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
  RunBook& book_;
  RunReplayer& replayer_;
};

}  // namespace nsl::enclave::runs
