#include "host/gateway/http_server.h"

#include <chrono>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "host/gateway/http_connection.h"
#include "host/gateway/http_text.h"

namespace nsl::host::gateway {
namespace {

// LIMIT: connections accepted before the thread looks at its other sockets again.
constexpr int kAcceptBatch = 64;

// Each connection of the thread; `visit` may close the one it is given.
template <class Visit>
void for_each_connection(IoThread& thread, Visit visit) {
  for (auto next = thread.connections.begin(); next != thread.connections.end();) {
    const std::shared_ptr<Connection> connection = next++->second;
    visit(*connection);
  }
}

// The thread's body.
void run_thread(IoThread& thread, const std::function<void()>& on_tick) {
  const EventLoop::Hooks hooks = {
      .on_wake = [&thread] { thread.refresh_time(); },
      .on_tick =
          [&thread, &on_tick] {
            for_each_connection(thread, [](Connection& connection) { connection.check_time(); });
            on_tick();
          },
      .tick_ms = thread.limits.tick_ms};
  while (true) {
    try {
      thread.loop->run(hooks);
      return;
    } catch (const std::exception& error) {
      // Memory ran out below a handler; the connection at fault closes by its time.
      log_error("gateway", "an I/O handler failed", {{"reason", error.what()}});
    }
  }
}

}  // namespace

class HttpServer::Impl final : public EventLoop::Watcher {
 public:
  Impl(HttpLimits limits, HttpHandler& handler, const Clock& clock)
      : limits_(limits), handler_(handler), clock_(clock) {}
  ~Impl() override { drain_and_stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<std::uint16_t> start(std::uint16_t port, int thread_count);
  void drain_and_stop();
  std::int64_t open_connections() const { return open_count_; }

  void on_ready(Readiness readiness) override;

 private:
  Result<void> prepare(std::uint16_t port, int thread_count);
  void accept();
  void take(Socket::Accepted accepted);
  void stop_accepting();
  void wait_until_drained() const;

  const HttpLimits limits_;
  HttpHandler& handler_;
  const Clock& clock_;
  std::atomic<std::int64_t> open_count_ = 0;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::vector<std::thread> running_;
  // The listener belongs to the first thread, which deals connections out in turn.
  Socket listener_;
  std::size_t next_thread_ = 0;
};

Result<void> HttpServer::Impl::prepare(std::uint16_t port, int thread_count) {
  NSL_TRY(listener_, Socket::listen(port));
  for (int i = 0; i < thread_count; ++i) {
    NSL_TRY(std::unique_ptr<EventLoop> loop, EventLoop::make());
    threads_.push_back(
        std::make_shared<IoThread>(std::move(loop), limits_, handler_, clock_, open_count_));
  }
  return threads_.front()->loop->watch(listener_.descriptor(), *this);
}

Result<std::uint16_t> HttpServer::Impl::start(std::uint16_t port, int thread_count) {
  NSL_ASSERT(threads_.empty() && thread_count > 0);
  if (auto prepared = prepare(port, thread_count); !prepared.has_value()) {
    threads_.clear();
    listener_.close();
    return std::unexpected(std::move(prepared).error());
  }
  const std::uint16_t local_port = listener_.local_port();
  for (const auto& thread : threads_) {
    const bool is_first = thread == threads_.front();
    // Each tick tries to accept again: what failed for want of descriptors raises no new event.
    running_.emplace_back([this, thread, is_first] {
      run_thread(*thread, [this, is_first] {
        if (is_first) accept();
      });
    });
  }
  return local_port;
}

void HttpServer::Impl::on_ready(Readiness /*readiness*/) { accept(); }

void HttpServer::Impl::accept() {
  for (int i = 0; i < kAcceptBatch && listener_.descriptor() >= 0; ++i) {
    auto accepted = listener_.accept();
    if (!accepted.has_value()) {
      return log_warning("gateway", "cannot accept", {{"reason", accepted.error().detail()}});
    }
    if (!accepted->has_value()) return;
    take(std::move(**accepted));
  }
  threads_.front()->loop->post([this] { accept(); });
}

void HttpServer::Impl::take(Socket::Accepted accepted) {
  if (open_count_ >= limits_.connections_max) {
    std::string bytes;
    append_reply(handler_.refuse(Error(Code::overloaded, "Too many connections")),
                 {.keeps_alive = false}, threads_.front()->date(), bytes);
    accepted.socket.write_some(bytes);
    return;
  }
  ++open_count_;
  const std::shared_ptr<IoThread>& thread = threads_[next_thread_];
  next_thread_ = (next_thread_ + 1) % threads_.size();
  const auto connection =
      std::make_shared<Connection>(thread, std::move(accepted.socket), accepted.client);
  thread->loop->post([connection] { connection->start(); });
}

void HttpServer::Impl::stop_accepting() {
  threads_.front()->loop->forget(listener_.descriptor(), *this);
  listener_.close();
}

void HttpServer::Impl::wait_until_drained() const {
  // Real time on purpose: it bounds how long a stop takes for whoever waits at the terminal.
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(limits_.drain_ms_max);
  while (open_count_ > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void HttpServer::Impl::drain_and_stop() {
  if (threads_.empty()) return;
  threads_.front()->loop->post([this] { stop_accepting(); });
  for (const auto& thread : threads_) {
    thread->is_draining = true;
    thread->loop->post([&io = *thread] {
      for_each_connection(io, [](Connection& connection) { connection.drain(); });
    });
  }
  wait_until_drained();
  for (const auto& thread : threads_) thread->loop->stop();
  for (std::thread& thread : running_) thread.join();
  running_.clear();
  for (const auto& thread : threads_) {
    thread->loop->close();
    for_each_connection(*thread, [](Connection& connection) { connection.close(); });
  }
  listener_.close();
  threads_.clear();
}

HttpServer::HttpServer(HttpLimits limits, HttpHandler& handler, const Clock& clock)
    : impl_(std::make_unique<Impl>(limits, handler, clock)) {}
HttpServer::~HttpServer() = default;

Result<std::uint16_t> HttpServer::start(std::uint16_t port, int thread_count) {
  return impl_->start(port, thread_count);
}
void HttpServer::drain_and_stop() { impl_->drain_and_stop(); }
std::int64_t HttpServer::open_connections() const { return impl_->open_connections(); }

}  // namespace nsl::host::gateway
