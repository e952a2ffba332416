"""One run: load the source, call its handler, report its end. Called by engine.cc.

prepare() runs once in the zygote, before any user code: it takes away what a function cannot have,
so that it hears a reason. The cage does not count on any of this.
"""
import builtins
import importlib
import inspect
import json
import random
import sys
import time
import types

import _nsl
import _nsl_bundle as bundle
import asyncio
import neo_service

SOURCE_NAME = "function.py"
MODULE_NAME = "function"
SUCCEEDED, FAILED, MEMORY, OUTPUT_TOO_LARGE, OUTPUT_INVALID = range(5)
INFO, WARNING, ERROR = 1, 2, 3
COMPILE = 4
HANDLERS = (("main",), ("event", "handle_event", "main"), ("scheduled", "main"), ("fetch", "main"))
RECURSION_MAX = 3000
STACK_FRAMES_MAX = 16
# What modules in C import in the name of the function that calls them.
BY_MODULES_IN_C = frozenset(("_strptime", "copyreg", "locale"))
# Calls of os, time and _thread that mean another process or thread, or a wait.
NO_PROCESS = ("fork", "forkpty", "execv", "execve", "posix_spawn", "posix_spawnp", "system", "kill", "killpg")

_allowed = frozenset()
_builtins = {}


def _refuse(kind, reason):
    def refuse(*_, **__):
        raise kind(reason)
    return refuse


def _import(name, globals=None, locals=None, fromlist=(), level=0):
    wanted = name
    if level != 0:
        if not bundle.is_open():
            raise ImportError("A function is one file: it has no package to import from")
        wanted = bundle.absolute_name(name, (globals or {}).get("__package__"), level)
    is_allowed = wanted in _allowed or wanted.partition(".")[0] in _allowed or wanted in BY_MODULES_IN_C
    if not is_allowed and not bundle.has_module(wanted):
        raise ImportError(f"A function cannot import '{wanted}'. It may import: {', '.join(sorted(_allowed))}", name=wanted)
    return _real_import(name, globals, locals, fromlist, level)


_real_import = builtins.__import__


class LogStream:
    """sys.stdout and sys.stderr: whole lines go to the log."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self, level):
        self._level = level
        self._parts = []

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if _nsl.is_log_full():
            return len(text)
        *lines, rest = text.split("\n")
        for line in lines:
            _nsl.log(self._level, "".join(self._parts) + line)
            self._parts = []
        if rest:
            self._parts.append(rest)
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def end_line(self):
        if self._parts:
            self.write("\n")

    def isatty(self):
        return False

    def writable(self):
        return True

    def readable(self):
        return False


class Context(dict):
    """What a run is told of itself: read only, by key or by name."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def _refuse(self, *_, **__):
        raise TypeError("The context cannot be changed")

    __setitem__ = __delitem__ = __setattr__ = __delattr__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def _set_recursion_limit(limit):
    if limit > RECURSION_MAX:
        raise ValueError(f"The recursion limit of a function is at most {RECURSION_MAX}")
    _real_set_recursion_limit(limit)


_real_set_recursion_limit = sys.setrecursionlimit


def _load_json(text, **options):
    """json.loads with the reader in C++; what that does not take is the library's to read or to refuse."""
    if not options and type(text) is str:
        try:
            return _nsl.from_json(text)
        except ValueError:
            pass
    return _real_load_json(text, **options)


_real_load_json = json.loads


def prepare(allowed):
    """The names that a function may import; the result is the built-ins that it sees."""
    global _allowed
    _allowed = frozenset(allowed)
    for name in sorted(_allowed):
        importlib.import_module(name)
    for name in (*BY_MODULES_IN_C, "encodings.idna", "encodings.latin_1", "encodings.ascii", "encodings.utf_8_sig"):
        importlib.import_module(name)
    sys.path[:] = []
    sys.path_hooks[:] = []
    sys.set_int_max_str_digits(0)
    sys.setrecursionlimit = _set_recursion_limit
    json.loads = _load_json
    sys.stdin = None
    sys.stdout = sys.__stdout__ = LogStream(INFO)
    sys.stderr = sys.__stderr__ = LogStream(WARNING)
    time.sleep = asyncio.block_for
    _close_doors()
    _builtins.update(vars(builtins))
    _builtins.update(
        __import__=_import, neo_service=neo_service, NeoServiceError=neo_service.NeoServiceError,
        Response=neo_service.Response, Headers=neo_service.Headers,
        open=_refuse(OSError, "A function has no files: use neo_service.storage"),
        input=_refuse(OSError, "A function has no terminal"),
        breakpoint=_refuse(RuntimeError, "A function has no debugger"))
    for name in ("eval", "exec", "compile"):
        _builtins[name] = _refuse(RuntimeError, "Code from strings is not allowed in a function")
    bundle.prepare(_builtins)
    return _builtins


def _close_doors():
    no_process = _refuse(OSError, "A function has one process")
    no_thread = _refuse(RuntimeError, "A function has one thread: use async def and asyncio.gather")
    for module in ("posix", "os"):
        for name in NO_PROCESS:
            if hasattr(sys.modules[module], name):
                setattr(sys.modules[module], name, no_process)
    for name in ("start_new_thread", "start_new"):
        setattr(sys.modules["_thread"], name, no_thread)
    sys.modules["threading"]._start_new_thread = no_thread


def run(kind, entry_point, source, input, context, output_bytes_max, files, entry_file):
    """(status, output, message, line, column, stack, file)"""
    if source or files or _loaded or _loaded_files or not _kept:
        _open_code(source, files, entry_file)
        # A run of nothing left its own.
        sys.modules.pop(MODULE_NAME, None)
        _kept.clear()
    if kind == COMPILE:
        return check(source)
    random.seed()
    asyncio.begin()
    try:
        try:
            value = _run_handler(kind, entry_point, source, input, context)
        finally:
            sys.stdout.end_line()
            sys.stderr.end_line()
    except MemoryError:
        return MEMORY, "", "", 0, 0, "", ""
    except BaseException as error:
        return FAILED, "", *describe(error)
    _log_loose_ends()
    try:
        output = _nsl.to_json(value, "The output")
    except MemoryError:
        return MEMORY, "", "", 0, 0, "", ""
    except BaseException as error:
        return OUTPUT_INVALID, "", *describe(error)
    size = len(output.encode())
    if size > output_bytes_max:
        return OUTPUT_TOO_LARGE, "", f"The output has {size} bytes; {output_bytes_max} are allowed", 0, 0, "", ""
    return SUCCEEDED, output, "", 0, 0, "", ""


# Of a template: the source and its code, or of several files what bundle.open_bundle() takes.
_loaded = None
_loaded_files = None
_kept = []


def load(source, files, entry_file):
    """In a template: what the runs forked from here, which are given no code, begin with. Nothing of it runs."""
    global _loaded, _loaded_files
    if files:
        bundle.open_bundle(files, entry_file)
        _loaded_files = files, entry_file, bundle.compile_all()
    else:
        _loaded = source, compile(source, SOURCE_NAME, "exec", dont_inherit=True)


def _open_code(source, files, entry_file):
    if _loaded_files and not source and not files:
        bundle.open_bundle(*_loaded_files)
    else:
        bundle.open_bundle(files, entry_file)


def check(source):
    """Whether the source, or every file, is valid; nothing of it runs."""
    _keep_lines(source)
    try:
        if bundle.is_open():
            bundle.check()
        else:
            compile(source, SOURCE_NAME, "exec", dont_inherit=True)
    except MemoryError:
        return MEMORY, "", "", 0, 0, "", ""
    except BaseException as error:
        return FAILED, "", *describe(error)
    return SUCCEEDED, "", "", 0, 0, "", ""


def _load_source(source):
    module = types.ModuleType(MODULE_NAME)
    module.__builtins__ = _builtins
    sys.modules[MODULE_NAME] = module
    if source or _loaded is None:
        code = compile(source, SOURCE_NAME, "exec", dont_inherit=True)
    else:
        source, code = _loaded
    _keep_lines(source)
    exec(code, module.__dict__)
    return module


def _run_handler(kind, entry_point, source, input, context):
    # A process that is reused has its module from the job before, and this one holds no code.
    if not _kept:
        _kept.append(bundle.import_entry() if bundle.is_open() else _load_source(source))
    module = _kept[0]
    names = HANDLERS[kind] if entry_point in ("", "main") else (entry_point,)
    handler = next((value for name in names if callable(value := module.__dict__.get(name))), None)
    if handler is None:
        raise LookupError("The source has no function " + ", ".join(f"'{name}'" for name in names))
    values = (_nsl.from_json(input or "null"), Context(_nsl.from_json(context or "{}")))
    value = handler(*values[:_parameters_of(handler)])
    if inspect.isawaitable(value):
        value = asyncio.drive(value)
    return value.to_plain() if isinstance(value, neo_service.Response) else value


def _parameters_of(handler):
    """How many of the two values the handler takes; `def main():` takes none."""
    code = getattr(handler, "__code__", None)
    if not isinstance(handler, types.FunctionType) or code.co_flags & inspect.CO_VARARGS:
        return 2
    return code.co_argcount


def _log_loose_ends():
    for error in asyncio.failures_nobody_looked_at():
        message, line, *_ = describe(error)
        _nsl.log(ERROR, f"A task failed and nobody looked: {message} (line {line})")
    if _nsl.has_calls_open():
        _nsl.log(WARNING, "The function returned while host calls were still open")


# ---- errors, with the user's own lines

_lines = []


def _keep_lines(source):
    _lines[:] = source.split("\n")


def _is_users(name):
    """Whether code of that name is the user's."""
    return bundle.has_file(name) if bundle.is_open() else name == SOURCE_NAME


def _line(file, number):
    try:
        lines = bundle.text_of(file).split("\n") if bundle.is_open() else _lines
    except bundle.BundleError:
        return ""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def describe(error):
    """(message, line, column, stack, file) with nothing of the engine's own frames."""
    if isinstance(error, bundle.BundleError):
        return str(error), 1, 1, "", error.path
    name = type(error).__name__
    try:
        if isinstance(error, SyntaxError) and _is_users(error.filename):
            file, line, column = error.filename, max(error.lineno or 0, 0), max(error.offset or 0, 0)
            return f"{name}: {error.msg}", line, column, _frame_text(file, line, column, None), _shown(file)
        text = str(error)
    except BaseException:
        text = ""
    code = getattr(error, "code", None)
    message = f"{name}: {text}" if text else name
    if isinstance(error, neo_service.NeoServiceError) and isinstance(code, str):
        message += f" ({code})"
    frames = _frames(error.__traceback__)
    file, line, column, _ = frames[-1] if frames else ("", 0, 0, None)
    stack = "".join(_frame_text(*frame) for frame in frames[-STACK_FRAMES_MAX:])
    return message, line, column, stack, _shown(file)


def _shown(file):
    """A function of one source has no names of files."""
    return file if bundle.is_open() else ""


def _frames(traceback):
    """(file, line, column, function) of each frame in the user's sources, outermost first."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if _is_users(code.co_filename):
            frames.append((code.co_filename, traceback.tb_lineno or 0, _column(code, traceback), code.co_qualname))
        traceback = traceback.tb_next
    return frames


def _column(code, traceback):
    """From 1, in characters; Python counts bytes of UTF-8 from 0."""
    for index, (line, _, offset, _) in enumerate(code.co_positions()):
        if index == traceback.tb_lasti // 2:
            if line is None or offset is None:
                break
            return len(_line(code.co_filename, line).encode()[:offset].decode("utf-8", "replace")) + 1
    return 0


def _frame_text(file, line, column, function):
    place = f'  File "{file}", line {line}, column {column}'
    text = _line(file, line).strip()
    return place + (f", in {function}\n" if function else "\n") + (f"    {text}\n" if text else "")
