#include "host/link/link.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "core/base/mutex.h"
#include "core/wire/socket_address.h"

namespace nsl::host::link {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;
using boost::system::error_code;
using wire::Frame;

namespace {

constexpr std::size_t kReadBytes = 65536;

Protocol::endpoint to_asio_endpoint(const wire::Endpoint& endpoint) {
  const wire::SocketAddress address = wire::to_socket_address(endpoint);
  return {address.pointer(), address.size};
}

Frame cancel_frame(std::uint64_t id) {
  Frame frame;
  frame.set_version(wire::kFrameVersion);
  frame.set_id(id);
  frame.set_kind(Frame::CANCEL);
  return frame;
}

}  // namespace

// Everything below runs on thread_, except request(), reply(), stop() and the readers of atomics.
std::int64_t reconnect_delay_ms(std::uint32_t failures) {
  std::int64_t ms = limits::kLinkReconnectMsMin;
  while (failures-- > 0 && ms < limits::kLinkReconnectMsMax) ms *= 2;
  return std::min(ms, limits::kLinkReconnectMsMax);
}

class Link::Loop {
 public:
  Loop(Options options, const Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        socket_(io_),
        reconnect_timer_(io_),
        deadline_timer_(io_) {}

  void start(OutcallDispatcher& dispatcher) {
    dispatcher_ = &dispatcher;
    asio::post(io_, [this] { connect(); });
    thread_ = std::thread([this] { io_.run(); });
  }
  // Ends the thread and fails what is under way. What comes later is failed where it comes.
  void stop();
  void request(Frame frame, std::int64_t deadline_ms, Done done);
  void reply(Frame frame) { add({.frame = std::move(frame), .deadline = {}, .done = {}}); }
  bool is_connected() const { return is_connected_; }
  LinkStatistics statistics() const;

 private:
  // A request, or (without `done`) a reply to the enclave.
  struct Item {
    Frame frame;
    std::optional<Deadline> deadline;
    Done done;
  };
  struct Pending {
    Done done;
    std::multimap<MonotonicTime, std::uint64_t>::iterator deadline;
  };

  void add(Item item) NSL_EXCLUDES(mutex_);
  void take_inbox() NSL_EXCLUDES(mutex_);
  void start_request(Item item);
  void write_out();
  void write_more();
  void connect();
  void connected();
  void lost(const Error& reason);
  void read_more();
  Result<void> take_frames(std::size_t size);
  void take(Frame frame);
  void finish(std::uint64_t id, Result<Frame> result);
  void watch_deadlines();
  void end_overdue();

  const Options options_;
  const Clock& clock_;
  OutcallDispatcher* dispatcher_ = nullptr;

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  Protocol::socket socket_;
  asio::steady_timer reconnect_timer_;
  asio::steady_timer deadline_timer_;
  std::thread thread_;

  Mutex mutex_;
  std::vector<Item> inbox_ NSL_GUARDED_BY(mutex_);
  bool is_stopped_ NSL_GUARDED_BY(mutex_) = false;

  // Handlers of an earlier connection see another number and do nothing.
  std::uint64_t generation_ = 0;
  std::uint32_t failures_ = 0;
  bool was_away_logged_ = false;
  std::uint64_t next_id_ = 1;
  std::unordered_map<std::uint64_t, Pending> pending_;
  std::multimap<MonotonicTime, std::uint64_t> deadlines_;
  std::optional<MonotonicTime> watched_;
  wire::FrameReader reader_;
  std::array<std::uint8_t, kReadBytes> chunk_{};
  std::string out_;
  std::string writing_;
  std::size_t written_ = 0;

  std::atomic<bool> is_connected_ = false;
  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<std::uint64_t> requests_ = 0;
  std::atomic<std::uint64_t> overloaded_ = 0;
  std::atomic<std::uint64_t> timed_out_ = 0;
  std::atomic<std::uint64_t> outcalls_ = 0;
  std::atomic<std::uint64_t> ignored_frames_ = 0;
};

void Link::Loop::stop() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
  is_connected_ = false;
  std::vector<Item> inbox;
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    inbox.swap(inbox_);
  }
  for (const Item& item : inbox) {
    if (item.done) item.done(fail(Code::unavailable));
  }
  for (const auto& [id, pending] : std::exchange(pending_, {})) {
    pending.done(fail(Code::unavailable));
  }
}

void Link::Loop::request(Frame frame, std::int64_t deadline_ms, Done done) {
  NSL_ASSERT(done != nullptr);
  const std::int64_t ms = std::clamp<std::int64_t>(deadline_ms, 1, limits::kRequestDeadlineMsMax);
  add({.frame = std::move(frame),
       .deadline = Deadline::after_ms(clock_, ms),
       .done = std::move(done)});
}

void Link::Loop::add(Item item) {
  bool is_first = false;
  Done refused;
  {
    MutexLock lock(mutex_);
    if (is_stopped_) {
      refused = std::move(item.done);
    } else {
      is_first = inbox_.empty();
      inbox_.push_back(std::move(item));
    }
  }
  if (is_first) asio::post(io_, [this] { take_inbox(); });
  if (refused) refused(fail(Code::unavailable));
}

void Link::Loop::take_inbox() {
  std::vector<Item> inbox;
  {
    MutexLock lock(mutex_);
    inbox.swap(inbox_);
  }
  for (Item& item : inbox) {
    if (item.done) {
      start_request(std::move(item));
    } else if (is_connected_) {
      const auto appended = wire::append_frame(item.frame, out_);
      NSL_ASSERT(appended.has_value());
    }
  }
  write_out();
}

void Link::Loop::start_request(Item item) {
  ++requests_;
  if (!is_connected_) return item.done(fail(Code::unavailable, "The enclave is away"));
  if (pending_.size() >= options_.requests_in_flight_max) {
    ++overloaded_;
    return item.done(fail(Code::overloaded, "Too many requests in flight"));
  }
  const std::int64_t ms_left = item.deadline->ms_left(clock_);
  if (ms_left == 0) {
    ++timed_out_;
    return item.done(fail(Code::deadline_exceeded));
  }
  const std::uint64_t id = next_id_++;
  item.frame.set_version(wire::kFrameVersion);
  item.frame.set_id(id);
  item.frame.set_kind(Frame::REQUEST);
  item.frame.set_deadline_ms_left(static_cast<std::uint32_t>(ms_left));
  auto appended = wire::append_frame(item.frame, out_);
  if (!appended.has_value()) return item.done(fail(appended.error()));
  const auto deadline = deadlines_.emplace(item.deadline->time(), id);
  pending_.emplace(id, Pending{.done = std::move(item.done), .deadline = deadline});
  watch_deadlines();
}

// Starts a write unless one is under way; what becomes ready meanwhile leaves with the next one.
void Link::Loop::write_out() {
  if (!is_connected_ || !writing_.empty() || out_.empty()) return;
  writing_.swap(out_);
  written_ = 0;
  write_more();
}

void Link::Loop::write_more() {
  const std::size_t size =
      std::min(writing_.size() - written_, static_cast<std::size_t>(limits::kFrameWriteBytesMax));
  socket_.async_write_some(
      asio::buffer(writing_.data() + written_, size),
      [this, generation = generation_](const error_code& failure, std::size_t count) {
        if (generation != generation_) return;
        if (failure) return lost(Error(Code::connection_lost, "write failed", failure.message()));
        written_ += count;
        if (written_ < writing_.size()) return write_more();
        writing_.clear();
        write_out();
      });
}

void Link::Loop::connect() {
  ++generation_;
  socket_.async_connect(to_asio_endpoint(options_.endpoint), [this, generation = generation_](
                                                                 const error_code& failure) {
    if (generation != generation_) return;
    if (failure) return lost(Error(Code::unavailable, "connect failed", failure.message()));
    connected();
  });
}

void Link::Loop::connected() {
  ++connections_;
  is_connected_ = true;
  was_away_logged_ = false;
  log_info("link", "enclave connected", {{"endpoint", wire::to_text(options_.endpoint)}});
  read_more();
}

void Link::Loop::lost(const Error& reason) {
  ++generation_;
  error_code ignored;
  socket_.close(ignored);
  is_connected_ = false;
  if (!was_away_logged_) log_failure("link", "enclave away", reason);
  was_away_logged_ = true;
  reader_ = {};
  out_.clear();
  writing_.clear();
  dispatcher_->cancel_all();
  deadlines_.clear();
  for (const auto& [id, pending] : std::exchange(pending_, {})) {
    pending.done(fail(Code::connection_lost));
  }
  reconnect_timer_.expires_after(std::chrono::milliseconds(reconnect_delay_ms(failures_)));
  ++failures_;
  reconnect_timer_.async_wait([this](const error_code& failure) {
    if (!failure) connect();
  });
}

void Link::Loop::read_more() {
  socket_.async_read_some(asio::buffer(chunk_), [this, generation = generation_](
                                                    const error_code& failure, std::size_t size) {
    if (generation != generation_) return;
    if (failure) return lost(Error(Code::connection_lost, "read failed", failure.message()));
    const auto taken = take_frames(size);
    if (!taken.has_value()) return lost(taken.error());
    read_more();
  });
}

Result<void> Link::Loop::take_frames(std::size_t size) {
  reader_.feed(ByteView(chunk_).first(size));
  for (;;) {
    NSL_TRY(std::optional<Frame> frame, reader_.next());
    if (!frame) break;
    failures_ = 0;
    take(std::move(*frame));
  }
  write_out();
  return {};
}

void Link::Loop::take(Frame frame) {
  switch (frame.kind()) {
    case Frame::RESPONSE: {
      const std::uint64_t id = frame.id();
      return finish(id, std::move(frame));
    }
    case Frame::OUTCALL:
      ++outcalls_;
      return dispatcher_->dispatch(std::move(frame));
    case Frame::CANCEL:
      return dispatcher_->cancel(frame.id());
    default:  // REQUEST and OUTCALL_REPLY only ever leave the host.
      ++ignored_frames_;
  }
}

void Link::Loop::finish(std::uint64_t id, Result<Frame> result) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) {
    ++ignored_frames_;
    return;
  }
  const Done done = std::move(found->second.done);
  deadlines_.erase(found->second.deadline);
  pending_.erase(found);
  done(std::move(result));
}

// One timer for all requests: it is moved only when an earlier deadline comes, and may fire early.
void Link::Loop::watch_deadlines() {
  if (deadlines_.empty()) return;
  const MonotonicTime earliest = deadlines_.begin()->first;
  if (watched_ && *watched_ <= earliest) return;
  watched_ = earliest;
  deadline_timer_.expires_at(Deadline::at(earliest).steady_time());
  deadline_timer_.async_wait([this](const error_code& failure) {
    if (failure) return;  // Moved to an earlier deadline.
    watched_.reset();
    end_overdue();
    watch_deadlines();
  });
}

void Link::Loop::end_overdue() {
  while (!deadlines_.empty() && Deadline::at(deadlines_.begin()->first).has_passed(clock_)) {
    const std::uint64_t id = deadlines_.begin()->second;
    ++timed_out_;
    const auto appended = wire::append_frame(cancel_frame(id), out_);
    NSL_ASSERT(appended.has_value());
    finish(id, fail(Code::deadline_exceeded));
  }
  write_out();
}

LinkStatistics Link::Loop::statistics() const {
  return {.connections = connections_,
          .requests = requests_,
          .overloaded = overloaded_,
          .timed_out = timed_out_,
          .outcalls = outcalls_,
          .ignored_frames = ignored_frames_};
}

Link::Link(Options options, const std::vector<OutcallService>& services, const Clock& clock)
    : loop_(std::make_unique<Loop>(options, clock)),
      dispatcher_(std::make_unique<OutcallDispatcher>(
          services, options.outcalls_in_flight_max, clock,
          [loop = loop_.get()](Frame frame) { loop->reply(std::move(frame)); })) {
  loop_->start(*dispatcher_);
}

Link::~Link() { close(); }

void Link::close() { loop_->stop(); }

void Link::request(internal::v1::Frame frame, std::int64_t deadline_ms, Done done) {
  loop_->request(std::move(frame), deadline_ms, std::move(done));
}

bool Link::is_connected() const { return loop_->is_connected(); }
LinkStatistics Link::statistics() const { return loop_->statistics(); }

}  // namespace nsl::host::link
