// What the server needs of the rest of the enclave: one function that serves one request.
#pragma once

#include <functional>

#include "core/base/clock.h"
#include "nsl/internal/v1/frame.pb.h"

namespace nsl::enclave::server {

class RequestHandler {
 public:
  // Takes the contents of the RESPONSE (payload or error, sealed, etag); the server sets version,
  // id and kind. May be called on any thread.
  using Answer = std::move_only_function<void(internal::v1::Frame)>;

  virtual ~RequestHandler() = default;
  // Called on worker threads, several at a time; may block. Every field of `request` is untrusted.
  // Calls `answer` once: before it returns, or later from another thread, when what the answer says
  // is durable only then. The handler keeps to the deadline by checking it at each outcall.
  virtual void serve(const internal::v1::Frame& request, const Deadline& deadline,
                     Answer answer) = 0;
};

// Whether nobody waits any more for the request that the calling thread serves: it was cancelled,
// or its connection has ended. False on a thread that serves none.
bool is_request_abandoned();

}  // namespace nsl::enclave::server
