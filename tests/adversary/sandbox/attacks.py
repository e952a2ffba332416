"""What a captured engine tries. Each attack is a short program over raw system calls, the layers
that are meant to stop it (each of them alone must), and when it has succeeded.

The programs are written in a few words of Python, which languages.py turns into the source of a
function of each language: sys_NAME(...) takes numbers, text and buffers (their address) and answers
the kernel's result, negative as -errno; u8, u32, u64 and zeros make buffers, text one that ends with
a zero. `world` is what the test has set up outside: a file, listeners, a process, a shared segment.
"""
import errno
import re
import textwrap
from dataclasses import dataclass
from typing import Callable

# <asm/unistd_64.h>
NUMBERS = {
    "read": 0, "write": 1, "open": 2, "stat": 4, "mmap": 9, "mprotect": 10, "shmget": 29, "shmat": 30,
    "getpid": 39, "socket": 41, "connect": 42, "sendmsg": 46, "bind": 49, "fork": 57, "execve": 59, "kill": 62,
    "getdents64": 217, "readlink": 89, "chmod": 90, "ptrace": 101, "setuid": 105, "personality": 135,
    "setpriority": 141, "prctl": 157, "adjtimex": 159, "chroot": 161, "mount": 165, "sethostname": 170,
    "init_module": 175, "sched_setaffinity": 203, "add_key": 248, "mq_open": 240, "openat": 257, "unlinkat": 263,
    "unshare": 272, "perf_event_open": 298, "prlimit64": 302, "process_vm_readv": 310, "memfd_create": 319,
    "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "pidfd_open": 434, "setitimer": 38, "inotify_init1": 294,
    "timerfd_create": 283, "msgget": 68, "symlink": 88, "mkdir": 83,
}

FILE_LAYERS = ("seccomp", "landlock", "empty_root")
PATH_LAYERS = ("seccomp", "empty_root")
# What only the machine's root may do, and the name space's root may not.
ROOT_LAYERS = ("seccomp", "no_capabilities", "user_namespace", "user")


def at_least(least):
    return lambda result: isinstance(result, int) and result >= least


def equals(*wanted):
    return lambda result: result in wanted


@dataclass(frozen=True)
class Attack:
    name: str
    # The body of a function; what it returns is judged.
    program: str
    layers: tuple
    succeeded: Callable = at_least(0)
    # Errors that say that this kernel has no such thing.
    absent: tuple = (errno.ENOSYS,)
    # More layers that are out of the way in every case: they stand before the one that is looked at.
    aside: tuple = ()
    # Of Landlock, what it takes to stop this one.
    landlock_version: int = 1
    # A path that exists when it has succeeded, for a program that does not come back.
    evidence: str = ""
    # Whether another run of the same zygote waits meanwhile.
    has_neighbour: bool = False

    def source(self, world, language):
        """The program as a function, with the facts of the world filled in."""
        text = re.sub(r"\$(\w+)", lambda match: str(world[match[1]]), textwrap.dedent(self.program))
        return language.emit(text, NUMBERS)


ATTACKS = [
    # Files.
    Attack("open a file", "return sys_openat(-100, '/etc/passwd', 0)", FILE_LAYERS),
    Attack("read its own memory through /proc", "return sys_openat(-100, '/proc/self/mem', 0)", FILE_LAYERS,
           aside=("not_dumpable",)),
    Attack("read its memory map", "return sys_openat(-100, '/proc/self/maps', 0)", FILE_LAYERS),
    Attack("list a directory", "return -1 if sys_openat(-100, '/', 65536) < 0 else sys_openat(-100, '/etc', 65536)",
           FILE_LAYERS),
    Attack("write to a file", "return sys_openat(-100, '$writable', 1)", FILE_LAYERS),
    Attack("make a file", "return sys_openat(-100, '$folder/made', 65, 420)", FILE_LAYERS),
    Attack("remove a file", "return sys_unlinkat(-100, '$folder/victim', 0)", FILE_LAYERS, equals(0)),
    Attack("make a link", "return sys_symlink('/etc/passwd', '$folder/link')", FILE_LAYERS, equals(0)),
    Attack("make a directory", "return sys_mkdir('$folder/directory', 511)", FILE_LAYERS, equals(0)),
    Attack("look whether a file exists", "return sys_stat('/etc/shadow', zeros(144))", PATH_LAYERS, equals(0)),
    Attack("learn its program's path", "return sys_readlink('/proc/self/exe', zeros(256), 256)", PATH_LAYERS,
           at_least(1), aside=("not_dumpable",)),
    # Processes.
    Attack("start a process", """
        pid = sys_fork()
        if pid == 0:
            leave(0)
        return pid""",
           ("seccomp", "rlimits"), at_least(1)),
    Attack("run a program", """
        program = text('/bin/touch')
        argument = text('$folder/executed')
        return sys_execve(program, u64([address(program), address(argument), 0]), 0)""", FILE_LAYERS, evidence="$folder/executed"),
    Attack("signal a process outside", "return sys_kill($victim, 0)", ("seccomp", "pid_namespace", "landlock"), equals(0),
           landlock_version=6),
    Attack("get hold of a process outside", "return sys_pidfd_open($victim, 0)", ("seccomp", "pid_namespace")),
    # Runs of one zygote get numbers one after the other, but start in another order: a process may have waited. Seizing
    # (PTRACE_SEIZE) stops nobody, unlike attaching.
    Attack("trace its neighbour", """
        for step in range(1, 4):
            if sys_ptrace(0x4206, sys_getpid() + step, 0, 0) == 0:
                return 0
            if sys_ptrace(0x4206, sys_getpid() - step, 0, 0) == 0:
                return 0
        return -1""", ("seccomp", "not_dumpable"), equals(0), has_neighbour=True),
    Attack("read its neighbour's memory", """
        space = zeros(8)
        local = u64([address(space), 8])
        for step in range(1, 4):
            after = sys_process_vm_readv(sys_getpid() + step, local, 1, local, 1, 0)
            if after == 8 or after == -14:
                return after
            before = sys_process_vm_readv(sys_getpid() - step, local, 1, local, 1, 0)
            if before == 8 or before == -14:
                return before
        return -1""", ("seccomp", "not_dumpable"),
           # It may look; that nothing lies at this very address there is chance.
           equals(8, -errno.EFAULT), has_neighbour=True),
    # The network.
    Attack("connect to an address", "return sys_connect(sys_socket(2, 1, 0), u8($inet), 16)",
           ("seccomp", "network_namespace", "landlock"), equals(0), landlock_version=4),
    Attack("connect to an abstract socket", "return sys_connect(sys_socket(1, 1, 0), u8($abstract), $abstract_size)",
           ("seccomp", "network_namespace", "landlock"), equals(0), landlock_version=6),
    Attack("connect to a socket file", "return sys_connect(sys_socket(1, 1, 0), u8($path_socket), $path_socket_size)",
           PATH_LAYERS, equals(0)),
    Attack("open a netlink socket", "return sys_socket(16, 3, 0)", ("seccomp",)),
    Attack("open a vsock socket", "return sys_socket(40, 1, 0)", ("seccomp",),
           absent=(errno.EAFNOSUPPORT, errno.ENODEV)),
    # Memory and objects shared with others.
    Attack("attach shared memory", """
        number = sys_shmget($segment, 0, 0)
        if number < 0:
            return number
        return 0 if sys_shmat(number, 0, 4096) > 0 else -1""", ("seccomp", "ipc_namespace"), equals(0)),
    Attack("open a message queue", "return sys_msgget($queue, 0)", ("seccomp", "ipc_namespace")),
    Attack("keep a key in the kernel", "return sys_add_key('user', 'nsl', 'x', 1, -4)", ("seccomp",), at_least(1)),
    Attack("make a memory file", "return sys_memfd_create('x', 0)", ("seccomp",)),
    Attack("map executable memory", "return 0 if sys_mmap(0, 4096, 5, 34, -1, 0) > 0 else -1", ("seccomp",), equals(0)),
    Attack("map a gigabyte", "return 0 if sys_mmap(0, 2 ** 30, 3, 34, -1, 0) > 0 else -1", ("rlimits",), equals(0)),
    # Kernel interfaces with a history.
    Attack("set up io_uring", "return sys_io_uring_setup(4, zeros(120))", ("seccomp",),
           absent=(errno.ENOSYS, errno.EPERM), aside=("rlimits",)),
    Attack("load a bpf map", "return sys_bpf(0, u32([2, 4, 4, 1] + [0] * 28), 128)",
           ("seccomp", "no_capabilities", "user_namespace"), aside=("user",)),
    Attack("handle its own page faults", "return sys_userfaultfd(1)", ("seccomp",), absent=(errno.ENOSYS, errno.EPERM)),
    Attack("count events of the processor", """
        event = u32([1, 128] + [0] * 8 + [0x61] + [0] * 21)
        return sys_perf_event_open(event, 0, -1, -1, 0)""", ("seccomp",),
           absent=(errno.ENOSYS, errno.EACCES, errno.ENOENT)),
    Attack("watch files", "return sys_inotify_init1(0)", ("seccomp",)),
    # Authority.
    Attack("mount a file system", "return sys_mount('none', '/', 'tmpfs', 0, 0)", ("seccomp", "no_capabilities", "landlock"),
           equals(0)),
    Attack("make a user name space", "return sys_unshare(0x10000000)", ("seccomp",), equals(0), aside=("rlimits",)),
    Attack("change its root", "return sys_chroot('/')", ("seccomp", "no_capabilities"), equals(0)),
    Attack("become another user", "return sys_setuid(1)", ROOT_LAYERS, equals(0)),
    Attack("set the clock", "return sys_adjtimex(u32([0x4000] + [0] * 51))", ROOT_LAYERS,
           # The kernel looks at the authority first; the value itself is refused, so nothing changes.
           equals(-errno.EINVAL)),
    Attack("load a module", "return sys_init_module(zeros(1), 1, '')", ROOT_LAYERS,
           equals(-errno.ENOEXEC, -errno.EINVAL)),
    Attack("name the machine", "return sys_sethostname('x', 1)", ("seccomp", "no_capabilities"), equals(0)),
    Attack("become dumpable again", "return sys_prctl(4, 1, 0, 0, 0)", ("seccomp",), equals(0)),
    Attack("fix the address layout of what follows", "return sys_personality(0x0040000)", ("seccomp",)),
    Attack("raise its own limits", "return sys_prlimit64(0, 2, u64([2 ** 40, 2 ** 40]), 0)",
           ("seccomp", "rlimits"), equals(0)),
    Attack("give itself priority over a processor", "return sys_sched_setaffinity(0, 8, u64([1]))",
           ("seccomp",), equals(0)),
    # Descriptors.
    Attack("write to the runner's own output", "return sys_write(2, '', 0)", ("seccomp", "descriptors")),
    Attack("use a descriptor it guesses", """
        for number in range(4, 64):
            if sys_write(number, '', 0) == 0:
                return 0
        return -1""", ("seccomp", "descriptors"), equals(0)),
    Attack("pass a descriptor out", """
        byte = u8([120])
        vector = u64([address(byte), 1])
        control = u32([20, 0, 1, 1, 3, 0])
        message = u64([0, 0, address(vector), 1, address(control), 24, 0])
        return sys_sendmsg(3, message, 0x4000)""",
           # The byte that has to go with it breaks the protocol, which ends the run.
           ("seccomp",), equals(None)),
]
