#include "host/watcher/node_connection.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>

#include "core/base/limits.h"

namespace nsl::host::watcher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr int kHttp11 = 11;

std::unexpected<Error> away(const error_code& error) {
  return fail(Code::node_unavailable, "The Neo node is away", error.message());
}

}  // namespace

Result<NodeAddress> parse_node_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const auto refused = [&] {
    return fail(Code::invalid_configuration, fmt::format("'{}' is not http://HOST:PORT", url));
  };
  if (!url.starts_with(kScheme)) return refused();
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == url.size()) return refused();
  const std::string_view port = url.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string_view::npos) return refused();
  return NodeAddress{.host = std::string(url.substr(0, colon)), .port = std::string(port)};
}

// Asynchronous operations run to their end one at a time: only they honour the stream's timeout.
class NodeConnection::Stream {
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

NodeConnection::NodeConnection(NodeAddress address) : address_(std::move(address)) {}
NodeConnection::~NodeConnection() = default;

Result<std::string> NodeConnection::call(std::string_view method, std::string_view parameters) {
  const std::string body =
      fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}})", method, parameters);
  const bool was_connected = stream_ != nullptr;
  Result<std::string> reply = exchange(body);
  // A kept-alive connection may have been closed meanwhile; reading is harmless to repeat.
  if (!reply.has_value() && was_connected) reply = exchange(body);
  return reply;
}

Result<std::string> NodeConnection::exchange(const std::string& body) {
  if (stream_ == nullptr) {
    auto stream = std::make_unique<Stream>();
    if (const error_code error = stream->connect(address_); error) return away(error);
    stream_ = std::move(stream);
  }
  http::request<http::string_body> request{http::verb::post, "/", kHttp11};
  request.set(http::field::host, address_.host);
  request.set(http::field::content_type, "application/json");
  request.body() = body;
  request.prepare_payload();
  http::response_parser<http::string_body> parser;
  parser.body_limit(static_cast<std::uint64_t>(limits::kChainReplyBytesMax));
  error_code error = stream_->write(request);
  if (!error) error = stream_->read(parser);
  if (error) {
    stream_.reset();
    return away(error);
  }
  if (!parser.get().keep_alive()) stream_.reset();
  return std::move(parser.get().body());
}

}  // namespace nsl::host::watcher
