// Mutex, MutexLock and CondVar with the annotations clang's -Wthread-safety checks. A mutex is
// declared just before the fields it guards: `int count_ NSL_GUARDED_BY(mutex_);`
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define NSL_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define NSL_THREAD_ANNOTATION(x)
#endif

#define NSL_CAPABILITY(x) NSL_THREAD_ANNOTATION(capability(x))
#define NSL_SCOPED_CAPABILITY NSL_THREAD_ANNOTATION(scoped_lockable)
#define NSL_GUARDED_BY(x) NSL_THREAD_ANNOTATION(guarded_by(x))
#define NSL_REQUIRES(...) NSL_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define NSL_EXCLUDES(...) NSL_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define NSL_ACQUIRE(...) NSL_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define NSL_RELEASE(...) NSL_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define NSL_NO_THREAD_SAFETY_ANALYSIS NSL_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace nsl {

class NSL_CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() NSL_ACQUIRE() { mutex_.lock(); }
  void unlock() NSL_RELEASE() { mutex_.unlock(); }

 private:
  friend class MutexLock;
  std::mutex mutex_;
};

class NSL_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) NSL_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() NSL_RELEASE() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  friend class CondVar;
  std::unique_lock<std::mutex> lock_;
};

// Told when its thread begins and ends to wait for another one. Called with the waiter's mutex
// held.
class WaitObserver {
 public:
  virtual void begin_wait() = 0;
  virtual void end_wait() = 0;

 protected:
  ~WaitObserver() = default;
};

// The calling thread's, or null. Set by a pool for as long as its thread works on a task.
inline constinit thread_local WaitObserver* wait_observer_of_thread = nullptr;

// wait() may wake without a reason: always call it in a loop over the guarded condition.
class CondVar {
 public:
  CondVar() = default;
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;

  void wait(MutexLock& lock) {
    const Observed observed;
    condition_.wait(lock.lock_);
  }
  template <class Clock, class Duration>
  std::cv_status wait_until(MutexLock& lock, std::chrono::time_point<Clock, Duration> time) {
    const Observed observed;
    return condition_.wait_until(lock.lock_, time);
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  struct Observed {
    Observed() : observer(wait_observer_of_thread) {
      if (observer != nullptr) observer->begin_wait();
    }
    ~Observed() {
      if (observer != nullptr) observer->end_wait();
    }
    Observed(const Observed&) = delete;
    Observed& operator=(const Observed&) = delete;
    WaitObserver* const observer;
  };

  std::condition_variable condition_;
};

}  // namespace nsl
