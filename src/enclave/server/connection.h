// One connection of the host, from its first byte to its last. Private to enclave/server.
//
// The thread that calls run() reads; a second thread writes; requests run on the server's worker
// pool; any thread may make an outcall. The reader never waits: what it cannot place it refuses or
// drops, so a host that stops reading cannot stop the enclave from reading. A host that lets the
// bounded write queue fill up is closed.
//
// Everything read is hostile: a broken stream ends the connection, a frame that fits nothing (an
// unknown id, a second answer, a repeated request) is counted and dropped.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/bounded_queue.h"
#include "core/base/clock.h"
#include "core/base/mutex.h"
#include "core/base/worker_pool.h"
#include "core/wire/frame.h"
#include "enclave/server/request_handler.h"
#include "enclave/server/statistics.h"
#include "enclave/stream/descriptor.h"

namespace nsl::enclave::server {

class Connection;

// A request from its frame to its answer.
struct ServedRequest {
  std::uint64_t id;
  Deadline deadline;
  std::string request_id;
  // Compared, never followed.
  const Connection* connection;
  std::atomic<bool> is_cancelled = false;
  std::atomic<bool> is_answered = false;

  // The request the calling thread serves now, or null.
  static const ServedRequest* of_this_thread();
};

struct Outcall {
  std::string_view service;
  std::string_view method;
  std::string payload;
};

struct ConnectionLimits {
  std::size_t requests_in_flight_max;
  std::size_t outcalls_in_flight_max;
  std::size_t frames_queued_max;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  struct Parts {
    RequestHandler& handler;
    WorkerPool& workers;
    // For requests of the host's own services.
    WorkerPool& host_workers;
    Counters& counters;
    const Clock& clock;
    ConnectionLimits limits;
  };
  Connection(stream::Descriptor descriptor, Parts parts);

  // Serves until the connection ends; says why it ended.
  Error run() NSL_EXCLUDES(mutex_);
  // Ends the connection; safe from any thread, more than once.
  void close() NSL_EXCLUDES(mutex_);
  Result<std::string> call(const ServedRequest* parent, Outcall outcall, const Deadline& deadline)
      NSL_EXCLUDES(mutex_);

 private:
  struct PendingOutcall {
    std::uint64_t parent_id = 0;  // 0: asked for by no request.
    bool is_cancelled = false;
    CondVar changed;
    std::optional<Result<std::string>> answer;
  };
  enum class Occupies : std::uint8_t { nothing, request_slot };
  struct Outgoing {
    std::string bytes;
    Occupies occupies;
  };

  Error read_frames();
  void write_frames();
  void take(wire::Frame frame) NSL_EXCLUDES(mutex_);
  void take_request(wire::Frame frame) NSL_EXCLUDES(mutex_);
  void take_reply(wire::Frame frame) NSL_EXCLUDES(mutex_);
  void take_cancel(std::uint64_t id) NSL_EXCLUDES(mutex_);
  void serve(const std::shared_ptr<ServedRequest>& served, const wire::Frame& request);
  void hand_over(const std::shared_ptr<ServedRequest>& served, const wire::Frame& request);
  // The first answer counts: a library may throw after its request was answered.
  void finish(ServedRequest& served, wire::Frame response) NSL_EXCLUDES(mutex_);
  void refuse(std::uint64_t id, const Error& error);
  void drop_request(std::uint64_t id) NSL_EXCLUDES(mutex_);
  // Queues a frame; a full queue closes the connection.
  void queue(const wire::Frame& frame, Occupies occupies) NSL_EXCLUDES(mutex_);
  Result<std::string> wait_for_answer(std::uint64_t id, PendingOutcall& pending,
                                      const Deadline& deadline) NSL_EXCLUDES(mutex_);
  wire::Frame outcall_frame(std::uint64_t id, const ServedRequest* parent, Outcall outcall,
                            const Deadline& deadline) const;

  const stream::Descriptor descriptor_;
  const Parts parts_;
  BoundedQueue<Outgoing> outgoing_;
  std::atomic<std::uint64_t> next_outcall_id_ = 1;

  Mutex mutex_;
  bool is_closed_ NSL_GUARDED_BY(mutex_) = false;
  std::uint64_t last_request_id_ NSL_GUARDED_BY(mutex_) = 0;
  // Requests from their frame until their answer has left: what bounds the memory of answers.
  std::size_t request_slots_used_ NSL_GUARDED_BY(mutex_) = 0;
  // Shared with the worker that serves the request.
  std::unordered_map<std::uint64_t, std::shared_ptr<ServedRequest>> requests_
      NSL_GUARDED_BY(mutex_);
  // Each lives on the stack of the thread that waits for it.
  std::unordered_map<std::uint64_t, PendingOutcall*> outcalls_ NSL_GUARDED_BY(mutex_);
};

}  // namespace nsl::enclave::server
