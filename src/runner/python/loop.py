"""What `import asyncio` gives in a function: coroutines, tasks, timers and gather over host calls.

There are no sockets, threads or processes, so the loop has three sources of progress: what is ready, the
next reply to a host call, and timers. It ends when the handler's coroutine has ended.

The run's clock moves with replies only. A timer fires after the reply that brings the clock to its time,
before that reply is handed on; when nothing else is open, the run sleeps until the first one is due. So the
order is that of due times, then of creation, and the same when the run is run again.
"""
import inspect
import math
import types
from collections import deque
from time import time_ns as _time_ns

iscoroutine = inspect.iscoroutine
iscoroutinefunction = inspect.iscoroutinefunction

_ready = deque()
_failed = []
_timers = []
# Replies that moved the clock and are not handed on yet.
_held = deque()
_depth = 0
_current = None
# What neo_service sets: waits for the next reply to a host call and gives what hands it on, None when none is
# awaited; asks the host to sleep so many milliseconds, a future; moves the clock; how many timers may wait.
_receive = _start_sleep = _move_clock = _timers_max = None


class CancelledError(BaseException):
    """The task was cancelled."""


class InvalidStateError(Exception):
    """The result is not there yet, or is there already."""


TimeoutError = TimeoutError


class Future:
    """A value that comes later."""

    def __init__(self):
        self._is_done = False
        self._value = None
        self._error = None
        self._callbacks = []
        self._is_looked_at = False

    def done(self):
        return self._is_done

    def cancelled(self):
        return isinstance(self._error, CancelledError)

    def cancel(self, msg=None):
        if self._is_done:
            return False
        self.set_exception(CancelledError(*([] if msg is None else [msg])))
        return True

    def result(self):
        if not self._is_done:
            raise InvalidStateError("The result is not there yet: await it")
        self._is_looked_at = True
        if self._error is not None:
            raise self._error
        return self._value

    def exception(self):
        if not self._is_done:
            raise InvalidStateError("The result is not there yet: await it")
        self._is_looked_at = True
        return self._error

    def set_result(self, value):
        self._finish(value, None)

    def set_exception(self, error):
        self._finish(None, error() if isinstance(error, type) else error)

    def add_done_callback(self, callback):
        if self._is_done:
            _ready.append(lambda: callback(self))
        else:
            self._callbacks.append(callback)

    def _finish(self, value, error):
        if self._is_done:
            raise InvalidStateError("The result is there already")
        self._is_done, self._value, self._error = True, value, error
        for callback in self._callbacks:
            _ready.append(lambda callback=callback: callback(self))
        self._callbacks = []

    def __await__(self):
        if not self._is_done:
            yield self
        return self.result()

    __iter__ = __await__


class Task(Future):
    """A coroutine on its way."""

    def __init__(self, coroutine, name=None):
        super().__init__()
        self._coroutine = coroutine
        self._name = name
        self._cancel = None
        self._cancel_count = 0
        self._awaited = None
        _ready.append(self._step)

    def get_name(self):
        return self._name

    def cancel(self, msg=None):
        """What the task waits for is cancelled, or else the task at its next step."""
        if self._is_done:
            return False
        self._cancel_count += 1
        if self._awaited is None or not self._awaited.cancel(msg):
            self._cancel = CancelledError(*([] if msg is None else [msg]))
        return True

    def cancelling(self):
        return self._cancel_count

    def uncancel(self):
        self._cancel_count = max(self._cancel_count - 1, 0)
        return self._cancel_count

    def _step(self, _=None):
        global _current
        if self._is_done:
            return
        before, _current = _current, self
        self._awaited = None
        try:
            if self._cancel is not None:
                error, self._cancel = self._cancel, None
                awaited = self._coroutine.throw(error)
            else:
                awaited = self._coroutine.send(None)
        except StopIteration as end:
            self.set_result(end.value)
        except BaseException as error:
            self.set_exception(error)
            if not self.cancelled():
                _failed.append(self)
        else:
            if awaited is None:
                _ready.append(self._step)
            elif isinstance(awaited, Future):
                self._awaited = awaited
                awaited.add_done_callback(self._step)
                # It was cancelled while it ran.
                if self._cancel is not None and awaited.cancel():
                    self._cancel = None
            else:
                self.set_exception(TypeError(f"A {type(awaited).__name__} cannot be awaited here"))
        finally:
            _current = before


@types.coroutine
def _pause():
    yield


async def _of(awaitable):
    return await awaitable


def ensure_future(awaitable):
    if isinstance(awaitable, Future):
        return awaitable
    if iscoroutine(awaitable):
        return Task(awaitable)
    if inspect.isawaitable(awaitable):
        return Task(_of(awaitable))
    raise TypeError(f"An awaitable is wanted, not a {type(awaitable).__name__}")


def create_task(coroutine, *, name=None, context=None):
    if not iscoroutine(coroutine):
        raise TypeError(f"A coroutine is wanted, not a {type(coroutine).__name__}")
    return Task(coroutine, name)


def current_task():
    return _current


class _Gathered(Future):
    """Of several; to cancel it is to cancel them."""

    def __init__(self, futures):
        super().__init__()
        self._futures = futures
        self._is_cancel_asked = False

    def cancel(self, msg=None):
        if self._is_done:
            return False
        self._is_cancel_asked = any([future.cancel(msg) for future in self._futures])
        return self._is_cancel_asked


def gather(*awaitables, return_exceptions=False):
    """All their results, in the order of the arguments."""
    futures = [ensure_future(awaitable) for awaitable in awaitables]
    outer = _Gathered(futures)
    left = len(futures)

    def look(future):
        nonlocal left
        left -= 1
        error = future.exception()
        if outer.done():
            return
        if error is not None and not return_exceptions:
            outer.set_exception(error)
        elif left == 0 and outer._is_cancel_asked:
            outer.set_exception(CancelledError)
        elif left == 0:
            outer.set_result([one._value if one._error is None else one._error for one in futures])
    for future in futures:
        future.add_done_callback(look)
    if not futures:
        outer.set_result([])
    return outer


# ---- timers

def _now():
    return _time_ns() // 1_000_000


def _pause_of(delay):
    """In whole milliseconds, at least one."""
    try:
        return max(math.ceil(delay * 1000), 1)
    except (OverflowError, ValueError):
        raise ValueError(f"A delay of {delay} seconds never ends") from None


class _Timer(Future):
    """Done when the clock has reached its time."""

    def __init__(self, delay):
        super().__init__()
        self.due = _now() + _pause_of(delay)
        if len(_timers) >= _timers_max:
            raise RuntimeError(f"At most {_timers_max} timers wait at a time")
        _timers.append(self)

    def _finish(self, value, error):
        _timers.remove(self)
        super()._finish(value, error)


def _sleep_until(due):
    """While no call is open; the error when the host refuses."""
    future = _start_sleep(max(due - _now(), 0))
    while not future.done():
        _receive()()
    if future.exception() is None:
        _move_clock(due)
    return future.exception()


def _sleep_for(timer):
    refusal = _sleep_until(timer.due)
    if refusal is not None:
        for waiting in list(_timers):
            waiting.set_exception(refusal)


def block_for(delay):
    """time.sleep(): nothing of the function goes on meanwhile."""
    if delay < 0:
        raise ValueError("sleep length must be non-negative")
    due = _now() + (_pause_of(delay) if delay > 0 else 0)
    while _now() < due:
        reply = _receive()
        if reply is not None:
            _held.append(reply)
        elif (refusal := _sleep_until(due)) is not None:
            raise refusal


async def sleep(delay, result=None):
    if delay > 0:
        await _Timer(delay)
    else:
        await _pause()
    return result


async def wait_for(awaitable, timeout):
    """Its value, or a TimeoutError after so many seconds, when it is cancelled."""
    if timeout is None:
        return await awaitable
    future = ensure_future(awaitable)
    if timeout > 0 and not future.done():
        await _wait_for_one(future, _Timer(timeout))
    if future.done():
        return future.result()
    future.cancel()
    try:
        return await future
    except CancelledError:
        raise TimeoutError from None


async def _wait_for_one(future, timer):
    first = Future()

    def wake(_):
        if not first.done():
            first.set_result(None)
    future.add_done_callback(wake)
    timer.add_done_callback(wake)
    try:
        await first
    except CancelledError:
        future.cancel()
        raise
    finally:
        timer.cancel()
    if not future.done():
        # The host's refusal to wait.
        timer.result()


class Timeout:
    """`async with asyncio.timeout(seconds):` ends what is inside with a TimeoutError."""

    def __init__(self, delay):
        self._delay = delay
        self._timer = None
        self._task = None
        self._refusal = None
        self._is_expired = False

    def expired(self):
        return self._is_expired

    async def __aenter__(self):
        self._task = current_task()
        self._cancel_count = self._task.cancelling()
        if self._delay is not None:
            self._timer = _Timer(max(self._delay, 0))
            self._timer.add_done_callback(self._expire)
        return self

    def _expire(self, timer):
        if timer.cancelled():
            return
        self._refusal = timer.exception()
        self._is_expired = True
        self._task.cancel()

    async def __aexit__(self, kind, error, traceback):
        if self._timer is not None:
            self._timer.cancel()
        # Cancelled by others too, it goes on being cancelled.
        if self._is_expired and self._task.uncancel() <= self._cancel_count and kind is CancelledError:
            raise self._refusal or TimeoutError from error


timeout = Timeout


class Lock:
    """One task at a time."""

    def __init__(self, value=1):
        self._left = value
        self._waiting = deque()

    def locked(self):
        return self._left == 0

    async def acquire(self):
        if self._left == 0:
            future = Future()
            self._waiting.append(future)
            try:
                await future
            except CancelledError:
                # It was given to a task that no longer wants it.
                if not future.cancelled():
                    self.release()
                raise
        else:
            self._left -= 1
        return True

    def release(self):
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)
                return
        self._left += 1

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, *_):
        self.release()


class Semaphore(Lock):
    """As many tasks at a time as it is told."""


def is_running():
    return _depth > 0


def drive(awaitable):
    """Until it has its value. The loop is not entered for a future that is there already."""
    global _depth
    future = ensure_future(awaitable)
    _depth += 1
    try:
        while not future.done():
            if not _step():
                raise RuntimeError("The function never finished: nothing is left to wait for")
    finally:
        _depth -= 1
    return future.result()


def _step():
    """One thing that moves the function on; False when there is none."""
    timer = min(_timers, key=lambda one: one.due, default=None)
    if _ready:
        _ready.popleft()()
    elif timer is not None and timer.due <= _now():
        timer.set_result(None)
    elif _held:
        _held.popleft()()
    elif (reply := _receive()) is not None:
        _held.append(reply)
    elif timer is not None:
        _sleep_for(timer)
    else:
        return False
    return True


def block(future):
    """The value of a host call for code that is no coroutine."""
    while not future.done():
        reply = _held.popleft() if _held else _receive()
        if reply is None:
            raise RuntimeError("The function never finished: nothing is left to wait for")
        reply()
    return future.result()


def begin():
    """What an earlier run of this process left."""
    _timers.clear()
    _held.clear()


def run(main, *, debug=None):
    if is_running():
        raise RuntimeError("asyncio.run() cannot be called from a coroutine: await it")
    return drive(main)


def get_running_loop():
    raise RuntimeError("A function has no event loop of its own: use await, gather and create_task")


get_event_loop = new_event_loop = get_running_loop


def failures_nobody_looked_at():
    return [task._error for task in _failed if not task._is_looked_at]


def __getattr__(name):
    raise AttributeError(f"The asyncio of a function has no '{name}': there are coroutines, tasks, timers and gather", name=name)
