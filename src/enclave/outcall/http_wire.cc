#include "enclave/outcall/http_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "core/base/limits.h"

namespace nsl::enclave::outcall {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

namespace {

constexpr std::size_t kReadBytes = 16384;
constexpr int kInterimRepliesMax = 5;
constexpr auto kHeaderBytesMax = static_cast<std::size_t>(limits::kOutcallHeaderBytesMax);

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
// They describe the message or the connection, which are the client's own.
constexpr std::array<std::string_view, 11> kOwnHeaders = {"host",
                                                          "content-length",
                                                          "transfer-encoding",
                                                          "connection",
                                                          "keep-alive",
                                                          "upgrade",
                                                          "te",
                                                          "trailer",
                                                          "expect",
                                                          "proxy-connection",
                                                          "accept-encoding"};

// RFC 9110 section 5.6.2.
bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOthers.find(c) != std::string_view::npos;
}

// RFC 9110 section 5.5, without the obsolete bytes above 0x7f.
bool is_value_char(char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; }

Result<std::size_t> check_headers(const std::vector<HttpHeader>& headers) {
  std::size_t total = 0;
  for (const HttpHeader& header : headers) {
    if (header.name.empty() || !std::ranges::all_of(header.name, is_token_char)) {
      return fail(Code::invalid_argument, "A header name is not valid");
    }
    if (!std::ranges::all_of(header.value, is_value_char)) {
      return fail(Code::invalid_argument, "A header value is not valid");
    }
    const bool is_ours = std::ranges::any_of(
        kOwnHeaders, [&header](std::string_view own) { return is_same_header(header.name, own); });
    if (is_ours) {
      return fail(Code::invalid_argument,
                  fmt::format("The header {} is set by the service", header.name));
    }
    total += header.name.size() + header.value.size() + 4;
  }
  return total;
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::ranges::any_of(request.headers, [name](const HttpHeader& header) {
    return is_same_header(header.name, name);
  });
}

Error parse_error(const boost::system::error_code& failure) {
  if (failure == http::error::body_limit || failure == http::error::header_limit ||
      failure == http::error::buffer_overflow) {
    return {Code::http_reply_too_large, std::string(code_title(Code::http_reply_too_large))};
  }
  return {Code::http_malformed_reply, std::string(code_title(Code::http_malformed_reply)),
          failure.message()};
}

// Feeds one parser from the stream; what the parser left over stays in `pending`.
class ReplyReader {
 public:
  ReplyReader(stream::ByteStream& stream, const Deadline& deadline)
      : stream_(stream), deadline_(deadline) {}

  Result<void> read(Parser& parser) {
    for (;;) {
      if (has_enough_for(parser)) NSL_TRY_VOID(feed(parser));
      if (parser.is_done()) return {};
      // An endless chunk header or trailer would otherwise grow without bound.
      if (pending_.size() > kHeaderBytesMax + kReadBytes) return fail(Code::http_reply_too_large);
      NSL_TRY(const bool has_more, refill());
      if (!has_more) return end(parser);
    }
  }
  bool has_leftover() const { return !pending_.empty(); }

 private:
  // Beast asserts that it is never asked to go on with fewer bytes than the shortest rest of a
  // chunked body, "0 CRLF CRLF", has. Fewer can never complete a reply, so waiting loses nothing.
  bool has_enough_for(const Parser& parser) const {
    constexpr std::size_t kLastChunkBytes = 5;
    const bool is_chunked = parser.is_header_done() && parser.chunked();
    return pending_.size() >= (is_chunked ? kLastChunkBytes : 1);
  }

  // An eager parser takes all it can use in one call.
  Result<void> feed(Parser& parser) {
    boost::system::error_code failure;
    const std::size_t used =
        parser.put(boost::asio::const_buffer(pending_.data(), pending_.size()), failure);
    pending_.erase(0, used);
    if (failure && failure != http::error::need_more) return fail(parse_error(failure));
    return {};
  }

  static Result<void> end(Parser& parser) {
    boost::system::error_code failure;
    if (parser.got_some()) parser.put_eof(failure);
    if (failure || !parser.is_done()) {
      return fail(Code::http_malformed_reply, "The HTTP reply ends too early");
    }
    return {};
  }

  // False at the end of the stream.
  Result<bool> refill() {
    const auto size = stream_.read_some(chunk_, deadline_);
    if (!size.has_value()) {
      if (size.error().code() != Code::connection_lost || !has_any_) return fail(size.error());
      return fail(Code::http_malformed_reply, "The HTTP reply ends too early");
    }
    if (*size == 0 && !has_any_) return fail(Code::connection_lost);
    has_any_ = true;
    pending_.append(as_text(ByteView(chunk_).first(*size)));
    return *size > 0;
  }

  stream::ByteStream& stream_;
  const Deadline& deadline_;
  std::string pending_;
  std::array<std::uint8_t, kReadBytes> chunk_{};
  bool has_any_ = false;
};

HttpReply to_reply(Parser& parser) {
  HttpReply reply;
  reply.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) {
    reply.headers.push_back({.name = std::string(field.name_string()),
                             .value = std::string(field.value()),
                             .kind = HeaderKind::plain});
  }
  reply.body = std::move(parser.get().body());
  return reply;
}

}  // namespace

Result<void> check_request(const HttpRequest& request, const EgressPolicy& policy) {
  if (std::ranges::find(kMethods, request.method) == kMethods.end()) {
    return fail(Code::invalid_argument, "The HTTP method is not accepted");
  }
  NSL_TRY(const std::size_t header_bytes, check_headers(request.headers));
  if (header_bytes > kHeaderBytesMax) return fail(Code::headers_too_large);
  if (std::cmp_greater(request.body.size(), policy.request_bytes_max)) {
    return fail(Code::payload_too_large);
  }
  return {};
}

std::string request_bytes(const HttpRequest& request, const Url& url, AfterReply after) {
  std::string bytes =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, url.target, authority_of(url));
  for (const HttpHeader& header : request.headers) {
    bytes += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  if (!has_header(request, "user-agent")) bytes += "User-Agent: neo-service-layer\r\n";
  if (!has_header(request, "accept")) bytes += "Accept: */*\r\n";
  const bool expects_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (expects_body || !request.body.empty()) {
    bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  }
  bytes += after == AfterReply::close ? "Connection: close\r\n\r\n" : "\r\n";
  return bytes + request.body;
}

Result<WireReply> read_reply(stream::ByteStream& stream, std::string_view method,
                             std::int64_t body_bytes_max, const Deadline& deadline) {
  ReplyReader reader(stream, deadline);
  for (int i = 0; i <= kInterimRepliesMax; ++i) {
    Parser parser;
    parser.eager(true);
    parser.skip(method == "HEAD");
    parser.header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
    parser.body_limit(static_cast<std::uint64_t>(body_bytes_max));
    NSL_TRY_VOID(reader.read(parser));
    const unsigned status = parser.get().result_int();
    if (status == 101) break;  // We never ask to switch protocols.
    if (status < 200) continue;
    const bool can_reuse = parser.keep_alive() && !reader.has_leftover();
    return WireReply{.reply = to_reply(parser), .can_reuse = can_reuse};
  }
  return fail(Code::http_malformed_reply);
}

}  // namespace nsl::enclave::outcall
