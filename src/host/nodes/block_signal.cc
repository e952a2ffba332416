#include "host/nodes/block_signal.h"

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

namespace nsl::host::nodes {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// A node sends it once the block and its logs are stored, and it is small whatever the block holds.
constexpr const char* kSubscribe =
    R"({"jsonrpc":"2.0","id":1,"method":"subscribe","params":["header_of_added_block"]})";
// A websocket that is silent for so long, pings included, is lost.
constexpr auto kIdle = std::chrono::seconds(30);

}  // namespace

class BlockSignal::Loop {
 public:
  Loop(NodeAddress address, std::int64_t retry_ms, Hear hear)
      : address_(std::move(address)), retry_after_(retry_ms), hear_(std::move(hear)) {
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
    socket_->set_option(websocket::stream_base::timeout{
        .handshake_timeout = std::chrono::milliseconds(limits::kOutcallMsMax),
        .idle_timeout = kIdle,
        .keep_alive_pings = true});
    socket_->async_handshake(address_.to_text(), "/ws", [this](const error_code& error) {
      if (error) return retry(error);
      socket_->async_write(
          asio::buffer(std::string_view(kSubscribe)),
          [this](const error_code& result, std::size_t) { result ? retry(result) : read(); });
    });
  }

  void read() {
    socket_->async_read(buffer_, [this](const error_code& error, std::size_t) {
      if (error) return retry(error);
      if (!pass_on()) return retry(make_error_code(websocket::error::bad_data_frame));
      buffer_.clear();
      read();
    });
  }

  // Whether it was a frame at all; a node that sends anything else is left.
  bool pass_on() {
    const auto bytes = buffer_.cdata();
    const Result<SignalFrame> frame =
        parse_signal_frame({static_cast<const char*>(bytes.data()), bytes.size()});
    if (frame.has_value()) hear_(*frame);
    return frame.has_value();
  }

  void retry(const error_code& error) {
    log_debug("nodes", "A node's websocket is away",
              {{"node", address_.to_text()}, {"reason", error.message()}});
    buffer_.clear();
    timer_.expires_after(retry_after_);
    timer_.async_wait([this](const error_code& result) {
      if (!result) connect();
    });
  }

  const NodeAddress address_;
  const std::chrono::milliseconds retry_after_;
  const Hear hear_;
  asio::io_context context_{1};
  asio::ip::tcp::resolver resolver_{context_};
  asio::steady_timer timer_{context_};
  std::optional<Socket> socket_;
  beast::flat_buffer buffer_;
  std::thread thread_;
};

BlockSignal::BlockSignal(NodeAddress address, std::int64_t retry_ms, Hear hear)
    : loop_(std::make_unique<Loop>(std::move(address), retry_ms, std::move(hear))) {}
BlockSignal::~BlockSignal() = default;

}  // namespace nsl::host::nodes
