#include "host/gateway/http_text.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <string>

#include "core/base/assert.h"

namespace nsl::host::gateway {

std::string_view status_text(int status) {
  struct Row {
    int status;
    std::string_view text;
  };
  // RFC 9110 section 15, RFC 6585; 499 is in use for requests the client gave up.
  static constexpr std::array kRows = {
      Row{200, "OK"},
      Row{201, "Created"},
      Row{202, "Accepted"},
      Row{204, "No Content"},
      Row{304, "Not Modified"},
      Row{400, "Bad Request"},
      Row{401, "Unauthorized"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{409, "Conflict"},
      Row{412, "Precondition Failed"},
      Row{413, "Content Too Large"},
      Row{415, "Unsupported Media Type"},
      Row{422, "Unprocessable Content"},
      Row{428, "Precondition Required"},
      Row{429, "Too Many Requests"},
      Row{431, "Request Header Fields Too Large"},
      Row{499, "Client Closed Request"},
      Row{500, "Internal Server Error"},
      Row{501, "Not Implemented"},
      Row{502, "Bad Gateway"},
      Row{503, "Service Unavailable"},
      Row{504, "Gateway Timeout"},
  };
  for (const Row& row : kRows) {
    if (row.status == status) return row.text;
  }
  return "Other";
}

std::string http_date(WallTime time) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time.value() / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                     kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

void append_reply(const HttpReply& reply, ReplyFraming framing, std::string_view date,
                  std::string& bytes) {
  const std::string_view body = reply.body == nullptr ? std::string_view() : *reply.body;
  NSL_ASSERT(reply.status >= 200 && reply.status <= 999);
  bytes.append("HTTP/1.1 ").append(std::to_string(reply.status)).append(" ");
  bytes.append(status_text(reply.status)).append("\r\nDate: ").append(date).append("\r\n");
  if (!reply.content_type.empty()) {
    bytes.append("Content-Type: ").append(reply.content_type).append("\r\n");
  }
  bytes += reply.header_lines();
  // 204 and 304 have no body and no length (RFC 9110 8.6).
  const bool has_body = reply.status != 204 && reply.status != 304;
  if (has_body) {
    bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  bytes += framing.keeps_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (has_body && !framing.is_head) bytes += body;
}

}  // namespace nsl::host::gateway
