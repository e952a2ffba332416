// A link without an enclave for the tests of this folder: it keeps what it is asked and answers by
// a function of the test, at once or when the test says so.
#pragma once

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "core/base/mutex.h"
#include "host/link/enclave_link.h"

namespace nsl::host::gateway {

class FakeLink final : public link::EnclaveLink {
 public:
  using Frame = internal::v1::Frame;
  using Answer = std::function<Result<Frame>(const Frame&, std::int64_t deadline_ms)>;
  using Done = std::function<void(Result<Frame>)>;

  // Unset: requests are held until release().
  void answer_with(Answer answer) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    answer_ = std::move(answer);
  }
  void set_connected(bool is_connected) { is_connected_ = is_connected; }

  void request(Frame frame, std::int64_t deadline_ms, Done done) override NSL_EXCLUDES(mutex_) {
    Answer answer;
    {
      MutexLock lock(mutex_);
      frames_.push_back(frame);
      deadlines_ms_.push_back(deadline_ms);
      answer = answer_;
      if (!answer) held_.push_back(std::move(done));
    }
    arrived_.notify_all();
    if (answer) done(answer(frame, deadline_ms));
  }
  bool is_connected() const override { return is_connected_; }

  // Blocks until `count` requests have arrived in all.
  void wait_for(std::size_t count) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (frames_.size() < count) arrived_.wait(lock);
  }
  // Answers the oldest held request, on the caller's thread.
  void release(Result<Frame> response) NSL_EXCLUDES(mutex_) {
    Done done;
    {
      MutexLock lock(mutex_);
      done = std::move(held_.front());
      held_.erase(held_.begin());
    }
    done(std::move(response));
  }
  Frame frame(std::size_t index) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return frames_.at(index);
  }
  std::int64_t deadline_ms(std::size_t index) NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return deadlines_ms_.at(index);
  }
  std::size_t request_count() NSL_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return frames_.size();
  }

 private:
  std::atomic<bool> is_connected_ = true;
  Mutex mutex_;
  CondVar arrived_;
  Answer answer_ NSL_GUARDED_BY(mutex_);
  std::vector<Frame> frames_ NSL_GUARDED_BY(mutex_);
  std::vector<std::int64_t> deadlines_ms_ NSL_GUARDED_BY(mutex_);
  std::vector<Done> held_ NSL_GUARDED_BY(mutex_);
};

// A response frame around a reply message.
template <class Message>
internal::v1::Frame response_of(const Message& message, std::string etag = {}) {
  internal::v1::Frame frame;
  frame.set_kind(internal::v1::Frame::RESPONSE);
  frame.set_payload(message.SerializeAsString());
  frame.set_etag(std::move(etag));
  return frame;
}

}  // namespace nsl::host::gateway
