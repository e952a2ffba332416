#include "host/gateway/http_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

namespace nsl::host::gateway {
namespace {

namespace http = boost::beast::http;
using boost::optional;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string_view view(BeastView text) { return {text.data(), text.size()}; }

// Beast's grammar, straight into an HttpRequest.
class Grammar final : public http::basic_parser<true> {
 public:
  HttpRequest request;
  int host_count = 0;
  bool is_http_11 = true;
  bool has_transfer_encoding = false;
  bool expects_continue = false;

 private:
  void on_request_impl(http::verb /*verb*/, BeastView method, BeastView target, int version,
                       error_code& /*error*/) override {
    request.method = view(method);
    request.target = view(target);
    is_http_11 = version == 11;
  }
  void on_response_impl(int /*code*/, BeastView /*reason*/, int /*version*/,
                        error_code& /*error*/) override {}
  void on_field_impl(http::field name, BeastView text, BeastView value,
                     error_code& /*error*/) override {
    if (name == http::field::host) ++host_count;
    if (name == http::field::transfer_encoding) has_transfer_encoding = true;
    if (name == http::field::expect) {
      expects_continue = boost::beast::iequals(value, "100-continue");
    }
    // Trailers of a chunked body are no headers.
    if (!is_header_done()) request.headers.add(view(text), view(value));
  }
  void on_header_impl(error_code& error) override {
    // What Beast lets through and RFC 9112 (3.2, 6.1) does not.
    const bool is_host_wrong = host_count > 1 || (host_count == 0 && is_http_11);
    if (is_host_wrong || (has_transfer_encoding && !chunked())) error = http::error::bad_field;
  }
  void on_body_init_impl(const optional<std::uint64_t>& /*size*/, error_code& /*error*/) override {}
  std::size_t on_body_impl(BeastView body, error_code& /*error*/) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, BeastView /*extensions*/,
                            error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, BeastView body,
                                 error_code& /*error*/) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}
};

Error parse_error(const error_code& error) {
  if (error == http::error::body_limit) {
    return {Code::payload_too_large, "The body is too large"};
  }
  if (error == http::error::header_limit) {
    return {Code::headers_too_large, "The header section is too large"};
  }
  return {Code::malformed_request, "The request is not HTTP/1.1", error.message()};
}

}  // namespace

class HttpParser::Impl {
 public:
  Impl(std::int64_t header_bytes_max, std::int64_t body_bytes_max)
      : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {
    reset();
  }

  void reset() {
    grammar_.emplace();
    grammar_->eager(true);
    grammar_->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
    grammar_->body_limit(static_cast<std::uint64_t>(body_bytes_max_));
  }

  Grammar& grammar() { return *grammar_; }

 private:
  const std::int64_t header_bytes_max_;
  const std::int64_t body_bytes_max_;
  std::optional<Grammar> grammar_;
};

HttpParser::HttpParser(std::int64_t header_bytes_max, std::int64_t body_bytes_max)
    : impl_(std::make_unique<Impl>(header_bytes_max, body_bytes_max)) {}
HttpParser::~HttpParser() = default;

Result<std::size_t> HttpParser::put(std::string_view bytes) {
  error_code error;
  const std::size_t used =
      impl_->grammar().put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != http::error::need_more) return std::unexpected(parse_error(error));
  return used;
}

void HttpParser::reset() { impl_->reset(); }
bool HttpParser::has_started() const { return impl_->grammar().got_some(); }
bool HttpParser::is_header_done() const { return impl_->grammar().is_header_done(); }
bool HttpParser::is_done() const { return impl_->grammar().is_done(); }
bool HttpParser::keeps_alive() const { return impl_->grammar().keep_alive(); }
bool HttpParser::expects_continue() const { return impl_->grammar().expects_continue; }
HttpRequest& HttpParser::request() { return impl_->grammar().request; }

}  // namespace nsl::host::gateway
