// The text of HTTP replies, without a socket.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "host/gateway/http_message.h"

namespace nsl::host::gateway {

struct ReplyFraming {
  bool keeps_alive = true;
  // HEAD: the headers of the body, without the body.
  bool is_head = false;
};

// Status line, headers and body of `reply`, appended to `bytes`. Header values are ours or checked
// by whoever took them in: none holds a line break.
void append_reply(const HttpReply& reply, ReplyFraming framing, std::string_view date,
                  std::string& bytes);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string http_date(WallTime time);

std::string_view status_text(int status);

}  // namespace nsl::host::gateway
