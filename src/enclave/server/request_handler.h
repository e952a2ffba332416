// What the server needs of the rest of the enclave: one function that serves one request.
#pragma once

#include "core/base/clock.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::enclave::server {

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // Blocking; called on worker threads, several at a time. Every field of `request` is untrusted.
  // Returns the contents of the RESPONSE (payload or error, sealed, etag); the server sets version,
  // id and kind. The handler keeps to the deadline by checking it at each outcall.
  virtual internal::v1::Frame serve(const internal::v1::Frame& request,
                                    const Deadline& deadline) = 0;
};

// Whether nobody waits any more for the request that the calling thread serves: it was cancelled,
// or its connection has ended. False on a thread that serves none.
bool is_request_abandoned();

}  // namespace nsl::enclave::server
