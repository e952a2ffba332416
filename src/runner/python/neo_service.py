"""The host API: `neo_service`, known to every function without an import.

While a coroutine runs, a call gives something to await; else it gives its value at once. So the
same names serve `def main` and `async def main`.
"""
import base64
from decimal import Decimal
from types import SimpleNamespace

import _nsl
import asyncio

__all__ = ["NeoServiceError", "Headers", "Response", "log", "secrets", "storage", "http", "wallet", "blockchain", "time",
           "random"]

_waiting = {}
# The largest whole number that every reader of JSON keeps exactly (RFC 8259, section 6).
_SAFE_INTEGER = 2**53 - 1


class NeoServiceError(Exception):
    """A call was refused. `code` is stable: NSL-SECRET-0002."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


class HostCall(asyncio.Future):
    """A call that was made; await it for its value."""

    def __init__(self, method, convert):
        super().__init__()
        self.method = method
        self._convert = convert

    def __repr__(self):
        return f"<host call {self.method}: await it>"


def _start(method, arguments, convert=None):
    future = HostCall(method, convert)
    _waiting[_nsl.call(method, _nsl.to_json(arguments, "The call"))] = future
    return future


def _call(method, arguments, convert=None):
    future = _start(method, arguments, convert)
    return future if asyncio.is_running() else asyncio.block(future)


def _receive():
    reply = _nsl.receive()
    return None if reply is None else lambda: _settle(*reply)


def _settle(number, code, value):
    future = _waiting.pop(number)
    if future.done():  # cancelled meanwhile
        return
    if code:
        future.set_exception(NeoServiceError(code, value))
        return
    try:
        value = _nsl.from_json(value)
        future.set_result(value if future._convert is None else future._convert(value))
    except Exception as error:
        future.set_exception(error)


asyncio._receive = _receive
asyncio._start_sleep = lambda ms: _start("time.sleep", {"ms": ms})
asyncio._move_clock = _nsl.move_clock
asyncio._timers_max = _nsl.timers_max


# ---- checks of arguments: a wrong argument is the caller's mistake, named at once

def _text(value, what):
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not a {type(value).__name__}")
    return value


def _bytes(value, what):
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"{what} must be a str or bytes, not a {type(value).__name__}")


def _amount(value):
    """A decimal text. A float holds most amounts only nearly."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(f"an amount must be a Decimal, an int or a str, not a {type(value).__name__}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("an amount must be finite")
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _argument(value):
    """Of a contract, which knows whole numbers only."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _SAFE_INTEGER else {"type": "Integer", "value": str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"type": "ByteArray", "value": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [_argument(part) for part in value]
    if isinstance(value, dict) and set(value) == {"type", "value"}:
        inner = value["value"]
        return {"type": value["type"], "value": _argument(inner) if isinstance(inner, (list, tuple)) else inner}
    raise TypeError(f"a contract takes no {type(value).__name__}: give an int, a str, bytes or {{type, value}}")


def _more(options):
    """Amounts among further options, such as fees."""
    return {name: _amount(value) if isinstance(value, (float, Decimal)) else value for name, value in options.items()}


# ---- HTTP

class Headers:
    """Names in any case; several values of one name are joined."""

    def __init__(self, init=None):
        self._pairs = []
        pairs = [] if init is None else init.items() if hasattr(init, "items") else init
        for name, value in pairs:
            self.append(name, value)

    def append(self, name, value):
        self._pairs.append([str(name).lower(), str(value)])

    def get(self, name, default=None):
        values = [value for known, value in self._pairs if known == str(name).lower()]
        return ", ".join(values) if values else default

    def items(self):
        return [tuple(pair) for pair in self._pairs]

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return self.get(name) is not None

    def __iter__(self):
        return iter(dict(self._pairs))

    def __len__(self):
        return len(dict(self._pairs))


class Response:
    """The answer of http.fetch, and what a `fetch` handler may return."""

    def __init__(self, body="", status=200, headers=None, url=""):
        self._body = "" if body is None else body
        self.status = status
        self.headers = Headers(headers)
        self.url = url

    @property
    def ok(self):
        return 200 <= self.status < 300

    def text(self):
        return self._body if isinstance(self._body, str) else bytes(self._body).decode("utf-8", "replace")

    def json(self):
        return _nsl.from_json(self.text())

    def bytes(self):
        return _bytes(self._body, "the body")

    def to_plain(self):
        return {"status": self.status, "headers": [list(pair) for pair in self.headers.items()], "body": self.text()}


def _to_response(reply):
    body = base64.b64decode(reply["body_base64"]) if "body_base64" in reply else reply.get("body", "")
    return Response(body, reply["status"], reply.get("headers"), reply.get("url", ""))


def _fetch(url, method="GET", headers=None, body=None):
    request = {"url": _text(url, "url"), "method": str(method).upper(),
               "headers": [list(pair) for pair in Headers(headers).items()]}
    if isinstance(body, str):
        request["body"] = body
    elif body is not None:
        request["body_base64"] = base64.b64encode(_bytes(body, "body")).decode()
    return _call("http.fetch", request, _to_response)


# ---- neo_service

_LEVELS = {"debug": 0, "info": 1, "log": 1, "warn": 2, "warning": 2, "error": 3}


def log(level, *values):
    """Levels: debug, info, warning, error."""
    if not _nsl.is_log_full():
        _nsl.log(_LEVELS.get(str(level).lower(), 1), " ".join(map(str, values)))


def _get_secret(name):
    return _call("secrets.get", {"name": _text(name, "name")})


def _get_value(key):
    return _call("storage.get", {"key": _text(key, "key")})


def _set_value(key, value=None):
    return _call("storage.set", {"key": _text(key, "key"), "value": value})


def _sign(wallet, data, encoding="raw", **options):
    return _call("wallet.sign", {"encoding": encoding, **options, "wallet": _text(wallet, "wallet"),
                                 "data": base64.b64encode(_bytes(data, "data")).decode()})


def _invoke(wallet, contract, method, args=(), **options):
    return _call("wallet.invoke", {**_more(options), "wallet": _text(wallet, "wallet"),
                                   "contract": _text(contract, "contract"), "method": _text(method, "method"),
                                   "args": [_argument(value) for value in args]})


def _transfer(wallet, asset, to, amount, **options):
    return _call("wallet.transfer", {**_more(options), "wallet": _text(wallet, "wallet"), "asset": _text(asset, "asset"),
                                     "to": _text(to, "to"), "amount": _amount(amount)})


def _get_block_height():
    return _call("blockchain.getBlockHeight", {})


def _call_contract(contract, method, args=()):
    return _call("blockchain.call", {"contract": _text(contract, "contract"), "method": _text(method, "method"),
                                     "args": [_argument(value) for value in args]})


def _get_block(block):
    return _call("blockchain.getBlock", {"block": block})


def _get_transaction(hash):
    return _call("blockchain.getTransaction", {"hash": _text(hash, "hash")})


def _get_application_log(hash, cursor=""):
    return _call("blockchain.getApplicationLog", {"hash": _text(hash, "hash"), "cursor": _text(cursor, "cursor")})


def _get_balance(address, asset):
    return _call("blockchain.getBalance", {"address": _text(address, "address"), "asset": _text(asset, "asset")})


def _now():
    return _call("time.now", {})


def _random_bytes(count):
    return _call("random.bytes", {"count": count}, base64.b64decode)


secrets = SimpleNamespace(get=_get_secret, get_secret=_get_secret)
storage = SimpleNamespace(get=_get_value, set=_set_value)
http = SimpleNamespace(fetch=_fetch)
wallet = SimpleNamespace(sign=_sign, invoke=_invoke, transfer=_transfer)
blockchain = SimpleNamespace(get_block_height=_get_block_height, call=_call_contract, get_block=_get_block,
                             get_transaction=_get_transaction, get_application_log=_get_application_log,
                             get_balance=_get_balance)
time = SimpleNamespace(now=_now)
random = SimpleNamespace(bytes=_random_bytes)
