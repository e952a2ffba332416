"""Random system calls with random arguments inside the real filter. They may end their own run and
nothing else: a neighbour goes on, the next run works, and the kernel carries out only what is on the
list of src/runner/sandbox/filter_unsafe.cc."""
import json
import os

from adversary.sandbox.runner import Runner

# Each ends, replaces or stops the process by design, or takes memory away from under the fuzzer.
ENDINGS = {"rt_sigreturn": 15, "munmap": 11, "mremap": 25, "madvise": 28, "brk": 12, "exit": 60, "exit_group": 231,
           "mprotect": 10, "futex": 202, "mmap": 9, "recvfrom": 45, "sendto": 44, "restart_syscall": 219,
           "rt_sigprocmask": 14, "getrandom": 318, "clock_gettime": 228, "gettimeofday": 96}
# Linux lets these trampolines past every filter (sandbox_test.cc says more).
TRAMPOLINES = [335, 336]
PER_RUN = 10_000
LIMITS = {"wall_ms": 20000, "cpu_ms": 20000}


def killing_calls(runner, language):
    """Numbers whose very call ends the process, found out one by one."""
    return [number for number in range(512) if number not in ENDINGS.values() and number not in TRAMPOLINES
            and runner.run(language.returning(f"__test.syscall({number}, 77, 77, 7, 7, 77, 77)"))["status"] != "SUCCEEDED"]


def fuzz(program, language, count):
    waived = [] if os.geteuid() == 0 else ["user"]
    with Runner(program, waived, language.compiler(program.parent)) as runner:
        left_out = sorted({*ENDINGS.values(), *TRAMPOLINES, *killing_calls(runner, language)})
        neighbour = runner.start(language.wait, {"wall_ms": 600000})
        call = runner.wait_call()
        carried_out = 0
        for seed in range(count // PER_RUN):
            finished = runner.run(language.returning(f"__test.fuzz({PER_RUN}, {seed}, {left_out})"), LIMITS)
            assert finished["status"] == "SUCCEEDED", finished
            carried_out += json.loads(finished["output"])
        runner.send({"host_reply": {"run_key": neighbour, "call_id": call.get("call_id", 0), "ok": "5"}})
        assert runner.finish(neighbour)["output"] == "5"
        assert runner.run(language.returning("1"))["output"] == "1"
        return left_out, carried_out


def test_a_million_random_calls_touch_nothing(programs, language):
    left_out, carried_out = fuzz(programs / language.program, language, 1_000_000)
    assert len(left_out) < 120
    # getpid: one of about 400 numbers.
    assert 0 < carried_out < 1_000_000 * 3 / 400
