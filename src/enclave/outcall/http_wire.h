// HTTP/1.1 as bytes: what is sent, and the reply read back. Private to enclave/outcall; its source
// is the one file of the enclave that includes Boost.Beast.
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "enclave/outcall/http.h"
#include "enclave/outcall/url.h"
#include "enclave/stream/byte_stream.h"

namespace nsl::enclave::outcall {

enum class AfterReply : std::uint8_t { close, keep_alive };

// Refuses methods, header names and values that are not plain HTTP, headers that are the client's
// own business, and requests over the policy's size.
Result<void> check_request(const HttpRequest& request, const EgressPolicy& policy);
// `request` has passed check_request.
std::string request_bytes(const HttpRequest& request, const Url& url, AfterReply after);

struct WireReply {
  HttpReply reply;  // Without final_url and certificate_hash.
  bool can_reuse = false;
};

// Reads one reply, skipping interim ones (1xx). connection_lost only when no byte arrived; what
// ends early or breaks the grammar is http_malformed_reply; what is over a limit
// http_reply_too_large.
Result<WireReply> read_reply(stream::ByteStream& stream, std::string_view method,
                             std::int64_t body_bytes_max, const Deadline& deadline);

}  // namespace nsl::enclave::outcall
