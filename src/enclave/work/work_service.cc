#include "enclave/work/work_service.h"

namespace nsl::enclave::work {

using router::Call;

Result<internal::v1::ExecuteReply> WorkService::execute(
    const Call& call, const internal::v1::ExecuteRequest& request) {
  NSL_TRY(const jobs::JobOutcome outcome, jobs::carry_out(jobs_, request.job(), call.deadline));
  internal::v1::ExecuteReply reply;
  reply.set_is_done(outcome.is_done);
  reply.set_retry_after_ms(static_cast<std::uint32_t>(outcome.retry_after_ms));
  return reply;
}

Result<internal::v1::ReportEventReply> WorkService::report_event(
    const Call& call, const internal::v1::ReportEventRequest& request) {
  NSL_TRY(const auto runs, triggers::BlockIntake::is_block(request)
                               ? blocks_.report(request, call.deadline)
                               : intake_.report(request, call.deadline));
  internal::v1::ReportEventReply reply;
  for (const std::string& run : runs) reply.add_runs(run);
  return reply;
}

Result<internal::v1::ListSubscriptionsReply> WorkService::list_subscriptions(
    const Call& /*call*/, const internal::v1::ListSubscriptionsRequest& /*request*/) {
  internal::v1::ListSubscriptionsReply reply;
  for (const auto& wanted : index_.wanted()) {
    auto* subscription = reply.add_subscriptions();
    subscription->set_contract(wanted.name.contract.to_text());
    subscription->set_event(wanted.name.event);
    subscription->set_from_block(wanted.from_block);
    if (wanted.to_block != triggers::kNoLastBlock) subscription->set_to_block(wanted.to_block);
  }
  return reply;
}

}  // namespace nsl::enclave::work
