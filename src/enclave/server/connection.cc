#include "enclave/server/connection.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::enclave::server {
namespace {

constexpr std::size_t kReadBytes = 65536;
constexpr std::size_t kWriteBatchFrames = 64;
// The package of the services that have no public route.
constexpr std::string_view kInternalServices = "nsl.internal.";

const ServedRequest*& served_by_this_thread() {
  thread_local const ServedRequest* served = nullptr;
  return served;
}

class ServingScope {
 public:
  explicit ServingScope(const ServedRequest& served) : log_scope_(served.request_id) {
    served_by_this_thread() = &served;
  }
  ~ServingScope() { served_by_this_thread() = nullptr; }
  ServingScope(const ServingScope&) = delete;
  ServingScope& operator=(const ServingScope&) = delete;

 private:
  LogRequestScope log_scope_;
};

std::int64_t deadline_ms_of(const wire::Frame& request) {
  if (request.deadline_ms_left() == 0) return limits::kRequestDeadlineMsDefault;
  return std::min<std::int64_t>(request.deadline_ms_left(), limits::kRequestDeadlineMsMax);
}

wire::Frame error_frame(const Error& error) {
  wire::Frame frame;
  *frame.mutable_error() = wire::to_frame_error(error);
  return frame;
}

wire::Frame make_response(std::uint64_t id, wire::Frame contents) {
  contents.set_version(wire::kFrameVersion);
  contents.set_id(id);
  contents.set_kind(wire::Frame::RESPONSE);
  return contents;
}

wire::Frame cancel_frame(std::uint64_t id) {
  wire::Frame frame;
  frame.set_version(wire::kFrameVersion);
  frame.set_id(id);
  frame.set_kind(wire::Frame::CANCEL);
  return frame;
}

}  // namespace

const ServedRequest* ServedRequest::of_this_thread() { return served_by_this_thread(); }

bool is_request_abandoned() {
  const ServedRequest* const served = served_by_this_thread();
  return served != nullptr && served->is_cancelled;
}

Connection::Connection(stream::Descriptor descriptor, Parts parts)
    : descriptor_(std::move(descriptor)), parts_(parts), outgoing_(parts.limits.frames_queued_max) {
  NSL_ASSERT(descriptor_.is_open());
}

Error Connection::run() {
  ++parts_.counters.connections;
  std::thread writer([this] { write_frames(); });
  const Error reason = read_frames();
  close();
  writer.join();
  return reason;
}

void Connection::close() {
  {
    MutexLock lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    for (const auto& [id, served] : requests_) served->is_cancelled = true;
    for (const auto& [id, pending] : outcalls_) {
      if (!pending->answer) pending->answer = fail(Code::connection_lost);
      pending->changed.notify_one();
    }
  }
  outgoing_.close();
  stream::shut_down(descriptor_);
}

Error Connection::read_frames() {
  std::vector<std::uint8_t> chunk(kReadBytes);
  wire::FrameReader reader;
  for (;;) {
    const auto size = stream::read_some(descriptor_, chunk);
    if (!size.has_value()) return size.error();
    if (*size == 0) return {Code::connection_lost, "The host closed the connection"};
    reader.feed(ByteView(chunk).first(*size));
    for (;;) {
      auto frame = reader.next();
      if (!frame.has_value()) {
        ++parts_.counters.broken_connections;
        return frame.error();
      }
      if (!frame->has_value()) break;
      take(std::move(**frame));
    }
  }
}

// Frames that wait together leave together, in pieces the descriptor cuts to the write limit.
void Connection::write_frames() {
  std::string bytes;
  for (;;) {
    const auto batch = outgoing_.pop_batch(kWriteBatchFrames);
    if (batch.empty()) return;
    bytes.clear();
    std::size_t slots_freed = 0;
    for (const Outgoing& outgoing : batch) {
      bytes += outgoing.bytes;
      if (outgoing.occupies == Occupies::request_slot) ++slots_freed;
    }
    // Freed before the host can have read the answers: it may send the next requests at once. The
    // batch being written is one more bounded piece of memory.
    {
      MutexLock lock(mutex_);
      NSL_ASSERT(slots_freed <= request_slots_used_);
      request_slots_used_ -= slots_freed;
    }
    if (!stream::write_all(descriptor_, as_bytes(bytes)).has_value()) {
      close();
      return;
    }
  }
}

void Connection::take(wire::Frame frame) {
  switch (frame.kind()) {
    case wire::Frame::REQUEST:
      return take_request(std::move(frame));
    case wire::Frame::OUTCALL_REPLY:
      return take_reply(std::move(frame));
    case wire::Frame::CANCEL:
      return take_cancel(frame.id());
    default:  // RESPONSE and OUTCALL only ever leave the enclave.
      ++parts_.counters.ignored_frames;
  }
}

void Connection::take_request(wire::Frame frame) {
  const std::uint64_t id = frame.id();
  auto served =
      std::make_shared<ServedRequest>(id, Deadline::after_ms(parts_.clock, deadline_ms_of(frame)),
                                      frame.trace().request_id(), this);
  bool is_full = false;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return;
    // Ids only grow, so a replayed frame never runs twice on one connection.
    if (id <= last_request_id_) {
      ++parts_.counters.ignored_frames;
      return;
    }
    last_request_id_ = id;
    is_full = request_slots_used_ >= parts_.limits.requests_in_flight_max;
    if (!is_full) {
      ++request_slots_used_;
      requests_.emplace(id, served);
    }
  }
  ++parts_.counters.requests;
  if (!is_full) {
    auto request = std::make_shared<wire::Frame>(std::move(frame));
    const auto self = shared_from_this();
    const bool is_hosts_own = request->service_type().starts_with(kInternalServices);
    WorkerPool& workers = is_hosts_own ? parts_.host_workers : parts_.workers;
    if (workers.try_submit([self, served, request] { self->serve(served, *request); })) {
      return;
    }
    drop_request(id);
  }
  ++parts_.counters.overloaded;
  refuse(id, Error(Code::overloaded, "Too many requests in flight"));
}

void Connection::take_reply(wire::Frame frame) {
  MutexLock lock(mutex_);
  const auto found = outcalls_.find(frame.id());
  if (found == outcalls_.end() || found->second->answer) {
    ++parts_.counters.ignored_frames;
    return;
  }
  PendingOutcall& pending = *found->second;
  if (frame.has_error()) {
    pending.answer = fail(wire::to_error(frame.error()));
  } else {
    pending.answer = std::move(*frame.mutable_payload());
  }
  pending.changed.notify_one();
}

void Connection::take_cancel(std::uint64_t id) {
  MutexLock lock(mutex_);
  const auto found = requests_.find(id);
  if (found == requests_.end()) {
    ++parts_.counters.ignored_frames;
    return;
  }
  ++parts_.counters.cancelled;
  found->second->is_cancelled = true;
  for (const auto& [outcall_id, pending] : outcalls_) {
    if (pending->parent_id != id) continue;
    if (!pending->answer) {
      pending->answer = fail(Code::cancelled);
      pending->is_cancelled = true;
    }
    pending->changed.notify_one();
  }
}

void Connection::serve(const std::shared_ptr<ServedRequest>& served, const wire::Frame& request) {
  const ServingScope scope(*served);
  if (served->is_cancelled) return drop_request(served->id);
  if (served->deadline.has_passed(parts_.clock)) {
    return finish(*served, error_frame(Error(Code::deadline_exceeded, "Deadline exceeded")));
  }
  try {
    hand_over(served, request);
  } catch (const std::bad_alloc&) {
    std::abort();  // Going on without memory is not safe in the enclave.
  } catch (const std::exception& exception) {
    const Error error(Code::internal, "Internal error", exception.what());
    log_failure("server", "A library threw", error);
    finish(*served, error_frame(error));
  }
}

void Connection::hand_over(const std::shared_ptr<ServedRequest>& served,
                           const wire::Frame& request) {
  parts_.handler.serve(request, served->deadline,
                       [self = shared_from_this(), served](wire::Frame response) {
                         self->finish(*served, std::move(response));
                       });
}

void Connection::finish(ServedRequest& served, wire::Frame response) {
  if (served.is_answered.exchange(true)) return;
  // Nobody waits for the answer of a cancelled request.
  if (served.is_cancelled) return drop_request(served.id);
  {
    MutexLock lock(mutex_);
    requests_.erase(served.id);
  }
  response = make_response(served.id, std::move(response));
  if (response.ByteSizeLong() > static_cast<std::size_t>(limits::kFrameBytesMax)) {
    response = make_response(
        served.id, error_frame(Error(Code::frame_too_large, "The reply is over the maximum")));
  }
  queue(response, Occupies::request_slot);
}

void Connection::refuse(std::uint64_t id, const Error& error) {
  queue(make_response(id, error_frame(error)), Occupies::nothing);
}

void Connection::drop_request(std::uint64_t id) {
  MutexLock lock(mutex_);
  if (requests_.erase(id) > 0) --request_slots_used_;
}

void Connection::queue(const wire::Frame& frame, Occupies occupies) {
  auto bytes = wire::encode_frame(frame);
  NSL_ASSERT(bytes.has_value());
  if (outgoing_.try_push({.bytes = std::move(*bytes), .occupies = occupies})) return;
  {
    MutexLock lock(mutex_);
    if (!is_closed_) ++parts_.counters.broken_connections;
  }
  close();
}

wire::Frame Connection::outcall_frame(std::uint64_t id, const ServedRequest* parent,
                                      Outcall outcall, const Deadline& deadline) const {
  wire::Frame frame;
  frame.set_version(wire::kFrameVersion);
  frame.set_id(id);
  frame.set_kind(wire::Frame::OUTCALL);
  if (parent != nullptr) {
    frame.set_parent_id(parent->id);
    frame.mutable_trace()->set_request_id(parent->request_id);
  }
  const std::int64_t ms_left =
      std::min(deadline.ms_left(parts_.clock), limits::kRequestDeadlineMsMax);
  frame.set_deadline_ms_left(static_cast<std::uint32_t>(ms_left));
  frame.set_service_type(std::string(outcall.service));
  frame.set_operation(std::string(outcall.method));
  frame.set_payload(std::move(outcall.payload));
  return frame;
}

Result<std::string> Connection::call(const ServedRequest* parent, Outcall outcall,
                                     const Deadline& deadline) {
  const Deadline until = parent == nullptr ? deadline : deadline.earlier_of(parent->deadline);
  if (until.has_passed(parts_.clock)) return fail(Code::deadline_exceeded);
  const std::uint64_t id = next_outcall_id_++;
  const wire::Frame frame = outcall_frame(id, parent, std::move(outcall), until);
  if (frame.ByteSizeLong() > static_cast<std::size_t>(limits::kFrameBytesMax)) {
    return fail(Code::frame_too_large);
  }
  PendingOutcall pending;
  if (parent != nullptr) pending.parent_id = parent->id;
  {
    MutexLock lock(mutex_);
    if (is_closed_) return fail(Code::connection_lost);
    if (parent != nullptr && parent->is_cancelled) return fail(Code::cancelled);
    if (outcalls_.size() >= parts_.limits.outcalls_in_flight_max) {
      return fail(Code::overloaded, "Too many outcalls in flight");
    }
    outcalls_.emplace(id, &pending);
  }
  ++parts_.counters.outcalls;
  queue(frame, Occupies::nothing);
  return wait_for_answer(id, pending, until);
}

Result<std::string> Connection::wait_for_answer(std::uint64_t id, PendingOutcall& pending,
                                                const Deadline& deadline) {
  bool is_given_up = false;
  {
    MutexLock lock(mutex_);
    while (!pending.answer && !deadline.has_passed(parts_.clock)) {
      pending.changed.wait_until(lock, deadline.steady_time());
    }
    outcalls_.erase(id);
    is_given_up = pending.is_cancelled || !pending.answer;
    if (!pending.answer) pending.answer = fail(Code::deadline_exceeded);
  }
  if (is_given_up) queue(cancel_frame(id), Occupies::nothing);
  return std::move(*pending.answer);
}

}  // namespace nsl::enclave::server
