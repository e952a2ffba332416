#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <utility>

#include "core/base/assert.h"
#include "core/process/process.h"

namespace nsl::process {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  // Wakes the waiting thread when the program ends by itself.
  sigaddset(&set, SIGUSR1);
  return set;
}

}  // namespace

void hold_stop_signals() {
  const sigset_t set = stop_signals();
  NSL_ASSERT(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  signal(SIGPIPE, SIG_IGN);
}

StopSignal::StopSignal(std::function<void()> stop)
    : thread_([stop = std::move(stop)] {
        const sigset_t set = stop_signals();
        int number = 0;
        while (sigwait(&set, &number) != 0) {
        }
        if (number != SIGUSR1) stop();
      }) {}

StopSignal::~StopSignal() {
  // SAFETY: the thread is joined below, so its handle is valid here.
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void die_with_parent() { prctl(PR_SET_PDEATHSIG, SIGTERM); }

void refuse_core_dumps() {
  const rlimit none{0, 0};
  NSL_ASSERT(setrlimit(RLIMIT_CORE, &none) == 0);
  NSL_ASSERT(prctl(PR_SET_DUMPABLE, 0) == 0);
}

}  // namespace nsl::process
