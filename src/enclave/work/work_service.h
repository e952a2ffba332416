// The host's own requests. Every field is untrusted: a job that is none is done, an event the chain
// does not confirm starts nothing.
#pragma once

#include <utility>
#include <vector>

#include "enclave/jobs/job.h"
#include "enclave/router/call.h"
#include "enclave/triggers/block_intake.h"
#include "enclave/triggers/event_intake.h"
#include "nsl/internal/v1/work.service.h"

namespace nsl::enclave::work {

class WorkService final : public internal::v1::WorkServiceInterface<router::Call> {
 public:
  WorkService(std::vector<jobs::JobRoute> jobs, triggers::EventIntake& intake,
              triggers::BlockIntake& blocks, const triggers::SubscriptionIndex& index)
      : jobs_(std::move(jobs)), intake_(intake), blocks_(blocks), index_(index) {}

  Result<internal::v1::ExecuteReply> execute(const router::Call& call,
                                             const internal::v1::ExecuteRequest& request) override;
  Result<internal::v1::ReportEventReply> report_event(
      const router::Call& call, const internal::v1::ReportEventRequest& request) override;
  Result<internal::v1::ListSubscriptionsReply> list_subscriptions(
      const router::Call& call, const internal::v1::ListSubscriptionsRequest& request) override;

 private:
  const std::vector<jobs::JobRoute> jobs_;
  triggers::EventIntake& intake_;
  triggers::BlockIntake& blocks_;
  const triggers::SubscriptionIndex& index_;
};

}  // namespace nsl::enclave::work
