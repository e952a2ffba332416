#include <array>
#include <utility>

#include "enclave/outcall/dialer.h"
#include "enclave/stream/descriptor.h"
#include "nsl/internal/v1/dial.service.h"

namespace nsl::enclave::outcall {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::uint8_t kOpen = 1;

// The host may answer any code; only those that a dial can mean are passed on.
Error dial_error(const Error& error) {
  switch (error.code()) {
    case Code::deadline_exceeded:
    case Code::cancelled:
    case Code::overloaded:
    case Code::unavailable:
    case Code::connection_lost:
    case Code::private_address_refused:
    case Code::name_not_resolved:
    case Code::dial_failed:
      return {error.code(), std::string(code_title(error.code())), error.message()};
    default:
      return {Code::dial_failed, std::string(code_title(Code::dial_failed)), error.message()};
  }
}

wire::Endpoint endpoint_for(const wire::Endpoint& endpoint, std::uint32_t port) {
  wire::Endpoint result = endpoint;
  auto* const vsock = std::get_if<wire::VsockEndpoint>(&result);
  if (vsock != nullptr && port != 0) vsock->port = port;
  return result;
}

}  // namespace

HostDialer::HostDialer(Options options, wire::Transport& host, const Clock& clock)
    : options_(std::move(options)), host_(host), clock_(clock) {}

Result<std::unique_ptr<stream::ByteStream>> HostDialer::dial(const std::string& host,
                                                             std::uint16_t port,
                                                             const Deadline& deadline) {
  const auto literal = net::parse_ip_address(host);
  if (literal.has_value() &&
      !net::may_dial({.address = *literal, .port = port}, options_.allowed_addresses)) {
    return fail(Code::private_address_refused);
  }
  internal::v1::DialRequest request;
  request.set_host(host);
  request.set_port(port);
  const auto reply = internal::v1::DialServiceStub(host_).dial(request, deadline);
  if (!reply.has_value()) return fail(dial_error(reply.error()));
  if (reply->token().size() != kTokenBytes) return fail(Code::dial_failed);
  const auto address = net::parse_ip_address(reply->address());
  if (!address.has_value() || (literal.has_value() && *address != *literal)) {
    return fail(Code::dial_failed, "The host did not dial what was asked");
  }
  if (!net::may_dial({.address = *address, .port = port}, options_.allowed_addresses)) {
    return fail(Code::private_address_refused);
  }
  NSL_TRY(stream::Descriptor descriptor,
          stream::connect_to(endpoint_for(options_.endpoint, reply->port()), deadline, clock_));
  auto stream = std::make_unique<stream::SocketStream>(std::move(descriptor), clock_);
  NSL_TRY_VOID(stream->write_all(as_bytes(reply->token()), deadline));
  std::array<std::uint8_t, 1> answer{};
  NSL_TRY(const std::size_t size, stream->read_some(answer, deadline));
  if (size != 1 || answer[0] != kOpen) return fail(Code::dial_failed);
  return stream;
}

}  // namespace nsl::enclave::outcall
