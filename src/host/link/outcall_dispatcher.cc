#include "host/link/outcall_dispatcher.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace nsl::host::link {

OutcallDispatcher::OutcallDispatcher(const std::vector<OutcallService>& services,
                                     std::size_t in_flight_max, const Clock& clock, Reply reply)
    : in_flight_max_(in_flight_max), clock_(clock), reply_(std::move(reply)) {
  for (const OutcallService& entry : services) {
    const std::string& name = entry.service->descriptor().full_name();
    const bool is_new = services_
                            .try_emplace(name, entry.service,
                                         std::make_unique<WorkerPool>(entry.workers, in_flight_max))
                            .second;
    NSL_ASSERT(is_new);
  }
}

void OutcallDispatcher::dispatch(wire::Frame outcall) {
  const std::uint64_t id = outcall.id();
  auto started = start(std::move(outcall));
  if (!started.has_value()) answer(id, fail(started.error()));
}

Result<void> OutcallDispatcher::start(wire::Frame outcall) {
  const auto found = services_.find(outcall.service_type());
  if (found == services_.end()) return fail(Code::unknown_operation);
  auto* const service = found->second.service;
  const auto* const method = service->descriptor().FindMethodByName(outcall.operation());
  if (method == nullptr) return fail(Code::unknown_operation);

  const std::uint64_t id = outcall.id();
  const auto cancelled = std::make_shared<Cancelled>(false);
  {
    MutexLock lock(mutex_);
    if (in_flight_.size() >= in_flight_max_) return fail(Code::overloaded);
    if (!in_flight_.emplace(id, cancelled).second) return fail(Code::unexpected_frame);
  }
  const auto deadline = Deadline::after_ms(
      clock_, std::min<std::int64_t>(outcall.deadline_ms_left(), limits::kRequestDeadlineMsMax));
  auto frame = std::make_shared<wire::Frame>(std::move(outcall));
  const int index = method->index();
  if (found->second.pool->try_submit([this, service, index, frame, deadline, cancelled] {
        if (*cancelled) return finish(frame->id(), *cancelled, fail(Code::cancelled));
        finish(frame->id(), *cancelled, run(*service, index, *frame, deadline));
      })) {
    return {};
  }
  MutexLock lock(mutex_);
  in_flight_.erase(id);
  return fail(Code::overloaded);
}

Result<std::string> OutcallDispatcher::run(wire::Service<OutcallContext>& service, int method_index,
                                           const wire::Frame& outcall,
                                           const Deadline& deadline) const {
  const LogRequestScope scope(outcall.trace().request_id());
  if (deadline.has_passed(clock_)) return fail(Code::deadline_exceeded);
  const auto* const method = service.descriptor().method(method_index);
  const wire::MessagePointer request(google::protobuf::MessageFactory::generated_factory()
                                         ->GetPrototype(method->input_type())
                                         ->New());
  if (!request->ParseFromString(outcall.payload())) {
    return fail(Code::malformed_request, "The outcall is not the message expected");
  }
  try {
    const OutcallContext context{.deadline = deadline, .request_id = outcall.trace().request_id()};
    NSL_TRY(const wire::MessagePointer reply, service.dispatch(method_index, context, *request));
    return reply->SerializeAsString();
  } catch (const std::exception& exception) {
    return fail(Code::internal, "Internal error", exception.what());
  }
}

void OutcallDispatcher::finish(std::uint64_t id, const Cancelled& cancelled,
                               Result<std::string> result) {
  {
    MutexLock lock(mutex_);
    if (cancelled) return;  // cancel() has forgotten the id, which may be in use again.
    in_flight_.erase(id);
  }
  answer(id, std::move(result));
}

void OutcallDispatcher::answer(std::uint64_t id, Result<std::string> result) const {
  wire::Frame frame;
  frame.set_version(wire::kFrameVersion);
  frame.set_id(id);
  frame.set_kind(wire::Frame::OUTCALL_REPLY);
  if (result.has_value()) {
    frame.set_payload(std::move(*result));
  } else {
    if (result.error().code() == Code::internal)
      log_failure("link", "outcall failed", result.error());
    *frame.mutable_error() = wire::to_frame_error(result.error());
  }
  if (frame.ByteSizeLong() > static_cast<std::size_t>(limits::kFrameBytesMax)) {
    return answer(id, fail(Code::frame_too_large));
  }
  reply_(std::move(frame));
}

void OutcallDispatcher::cancel(std::uint64_t id) {
  MutexLock lock(mutex_);
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end()) return;
  *found->second = true;
  in_flight_.erase(found);
}

void OutcallDispatcher::cancel_all() {
  MutexLock lock(mutex_);
  for (const auto& [id, cancelled] : in_flight_) *cancelled = true;
  in_flight_.clear();
}

}  // namespace nsl::host::link
