#include "host/link/link_transport.h"

namespace nsl::host::link {

Result<std::string> LinkTransport::call(std::string_view service, std::string_view method,
                                        std::string payload, const Deadline& deadline) {
  internal::v1::Frame frame;
  frame.set_service_type(std::string(service));
  frame.set_operation(std::string(method));
  frame.set_payload(std::move(payload));
  NSL_TRY(internal::v1::Frame reply,
          request_and_wait(link_, std::move(frame), deadline.ms_left(clock_)));
  if (reply.has_error()) {
    return fail(code_from_text(reply.error().code()), reply.error().message());
  }
  return std::move(*reply.mutable_payload());
}

}  // namespace nsl::host::link
