// nsl.internal.v1.StoreService over a Store: what the enclave may ask of the host's storage. Call
// is the context of one outcall; nothing in it matters here, because the store knows no callers.
#pragma once

#include <functional>
#include <utility>

#include "core/base/clock.h"
#include "host/store/store.h"
#include "nsl/internal/v1/store.service.h"

namespace nsl::host::store {

template <class Call>
class StoreServiceHandler final : public internal::v1::StoreServiceInterface<Call> {
 public:
  // `jobs_queued` is called after a commit that queued jobs.
  StoreServiceHandler(Store& store, const Clock& clock, std::function<void()> jobs_queued = {})
      : store_(store), clock_(clock), jobs_queued_(std::move(jobs_queued)) {}

  Result<internal::v1::StoreGetReply> get(const Call& /*call*/,
                                          const internal::v1::StoreGetRequest& request) override {
    NSL_TRY(internal::v1::StoredRecord record, store_.get(request.key()));
    internal::v1::StoreGetReply reply;
    *reply.mutable_record() = std::move(record);
    return reply;
  }

  Result<internal::v1::StoreCommitReply> commit(
      const Call& /*call*/, const internal::v1::StoreCommitRequest& request) override {
    NSL_TRY_VOID(store_.commit(request, clock_.wall_time()));
    if (request.jobs_size() > 0 && jobs_queued_) jobs_queued_();
    return internal::v1::StoreCommitReply();
  }

  Result<internal::v1::StoreListReply> list(
      const Call& /*call*/, const internal::v1::StoreListRequest& request) override {
    return store_.list(
        {.prefix = request.prefix(), .after_key = request.after_key(), .limit = request.limit()});
  }

  Result<internal::v1::StoreReadLogReply> read_log(
      const Call& /*call*/, const internal::v1::StoreReadLogRequest& request) override {
    return store_.read_log(request.log(), request.from_sequence(), request.limit());
  }

 private:
  Store& store_;
  const Clock& clock_;
  const std::function<void()> jobs_queued_;
};

}  // namespace nsl::host::store
