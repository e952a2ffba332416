// EnclaveLink is what the rest of the host knows of the enclave: a place to send a request frame
// and get one response frame. It promises exactly one answer per request, bounded by the deadline.
// It trusts nothing it carries: frames come from and go to the other side unread.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/result.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::host::link {

class EnclaveLink {
 public:
  virtual ~EnclaveLink() = default;
  // `done` is called exactly once, on a thread of the link, with the RESPONSE frame or with
  // Code::unavailable, overloaded, deadline_exceeded or connection_lost. The link fills in the
  // frame's version, id and kind.
  virtual void request(internal::v1::Frame frame, std::int64_t deadline_ms,
                       std::function<void(Result<internal::v1::Frame>)> done) = 0;
  virtual bool is_connected() const = 0;
};

// Sends the frame and blocks until its answer. Never on a thread of the link.
Result<internal::v1::Frame> request_and_wait(EnclaveLink& link, internal::v1::Frame frame,
                                             std::int64_t deadline_ms);

}  // namespace nsl::host::link
