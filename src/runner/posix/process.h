// Processes: starting ourselves afresh, dying with the parent, signalling by pidfd, and the
// kernel's figures of what a process used.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "runner/posix/descriptor.h"

namespace nsl::runner::posix {

// Microseconds on the monotonic clock.
std::int64_t monotonic_us();
// Milliseconds since 1970.
std::uint64_t wall_ms();

pid_t parent_process();
// The kernel kills this process when the thread that started it ends. False when the parent is
// already another process than `parent`.
bool die_with_parent(pid_t parent);

// Descriptors 0, 1 and 2 exist afterwards (/dev/null where they did not), every other one except
// `kept` is closed.
void keep_only(int kept);

// Orphaned grandchildren become our children; reap_orphans() buries those that ended, but none of
// `children`: their owner waits for them.
void adopt_orphans();
void reap_orphans(const std::vector<pid_t>& children);

// Starts this very executable again with `arguments` and an environment that holds only TZ=UTC, so
// that the new process has its own address layout and nothing of our memory. `passed` becomes
// descriptor 3. The new process dies with us.
Result<pid_t> spawn_self(const std::vector<std::string>& arguments, const Descriptor& passed);

// What `question` answers in a child process, whatever it does to that process. At most 4 KiB.
Result<std::string> ask_child(const std::function<std::string()>& question);

Result<Descriptor> open_pidfd(pid_t pid);

// fork() by the one system call, and the child's pidfd with it: who may not ask for the pidfd of
// any process can still have that of its own child. Handlers of pthread_atfork are not called, so
// the caller has one thread. 0 in the child, below 0 when there is none.
struct Forked {
  pid_t pid = -1;
  Descriptor pidfd;
};
Forked fork_with_pidfd();
// What fork_with_pidfd() gives the system call as flags.
unsigned long fork_flags();
// A process group of this process's own, which those it forks are in.
bool lead_process_group();
// SIGKILL for all in the group that `leader` leads, or led.
void kill_process_group(pid_t leader);
// What the kernel calls this process and those it forks, at most 15 characters.
void name_process(const char* name);

// Ends this process at once. Not declared as not returning: before such a call sanitizers make
// system calls that a caged process may not.
void end_process(int code);

// SIGKILL; false when the process is gone.
bool kill_by_pidfd(int pidfd);
// Waits for a child of ours; its wait status.
int wait_for(pid_t pid);
// Kills a child of ours and waits for it. Its pid cannot have been reused: nobody else reaps it.
void kill_child(pid_t pid);

// Whether the process behind `pidfd` has ended, reaped or not.
bool has_ended(int pidfd);

// User and system time the process behind `pidfd` has used; nothing when it is gone. Asked by
// descriptor, because a process in another name space has another number here than there.
std::optional<std::int64_t> cpu_time_us(int pidfd);

// Memory of the process behind `pidfd` that is in no file, shared with those it was forked from or
// not; nothing when it is gone.
std::optional<std::uint64_t> memory_bytes(int pidfd);

}  // namespace nsl::runner::posix
