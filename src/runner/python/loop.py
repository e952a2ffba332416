"""What `import asyncio` gives in a function: coroutines, tasks and gather over host calls.

There are no sockets, threads, processes or timers, so the loop has two sources of progress: what is
ready, and the next reply to a host call. It ends when the handler's coroutine has ended.
"""
import inspect
import types
from collections import deque

iscoroutine = inspect.iscoroutine
iscoroutinefunction = inspect.iscoroutinefunction

_ready = deque()
_failed = []
_depth = 0
_current = None
# Takes in the next reply to a host call; False when none is awaited. Set by neo_service.
take_reply = None


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
        _ready.append(self._step)

    def get_name(self):
        return self._name

    def cancel(self, msg=None):
        if self._is_done:
            return False
        self._cancel = CancelledError(*([] if msg is None else [msg]))
        _ready.append(self._step)
        return True

    def _step(self, _=None):
        global _current
        if self._is_done:
            return
        before, _current = _current, self
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
            _failed.append(self)
        else:
            if awaited is None:
                _ready.append(self._step)
            elif isinstance(awaited, Future):
                awaited.add_done_callback(self._step)
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


def gather(*awaitables, return_exceptions=False):
    """All their results, in the order of the arguments."""
    outer = Future()
    futures = [ensure_future(awaitable) for awaitable in awaitables]
    left = len(futures)

    def look(future):
        nonlocal left
        left -= 1
        error = future.exception()
        if outer.done():
            return
        if error is not None and not return_exceptions:
            outer.set_exception(error)
        elif left == 0:
            outer.set_result([one._value if one._error is None else one._error for one in futures])
    for future in futures:
        future.add_done_callback(look)
    if not futures:
        outer.set_result([])
    return outer


async def sleep(delay, result=None):
    if delay > 0:
        raise RuntimeError("A function cannot sleep: it is billed for its time; use a trigger for later")
    await _pause()
    return result


async def wait_for(awaitable, timeout):
    if timeout is not None:
        raise RuntimeError("A function has no timers: its own time limit is the only one")
    return await awaitable


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
            await future
        else:
            self._left -= 1
        return True

    def release(self):
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
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
            if _ready:
                _ready.popleft()()
            elif not take_reply():
                raise RuntimeError("The function never finished: nothing is left to wait for")
    finally:
        _depth -= 1
    return future.result()


def block(future):
    """The value of a host call for code that is no coroutine."""
    while not future.done():
        if not take_reply():
            raise RuntimeError("The function never finished: nothing is left to wait for")
    return future.result()


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
    raise AttributeError(f"The asyncio of a function has no '{name}': there are coroutines, tasks and gather", name=name)
