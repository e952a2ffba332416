#include "host/watcher/block_signal.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::host::watcher {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// The header comes before the block's application logs are complete on some nodes; block_added is
// sent last (neo-go docs/notifications.md).
constexpr const char* kSubscribe =
    R"({"jsonrpc":"2.0","id":1,"method":"subscribe","params":["block_added"]})";
constexpr auto kReconnectAfter = std::chrono::milliseconds(1000);

}  // namespace

class BlockSignal::Loop {
 public:
  Loop(NodeAddress address, std::function<void()> came)
      : address_(std::move(address)), came_(std::move(came)) {
    asio::post(context_, [this] { connect(); });
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Loop() {
    context_.stop();
    thread_.join();
  }

 private:
  using Socket = websocket::stream<beast::tcp_stream>;

  void connect() {
    socket_.emplace(context_);
    socket_->read_message_max(static_cast<std::size_t>(limits::kChainReplyBytesMax));
    resolver_.async_resolve(
        address_.host, address_.port, [this](const error_code& error, const auto& found) {
          if (error) return retry(error);
          auto& stream = beast::get_lowest_layer(*socket_);
          stream.expires_after(std::chrono::milliseconds(limits::kOutcallMsMax));
          stream.async_connect(found, [this](const error_code& result, const auto&) {
            result ? retry(result) : shake_hands();
          });
        });
  }

  void shake_hands() {
    beast::get_lowest_layer(*socket_).expires_never();
    socket_->set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
    socket_->async_handshake(address_.host, "/ws", [this](const error_code& error) {
      if (error) return retry(error);
      socket_->async_write(
          asio::buffer(std::string_view(kSubscribe)),
          [this](const error_code& result, std::size_t) { result ? retry(result) : read(); });
    });
  }

  void read() {
    socket_->async_read(buffer_, [this](const error_code& error, std::size_t) {
      if (error) return retry(error);
      buffer_.clear();
      came_();
      read();
    });
  }

  void retry(const error_code& error) {
    log_debug("watcher", "The node's websocket is away", {{"reason", error.message()}});
    timer_.expires_after(kReconnectAfter);
    timer_.async_wait([this](const error_code& result) {
      if (!result) connect();
    });
  }

  const NodeAddress address_;
  const std::function<void()> came_;
  asio::io_context context_{1};
  asio::ip::tcp::resolver resolver_{context_};
  asio::steady_timer timer_{context_};
  std::optional<Socket> socket_;
  beast::flat_buffer buffer_;
  std::thread thread_;
};

BlockSignal::BlockSignal(NodeAddress address, std::function<void()> came)
    : loop_(std::make_unique<Loop>(std::move(address), std::move(came))) {}
BlockSignal::~BlockSignal() = default;

}  // namespace nsl::host::watcher
