#include "host/gateway/http_connection.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "host/gateway/http_text.h"

namespace nsl::host::gateway {
namespace {

// LIMIT: what a refused peer still sends is read and dropped up to this size, so that closing does
// not destroy the reply on its way.
constexpr std::size_t kDiscardBytesMax = 1U << 20U;
// LIMIT: output memory an idle connection keeps.
constexpr std::size_t kOutputKeptMax = 8192;

}  // namespace

std::string_view IoThread::date() {
  // The wall clock is asked again once a second of the monotonic one.
  if (date_at_ms_ < 0 || now_ms - date_at_ms_ >= 1000) {
    date_at_ms_ = now_ms;
    date_ = http_date(clock.wall_time());
  }
  return date_;
}

Connection::Connection(std::shared_ptr<IoThread> thread, Socket socket, const ClientAddress& client)
    : thread_(std::move(thread)),
      socket_(std::move(socket)),
      client_(client),
      parser_(thread_->limits.header_bytes_max, thread_->limits.body_bytes_max) {}

void Connection::start() {
  thread_->connections.emplace(this, shared_from_this());
  set_deadline();
  const bool is_watched = thread_->loop->watch(socket_.descriptor(), *this).has_value();
  if (!is_watched || thread_->is_draining) close();
}

void Connection::check_time() {
  if (state_ != State::serving && thread_->now_ms >= deadline_ms_) close();
}

void Connection::drain() {
  if (state_ == State::reading && !has_request_bytes()) close();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  thread_->loop->forget(socket_.descriptor(), *this);
  socket_.close();
  --thread_->open_count;
  // Last: it may be the last owner.
  thread_->connections.erase(this);
}

void Connection::set_deadline() { deadline_ms_ = thread_->now_ms + thread_->limits.idle_ms_max; }

void Connection::on_ready(Readiness readiness) {
  const auto self = shared_from_this();  // close() may drop the last owner below.
  can_read_ = can_read_ || readiness.can_read;
  has_ended_ = has_ended_ || readiness.has_ended;
  if (state_ == State::writing && readiness.can_write && write() == Step::wait) return;
  pump();
}

void Connection::send(HttpReply reply) {
  if (thread_->loop->is_current()) return take_reply(std::move(reply));
  // std::function copies its target, so the reply travels behind a pointer.
  auto shared = std::make_shared<HttpReply>(std::move(reply));
  thread_->loop->post(
      [self = shared_from_this(), shared] { self->take_reply(std::move(*shared)); });
}

void Connection::take_reply(HttpReply reply) {
  if (state_ == State::closed) return;
  NSL_ASSERT(state_ == State::serving && !reply_.has_value());
  reply_ = std::move(reply);
  // When the handler answers before it returns, pump() goes on by itself.
  if (!is_pumping_) pump();
}

void Connection::post(std::function<void()> work) {
  if (thread_->loop->is_current()) return work();
  thread_->loop->post(std::move(work));
}

void Connection::pump() {
  is_pumping_ = true;
  while (step() == Step::go_on) {
  }
  is_pumping_ = false;
}

Connection::Step Connection::step() {
  switch (state_) {
    case State::reading:
      return read();
    case State::serving:
      return reply_.has_value() ? begin_write() : Step::wait;
    case State::discarding:
      return discard();
    case State::writing:
    case State::closed:
      return Step::wait;
  }
  return Step::wait;
}

Connection::Step Connection::read() {
  if (is_unread_fresh_) {
    // What came along with the request before.
    is_unread_fresh_ = false;
    const std::string bytes = std::exchange(unread_, {});
    return parse(bytes);
  }
  if (!can_read_) return Step::wait;
  std::array<char, 16384>& buffer = thread_->read_buffer;
  const IoResult result = socket_.read_some(buffer);
  // Less than there was room for: the next byte is a new event, unless the end has come already.
  if (result.size < buffer.size() && !has_ended_) can_read_ = false;
  if (result.kind == IoResult::Kind::would_block) {
    can_read_ = false;
    return Step::wait;
  }
  if (result.kind == IoResult::Kind::ended) {
    close();
    return Step::wait;
  }
  // The whole request must be here within the same time the connection may be idle.
  if (!has_request_bytes()) set_deadline();
  const std::string_view fresh(buffer.data(), result.size);
  if (unread_.empty()) return parse(fresh);
  return parse(std::exchange(unread_, {}).append(fresh));
}

// Leaves in unread_ what the parser cannot use yet.
Connection::Step Connection::parse(std::string_view bytes) {
  while (!bytes.empty()) {
    auto used = parser_.put(bytes);
    if (!used.has_value()) return refuse(used.error());
    bytes.remove_prefix(*used);
    if (parser_.is_header_done() && !has_seen_header_) {
      has_seen_header_ = true;
      if (!parser_.is_done() && parser_.expects_continue()) write_continue();
    }
    if (parser_.is_done()) {
      unread_ = bytes;
      is_unread_fresh_ = !bytes.empty();
      return serve();
    }
    if (*used == 0) break;
  }
  if (bytes.size() > static_cast<std::size_t>(thread_->limits.header_bytes_max)) {
    return refuse(Error(Code::headers_too_large, "The header section is too large"));
  }
  unread_ = bytes;
  return Step::go_on;
}

// 25 bytes into an empty send buffer: not retried, and a peer that gets nothing sends its body
// after a while by itself (RFC 9110 10.1.1).
void Connection::write_continue() { socket_.write_some("HTTP/1.1 100 Continue\r\n\r\n"); }

Connection::Step Connection::serve() {
  keeps_alive_ = parser_.keeps_alive();
  HttpRequest& request = parser_.request();
  is_head_ = request.method == "HEAD";
  request.client = client_;
  state_ = State::serving;
  thread_->handler.handle(std::move(request), shared_from_this());
  return Step::go_on;
}

Connection::Step Connection::refuse(const Error& error) {
  state_ = State::serving;
  keeps_alive_ = false;
  is_refused_ = true;
  reply_ = thread_->handler.refuse(error);
  return Step::go_on;
}

Connection::Step Connection::begin_write() {
  keeps_alive_ = keeps_alive_ && !thread_->is_draining;
  output_.clear();
  written_ = 0;
  append_reply(*reply_, {.keeps_alive = keeps_alive_, .is_head = is_head_}, thread_->date(),
               output_);
  reply_.reset();
  state_ = State::writing;
  set_deadline();
  return write();
}

Connection::Step Connection::write() {
  while (written_ < output_.size()) {
    const IoResult result = socket_.write_some(std::string_view(output_).substr(written_));
    if (result.kind == IoResult::Kind::would_block) return Step::wait;
    if (result.kind == IoResult::Kind::ended) {
      close();
      return Step::wait;
    }
    written_ += result.size;
  }
  return end_write();
}

Connection::Step Connection::end_write() {
  if (is_refused_) {
    state_ = State::discarding;
    socket_.shutdown_sending();
    return Step::go_on;
  }
  if (!keeps_alive_) {
    close();
    return Step::wait;
  }
  if (output_.capacity() > kOutputKeptMax) output_ = {};
  parser_.reset();
  has_seen_header_ = false;
  state_ = State::reading;
  set_deadline();
  return Step::go_on;
}

Connection::Step Connection::discard() {
  if (!can_read_) return Step::wait;
  const IoResult result = socket_.read_some(thread_->read_buffer);
  discarded_ += result.size;
  if (result.kind == IoResult::Kind::would_block) {
    can_read_ = false;
    return Step::wait;
  }
  if (result.kind == IoResult::Kind::ended || discarded_ > kDiscardBytesMax) close();
  return Step::go_on;
}

}  // namespace nsl::host::gateway
