#include "host/gateway/http_server.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/log.h"
#include "host/gateway/http_connection.h"
#include "host/gateway/http_text.h"

namespace nsl::host::gateway {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

// IPv4 as ::ffff:a.b.c.d.
ClientAddress to_client(const asio::ip::address& address) {
  const auto v6 = address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4())
                                  : address.to_v6();
  ClientAddress client{};
  std::ranges::copy(v6.to_bytes(), client.begin());
  return client;
}

}  // namespace

std::string_view IoThread::date() {
  const WallTime now = clock.wall_time();
  if (now.value() / 1000 != date_second_) {
    date_second_ = now.value() / 1000;
    date_ = http_date(now);
  }
  return date_;
}

void IoThread::run(std::function<void()> work) {
  if (context.get_executor().running_in_this_thread()) return work();
  MutexLock lock(mutex);
  if (!is_stopped) asio::post(context, std::move(work));
}

void IoThread::release() {
  {
    MutexLock lock(mutex);
    is_stopped = true;
  }
  do {
    while (!connections.empty()) (*connections.begin())->close();
    context.restart();
    context.poll();  // A connection that was still queued starts here.
  } while (!connections.empty());
}

void IoThread::serve() {
  while (true) {
    try {
      context.run();
      return;
    } catch (const std::exception& error) {
      // Memory or descriptors ran out below Asio; the connection at fault closes by its timer.
      log_error("gateway", "an I/O callback failed", {{"reason", error.what()}});
    }
  }
}

class HttpServer::Impl {
 public:
  Impl(HttpLimits limits, HttpHandler& handler, const Clock& clock)
      : limits_(limits), handler_(handler), clock_(clock) {}
  ~Impl() { drain_and_stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<std::uint16_t> start(std::uint16_t port, int thread_count);
  void drain_and_stop();
  std::int64_t open_connections() const { return open_count_; }

 private:
  Result<void> listen(std::uint16_t port);
  void accept();
  void on_accept(const std::shared_ptr<IoThread>& thread, const error_code& error, Socket socket);
  void tick(IoThread& thread);
  void wait_until_drained() const;

  const HttpLimits limits_;
  HttpHandler& handler_;
  const Clock& clock_;
  std::atomic<std::int64_t> open_count_ = 0;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::unique_ptr<Acceptor> acceptor_;
  std::size_t next_thread_ = 0;
  std::unique_ptr<Timer> accept_pause_;
};

Result<void> HttpServer::Impl::listen(std::uint16_t port) {
  acceptor_ = std::make_unique<Acceptor>(threads_.front()->context);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  error_code error;
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(Code::io_failed, "The gateway cannot listen on its port", error.message());
  }
  return {};
}

Result<std::uint16_t> HttpServer::Impl::start(std::uint16_t port, int thread_count) {
  NSL_ASSERT(threads_.empty() && thread_count > 0);
  for (int i = 0; i < thread_count; ++i) {
    threads_.push_back(std::make_shared<IoThread>(limits_, handler_, clock_, open_count_));
  }
  if (auto listening = listen(port); !listening.has_value()) {
    acceptor_.reset();
    threads_.clear();
    return std::unexpected(std::move(listening).error());
  }
  accept_pause_ = std::make_unique<Timer>(threads_.front()->context);
  accept();
  for (const auto& thread : threads_) {
    tick(*thread);
    thread->thread = std::thread([&io = *thread] { io.serve(); });
  }
  return acceptor_->local_endpoint().port();
}

// The acceptor lives on the first thread and deals connections out in turn.
void HttpServer::Impl::accept() {
  if (!acceptor_->is_open()) return;
  const std::shared_ptr<IoThread>& thread = threads_[next_thread_];
  next_thread_ = (next_thread_ + 1) % threads_.size();
  acceptor_->async_accept(thread->context, [this, thread](error_code error, Socket socket) {
    on_accept(thread, error, std::move(socket));
  });
}

void HttpServer::Impl::on_accept(const std::shared_ptr<IoThread>& thread, const error_code& error,
                                 Socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (error) {
    // Out of descriptors, or the peer is gone: a short pause keeps this from spinning.
    log_warning("gateway", "cannot accept a connection", {{"reason", error.message()}});
    accept_pause_->expires_after(std::chrono::milliseconds(limits_.tick_ms));
    accept_pause_->async_wait([this](error_code aborted) {
      if (!aborted) accept();
    });
    return;
  }
  error_code failed;
  const auto peer = socket.remote_endpoint(failed);
  if (!failed) socket.non_blocking(true, failed);
  if (!failed) socket.set_option(tcp::no_delay(true), failed);
  if (!failed && open_count_ < limits_.connections_max) {
    ++open_count_;
    const auto connection = Connection::make(thread, std::move(socket), to_client(peer.address()));
    thread->run([connection] { connection->start(); });
  } else if (!failed) {
    std::string bytes;
    append_reply(handler_.refuse(Error(Code::overloaded, "Too many connections")),
                 {.keeps_alive = false}, threads_.front()->date(), bytes);
    socket.write_some(asio::buffer(bytes), failed);
  }
  accept();
}

void HttpServer::Impl::tick(IoThread& thread) {
  thread.ticker.expires_after(std::chrono::milliseconds(limits_.tick_ms));
  thread.ticker.async_wait([this, &thread](error_code aborted) {
    if (aborted) return;
    const std::int64_t now_ms = clock_.monotonic_time().value();
    for (auto next = thread.connections.begin(); next != thread.connections.end();) {
      // look_at may take its connection out of the set.
      Connection& connection = **next++;
      connection.look_at(now_ms);
    }
    tick(thread);
  });
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
  threads_.front()->run([this] {
    error_code ignored;
    acceptor_->close(ignored);
    accept_pause_->cancel();
  });
  for (const auto& thread : threads_) {
    thread->is_draining = true;
    thread->run([&io = *thread] {
      for (auto next = io.connections.begin(); next != io.connections.end();) {
        Connection& connection = **next++;
        connection.drain();
      }
    });
  }
  wait_until_drained();
  for (const auto& thread : threads_) thread->context.stop();
  for (const auto& thread : threads_) thread->thread.join();
  for (const auto& thread : threads_) {
    thread->ticker.cancel();
    thread->release();
  }
  // Only now: what was queued on the threads may still have used them.
  acceptor_.reset();
  accept_pause_.reset();
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
