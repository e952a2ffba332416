// One HTTP connection on its thread, and what the connections of a thread share. Internal to this
// folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "host/gateway/event_loop.h"
#include "host/gateway/http_parser.h"
#include "host/gateway/http_server.h"
#include "host/gateway/socket.h"

namespace nsl::host::gateway {

class Connection;

// One thread's side of the server. It outlives the thread: an answer may still arrive from a thread
// of the link, finds the loop closed and is dropped.
struct IoThread {
  IoThread(std::unique_ptr<EventLoop> event_loop, const HttpLimits& http_limits,
           HttpHandler& http_handler, const Clock& thread_clock, std::atomic<std::int64_t>& count)
      : loop(std::move(event_loop)),
        limits(http_limits),
        handler(http_handler),
        clock(thread_clock),
        open_count(count) {}

  // Takes the time once for everything that is ready now.
  void refresh_time() { now_ms = clock.monotonic_time().value(); }
  // The Date header's value, made once a second.
  std::string_view date();

  const std::unique_ptr<EventLoop> loop;
  const HttpLimits limits;
  HttpHandler& handler;
  const Clock& clock;
  std::atomic<std::int64_t>& open_count;
  std::atomic<bool> is_draining = false;
  // Touched on the thread only.
  std::int64_t now_ms = 0;
  std::map<const Connection*, std::shared_ptr<Connection>> connections;
  // The buffer every connection reads into: it belongs to the one that runs.
  std::array<char, 16384> read_buffer = {};

 private:
  std::string date_;
  std::int64_t date_at_ms_ = -1;
};

class Connection final : public Responder,
                         public EventLoop::Watcher,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<IoThread> thread, Socket socket, const ClientAddress& client);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Once, on the thread. The connection is counted already, and counts itself out when it closes.
  void start();
  // Closes the connection if it is past its time.
  void check_time();
  // Closes the connection unless a request has begun; then it closes after the reply.
  void drain();
  void close();

  void on_ready(Readiness readiness) override;
  void send(HttpReply reply) override;
  void post(std::function<void()> work) override;

 private:
  // discarding: a request was refused and the reply is sent; the rest of it is read and dropped.
  enum class State : std::uint8_t { reading, serving, writing, discarding, closed };
  // Whether pump() goes on or waits for the socket or the handler.
  enum class Step : std::uint8_t { go_on, wait };

  void pump();
  Step step();
  void take_reply(HttpReply reply);
  Step read();
  Step parse(std::string_view bytes);
  Step serve();
  Step refuse(const Error& error);
  Step begin_write();
  Step write();
  Step end_write();
  Step discard();
  bool has_request_bytes() const { return !unread_.empty() || parser_.has_started(); }
  void set_deadline();
  void write_continue();

  const std::shared_ptr<IoThread> thread_;
  Socket socket_;
  const ClientAddress client_;
  HttpParser parser_;
  // Read and not used: the start of an unfinished header, or the next request.
  std::string unread_;
  bool is_unread_fresh_ = false;
  std::optional<HttpReply> reply_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t discarded_ = 0;
  std::int64_t deadline_ms_ = 0;
  State state_ = State::reading;
  // What the edge-triggered socket has said and was not used up yet.
  bool can_read_ = false;
  bool has_ended_ = false;
  bool is_pumping_ = false;
  bool has_seen_header_ = false;
  bool keeps_alive_ = true;
  bool is_head_ = false;
  bool is_refused_ = false;
};

}  // namespace nsl::host::gateway
