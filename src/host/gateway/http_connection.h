// One HTTP connection on its thread. Internal to this folder: only http_server.cc and
// http_connection.cc see Asio and Beast.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "host/gateway/http_server.h"

namespace nsl::host::gateway {

namespace asio = boost::asio;
using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

class Connection;

// One thread, its connections and its timer. Shared by the connections, because an answer may
// arrive from a thread of the link after the server has stopped.
struct IoThread {
  IoThread(const HttpLimits& http_limits, HttpHandler& http_handler, const Clock& thread_clock,
           std::atomic<std::int64_t>& count)
      : limits(http_limits), handler(http_handler), clock(thread_clock), open_count(count) {}

  // The thread's body: runs the callbacks until the context is stopped.
  void serve();
  // The Date header's value, made once a second.
  std::string_view date();
  // Runs `work` on this thread: at once when the caller is on it. Dropped once the thread has
  // stopped, because a queue nobody reads would keep the connection and itself alive for ever.
  void run(std::function<void()> work) NSL_EXCLUDES(mutex);
  // After the thread is joined: closes every connection and lets their handlers see it.
  void release() NSL_EXCLUDES(mutex);

  asio::io_context context{1};
  Timer ticker{context};
  std::thread thread;
  const HttpLimits limits;
  HttpHandler& handler;
  const Clock& clock;
  std::atomic<std::int64_t>& open_count;
  std::atomic<bool> is_draining = false;
  // Touched on the thread only. A connection leaves when it closes.
  std::set<Connection*> connections;
  Mutex mutex;
  bool is_stopped NSL_GUARDED_BY(mutex) = false;

 private:
  std::string date_;
  std::int64_t date_second_ = -1;
};

class Connection {
 public:
  virtual ~Connection() = default;
  // Starts to read; called once on the thread. The connection is counted already, and counts itself
  // out when it closes.
  virtual void start() = 0;
  // Closes the connection if it is past its time at `now_ms`.
  virtual void look_at(std::int64_t now_ms) = 0;
  // Closes the connection unless a request has begun; then it closes after the reply.
  virtual void drain() = 0;
  virtual void close() = 0;

  static std::shared_ptr<Connection> make(std::shared_ptr<IoThread> thread, Socket socket,
                                          const ClientAddress& client);
};

}  // namespace nsl::host::gateway
