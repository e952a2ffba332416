#include "enclave/functions/function_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace nsl::enclave::functions {
namespace {

using nsl::v1::Run;

Result<void> check_bound(std::uint32_t value, std::int64_t most, std::string_view pointer) {
  if (std::cmp_less_equal(value, most)) return {};
  return fail(Code::invalid_argument, fmt::format("{}: at most {}", pointer, most));
}

Result<void> check_retry(const nsl::v1::RetryPolicy& retry) {
  NSL_TRY_VOID(check_bound(retry.attempts(), limits::kRunTriesMax, "/retry/attempts"));
  NSL_TRY_VOID(check_bound(retry.backoff_ms(), limits::kRunRetryMsMax, "/retry/backoff_ms"));
  NSL_TRY_VOID(
      check_bound(retry.backoff_ms_max(), limits::kRunRetryMsMax, "/retry/backoff_ms_max"));
  if (retry.backoff_ms_max() != 0 && retry.backoff_ms_max() < retry.backoff_ms()) {
    return fail(Code::invalid_argument, "/retry/backoff_ms_max: is below backoff_ms");
  }
  const bool is_known =
      retry.statuses_size() <= 2 && std::ranges::all_of(retry.statuses(), [](int status) {
        return status == Run::FAILED || status == Run::TIMED_OUT;
      });
  if (is_known) return {};
  return fail(Code::invalid_argument, "/retry/statuses: FAILED and TIMED_OUT can be named");
}

Result<void> check_concurrency(const nsl::v1::ConcurrencyPolicy& concurrency) {
  NSL_TRY_VOID(check_bound(concurrency.runs(), limits::kRunsOfAccountMax, "/concurrency/runs"));
  if (nsl::v1::ConcurrencyPolicy::Beyond_IsValid(concurrency.beyond())) return {};
  return fail(Code::invalid_argument, "/concurrency/beyond: unknown");
}

}  // namespace

Result<nsl::v1::FunctionPolicy> parse_policy(const nsl::v1::PutFunctionPolicyRequest& request) {
  NSL_TRY_VOID(check_retry(request.retry()));
  NSL_TRY_VOID(check_concurrency(request.concurrency()));
  nsl::v1::FunctionPolicy policy;
  *policy.mutable_retry() = request.retry();
  *policy.mutable_concurrency() = request.concurrency();
  return policy;
}

}  // namespace nsl::enclave::functions
