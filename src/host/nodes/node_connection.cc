#include "host/nodes/node_connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "core/base/limits.h"

namespace nsl::host::nodes {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr int kHttp11 = 11;

// Asynchronous operations run to their end one at a time: only they honour the stream's timeout.
class Stream {
 public:
  error_code connect(const NodeAddress& address) {
    asio::ip::tcp::resolver resolver(context_);
    error_code error;
    const auto found = resolver.resolve(address.host, address.port, error);
    if (error) return error;
    arm();
    stream_.async_connect(found,
                          [&error](const error_code& result, const auto&) { error = result; });
    run();
    return error;
  }

  error_code write(const http::request<http::string_body>& request) {
    error_code error;
    arm();
    http::async_write(stream_, request,
                      [&error](const error_code& result, std::size_t) { error = result; });
    run();
    return error;
  }

  error_code read(http::response_parser<http::string_body>& parser) {
    error_code error;
    arm();
    http::async_read(stream_, buffer_, parser,
                     [&error](const error_code& result, std::size_t) { error = result; });
    run();
    return error;
  }

 private:
  void arm() { stream_.expires_after(std::chrono::milliseconds(limits::kOutcallMsMax)); }
  void run() {
    context_.restart();
    context_.run();
  }

  asio::io_context context_{1};
  beast::tcp_stream stream_{context_};
  beast::flat_buffer buffer_;
};

class HttpConnection final : public NodeConnection {
 public:
  explicit HttpConnection(NodeAddress address) : address_(std::move(address)) {}

  Result<std::string> exchange(const std::string& body) override {
    if (is_spent_) return fail(Code::node_unavailable);
    Result<std::string> reply = ask(body);
    if (!reply.has_value()) is_spent_ = true;
    return reply;
  }

 private:
  Result<std::string> ask(const std::string& body) {
    if (stream_ == nullptr) {
      stream_ = std::make_unique<Stream>();
      if (const error_code error = stream_->connect(address_); error) return away(error);
    }
    http::request<http::string_body> request{http::verb::post, "/", kHttp11};
    request.set(http::field::host, address_.to_text());
    request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    http::response_parser<http::string_body> parser;
    parser.body_limit(static_cast<std::uint64_t>(limits::kChainReplyBytesMax));
    if (const error_code error = stream_->write(request); error) return away(error);
    if (const error_code error = stream_->read(parser); error) return away(error);
    if (!parser.get().keep_alive()) is_spent_ = true;
    return std::move(parser.get().body());
  }

  static std::unexpected<Error> away(const error_code& error) {
    if (error == http::error::body_limit) {
      return fail(Code::limit_exceeded, "The Neo node's reply is too large");
    }
    return fail(Code::node_unavailable, "The Neo node is away", error.message());
  }

  const NodeAddress address_;
  std::unique_ptr<Stream> stream_;
  bool is_spent_ = false;
};

}  // namespace

std::unique_ptr<NodeConnection> dial_http(const NodeAddress& address) {
  return std::make_unique<HttpConnection>(address);
}

}  // namespace nsl::host::nodes
