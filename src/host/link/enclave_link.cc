#include "host/link/enclave_link.h"

#include <future>
#include <memory>
#include <utility>

namespace nsl::host::link {

Result<internal::v1::Frame> request_and_wait(EnclaveLink& link, internal::v1::Frame frame,
                                             std::int64_t deadline_ms) {
  // Shared with the callback, which may finish its set_value after this function has returned.
  const auto answer = std::make_shared<std::promise<Result<internal::v1::Frame>>>();
  auto future = answer->get_future();
  link.request(std::move(frame), deadline_ms, [answer](Result<internal::v1::Frame> result) {
    answer->set_value(std::move(result));
  });
  return future.get();
}

}  // namespace nsl::host::link
