// What generated services and stubs stand on. A server implements the generated
// `<Service>Interface<Call>`, one method per operation; a client calls the generated
// `<Service>Stub` over a Transport. Names of operations appear in the .proto files only.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace nsl::wire {

// protobuf writes to standard error when a text from outside is not UTF-8; refusing it is our
// business, and nobody outside may fill our log. Call once, first in main.
inline void silence_protobuf() { google::protobuf::SetLogHandler(nullptr); }

using MessagePointer = std::unique_ptr<google::protobuf::Message>;

// Call is the server's context of one request: who asks, until when.
template <class Call>
class Service {
 public:
  virtual ~Service() = default;
  virtual const google::protobuf::ServiceDescriptor& descriptor() const = 0;
  // `request` is of the method's input type.
  virtual Result<MessagePointer> dispatch(int method_index, const Call& call,
                                          const google::protobuf::Message& request) = 0;
};

// One request to the other side, and its answer. Thread-safe and blocking.
class Transport {
 public:
  virtual ~Transport() = default;
  // `service` is the full proto name; `payload` and the result are binary messages.
  virtual Result<std::string> call(std::string_view service, std::string_view method,
                                   std::string payload, const Deadline& deadline) = 0;
};

template <class Reply, class Request>
Result<Reply> call(Transport& transport, std::string_view service, std::string_view method,
                   const Request& request, const Deadline& deadline) {
  NSL_TRY(const std::string payload,
          transport.call(service, method, request.SerializeAsString(), deadline));
  Reply reply;
  if (!reply.ParseFromString(payload)) {
    return fail(Code::malformed_frame, "The reply is not the message expected");
  }
  return reply;
}

}  // namespace nsl::wire
