#include "host/gateway/http_connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cctype>
#include <optional>

#include "core/base/assert.h"
#include "host/gateway/http_text.h"

namespace nsl::host::gateway {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;
using boost::system::error_code;

// LIMIT: one read takes at most this many bytes.
constexpr std::size_t kReadBytes = 8192;
// LIMIT: what a refused peer still sends is read and dropped up to this size, so that closing
// does not destroy the reply on its way.
constexpr std::size_t kDiscardBytesMax = 1U << 20U;

std::string to_string(boost::string_view text) { return {text.data(), text.size()}; }

Error parse_error(const error_code& error) {
  if (error == http::error::body_limit) {
    return {Code::payload_too_large, "The body is too large"};
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return {Code::headers_too_large, "The header section is too large"};
  }
  return {Code::malformed_request, "The request is not HTTP/1.1", error.message()};
}

class ConnectionImpl final : public Connection,
                             public Responder,
                             public std::enable_shared_from_this<ConnectionImpl> {
 public:
  ConnectionImpl(std::shared_ptr<IoThread> thread, Socket socket, const ClientAddress& client)
      : thread_(std::move(thread)),
        socket_(std::move(socket)),
        client_(client),
        buffer_(static_cast<std::size_t>(thread_->limits.header_bytes_max) + kReadBytes) {
    renew_parser();
  }

  // On whichever thread drops the last reference; a connection that was started has been closed.
  ~ConnectionImpl() override = default;
  ConnectionImpl(const ConnectionImpl&) = delete;
  ConnectionImpl& operator=(const ConnectionImpl&) = delete;

  void start() override {
    thread_->connections.insert(this);
    if (thread_->is_draining) return close();
    set_deadline();
    pump();
  }

  void look_at(std::int64_t now_ms) override {
    if (state_ != State::serving && now_ms >= deadline_ms_) close();
  }

  void drain() override {
    if (state_ == State::reading && !has_request_bytes()) close();
  }

  void send(HttpReply reply) override {
    // std::function copies its target, so the reply travels behind a pointer.
    auto shared = std::make_shared<HttpReply>(std::move(reply));
    thread_->run([self = shared_from_this(), shared] {
      if (self->state_ == State::closed) return;
      NSL_ASSERT(self->state_ == State::serving && !self->reply_.has_value());
      self->reply_ = std::move(*shared);
      // Inside pump() the loop goes on by itself.
      if (!self->is_pumping_) self->pump();
    });
  }

  void post(std::function<void()> work) override { thread_->run(std::move(work)); }

  void close() override {
    if (state_ == State::closed) return;
    state_ = State::closed;
    thread_->connections.erase(this);
    --thread_->open_count;
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  // discarding: the reply to a refused request is sent; the rest of the request is dropped.
  enum class State : std::uint8_t { reading, serving, writing, discarding, closed };
  // Whether pump() can go on or waits for the socket or the handler.
  enum class Step : std::uint8_t { go_on, wait };

  void pump() {
    is_pumping_ = true;
    while (step() == Step::go_on) {
    }
    is_pumping_ = false;
  }

  Step step() {
    switch (state_) {
      case State::reading:
        return parse();
      case State::serving:
        return reply_.has_value() ? begin_write() : Step::wait;
      case State::writing:
      case State::discarding:
      case State::closed:
        return Step::wait;
    }
    return Step::wait;
  }

  void renew_parser() {
    parser_.emplace();
    parser_->eager(true);
    parser_->body_limit(static_cast<std::uint64_t>(thread_->limits.body_bytes_max));
    parser_->header_limit(static_cast<std::uint32_t>(thread_->limits.header_bytes_max));
    has_looked_at_header_ = false;
  }

  bool has_request_bytes() const { return buffer_.size() > 0 || parser_->got_some(); }

  void set_deadline() {
    deadline_ms_ = thread_->clock.monotonic_time().value() + thread_->limits.idle_ms_max;
  }

  Step parse() {
    while (buffer_.size() > 0) {
      error_code error;
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_more) {
        error = {};
        if (used == 0) break;
      }
      if (error) return refuse(parse_error(error));
      if (parser_->is_header_done() && !has_looked_at_header_) {
        has_looked_at_header_ = true;
        if (const auto fault = header_fault()) return refuse(*fault);
        if (!parser_->is_done() && wants_continue()) write_continue();
      }
      if (parser_->is_done()) return serve();
    }
    return read_more();
  }

  // What Beast lets through and RFC 9112 does not.
  std::optional<Error> header_fault() {
    const auto& message = parser_->get();
    const auto hosts = message.equal_range(http::field::host);
    const auto host_count = std::distance(hosts.first, hosts.second);
    if (host_count > 1 || (host_count == 0 && message.version() == 11)) {
      return Error(Code::malformed_request, "The request needs exactly one Host header");
    }
    if (message.find(http::field::transfer_encoding) != message.end() && !parser_->chunked()) {
      return Error(Code::malformed_request, "The transfer coding is not supported");
    }
    return std::nullopt;
  }

  bool wants_continue() const {
    const auto& message = parser_->get();
    const auto expect = message.find(http::field::expect);
    return expect != message.end() && boost::beast::iequals(expect->value(), "100-continue");
  }

  // 25 bytes into an empty send buffer: it is not retried, and a peer that gets nothing sends its
  // body after a while by itself (RFC 9110 10.1.1).
  void write_continue() {
    error_code ignored;
    socket_.write_some(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
  }

  Step read_more() {
    if (buffer_.size() == buffer_.max_size()) {
      return refuse(parse_error(http::error::header_limit));
    }
    const std::size_t room = std::min(kReadBytes, buffer_.max_size() - buffer_.size());
    socket_.async_read_some(buffer_.prepare(room),
                            [self = shared_from_this()](error_code failed, std::size_t size) {
                              self->on_read(failed, size);
                            });
    return Step::wait;
  }

  void on_read(const error_code& error, std::size_t size) {
    if (state_ == State::closed) return;
    if (error) return close();
    // The whole request must be here within the same time the connection may be idle.
    if (!has_request_bytes()) set_deadline();
    buffer_.commit(size);
    pump();
  }

  Step serve() {
    auto message = parser_->release();
    keeps_alive_ = message.keep_alive() && !thread_->is_draining;
    is_head_ = message.method() == http::verb::head;
    HttpRequest request{.method = to_string(message.method_string()),
                        .target = to_string(message.target()),
                        .body = std::move(message.body()),
                        .client = client_};
    for (const auto& field : message) {
      std::string name = to_string(field.name_string());
      std::ranges::transform(name, name.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      add_header(request, std::move(name), field.value());
    }
    state_ = State::serving;
    thread_->handler.handle(std::move(request), shared_from_this());
    return Step::go_on;
  }

  static void add_header(HttpRequest& request, std::string name, boost::string_view value) {
    for (auto& [other, joined] : request.headers) {
      if (other == name) {
        joined.append(", ").append(value.data(), value.size());
        return;
      }
    }
    request.headers.emplace_back(std::move(name), to_string(value));
  }

  Step refuse(const Error& error) {
    state_ = State::serving;
    keeps_alive_ = false;
    is_refused_ = true;
    reply_ = thread_->handler.refuse(error);
    return Step::go_on;
  }

  Step begin_write() {
    keeps_alive_ = keeps_alive_ && !thread_->is_draining;
    output_.clear();
    append_reply(*reply_, {.keeps_alive = keeps_alive_, .is_head = is_head_}, thread_->date(),
                 output_);
    reply_.reset();
    state_ = State::writing;
    set_deadline();
    error_code error;
    const std::size_t sent = socket_.write_some(asio::buffer(output_), error);
    if (error && error != asio::error::would_block) {
      close();
      return Step::wait;
    }
    if (!error && sent == output_.size()) return end_write();
    asio::async_write(socket_, asio::buffer(output_) + (error ? 0 : sent),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        if (self->state_ == State::closed) return;
                        if (failed) return self->close();
                        if (self->end_write() == Step::go_on) self->pump();
                      });
    return Step::wait;
  }

  Step end_write() {
    if (!keeps_alive_) {
      if (is_refused_) {
        begin_discard();
      } else {
        close();
      }
      return Step::wait;
    }
    // A large reply does not stay in memory while the connection is idle.
    if (output_.capacity() > kReadBytes) output_ = {};
    state_ = State::reading;
    renew_parser();
    set_deadline();
    return Step::go_on;
  }

  void begin_discard() {
    state_ = State::discarding;
    error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    buffer_.consume(buffer_.size());
    discard();
  }

  void discard() {
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code failed, std::size_t size) {
                              self->discarded_ += size;
                              if (self->state_ == State::closed) return;
                              if (failed || self->discarded_ > kDiscardBytesMax)
                                return self->close();
                              self->discard();
                            });
  }

  const std::shared_ptr<IoThread> thread_;
  Socket socket_;
  const ClientAddress client_;
  boost::beast::flat_buffer buffer_;
  // Built anew for each request.
  std::optional<Parser> parser_;
  std::optional<HttpReply> reply_;
  std::string output_;
  std::int64_t deadline_ms_ = 0;
  std::size_t discarded_ = 0;
  State state_ = State::reading;
  bool is_pumping_ = false;
  bool has_looked_at_header_ = false;
  bool keeps_alive_ = true;
  bool is_head_ = false;
  bool is_refused_ = false;
};

}  // namespace

std::shared_ptr<Connection> Connection::make(std::shared_ptr<IoThread> thread, Socket socket,
                                             const ClientAddress& client) {
  return std::make_shared<ConnectionImpl>(std::move(thread), std::move(socket), client);
}

}  // namespace nsl::host::gateway
