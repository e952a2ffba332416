// What the host's other folders see of the enclave: ask a request, get its answer. host/link/link.h
// is the implementation over one multiplexed connection; tests bring their own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::host::link {

// What a host service called by the enclave learns about the call.
struct OutcallContext {
  Deadline deadline;
  std::string request_id;
};

using Done = std::function<void(Result<internal::v1::Frame>)>;

class EnclaveLink {
 public:
  virtual ~EnclaveLink() = default;
  // `done` is called exactly once, on a thread of the link, and must not block. The link fills in
  // version, id, kind and deadline. The result is the RESPONSE, which may carry an error of the
  // enclave; an Error of the link itself is unavailable, connection_lost, overloaded or
  // deadline_exceeded.
  virtual void request(internal::v1::Frame frame, std::int64_t deadline_ms, Done done) = 0;
  virtual bool is_connected() const = 0;
};

// Blocks until the answer is there. Never call it on a thread of the link.
Result<internal::v1::Frame> request_and_wait(EnclaveLink& link, internal::v1::Frame frame,
                                             std::int64_t deadline_ms);

}  // namespace nsl::host::link
