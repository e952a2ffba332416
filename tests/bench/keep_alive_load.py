"""An HTTP load that costs little itself: requests whose bytes were made before."""
import selectors
import socket
import time


def body_of(reply):
    """The body, once the reply is complete; None before."""
    head, end, body = reply.partition(b"\r\n\r\n")
    if not end:
        return None
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return body if len(body) == int(line[15:]) else None
    raise ValueError(f"no length in {head!r}")


class Load:
    """Keep-alive connections, each with one request in flight."""

    def __init__(self, port, connections):
        self.selector = selectors.DefaultSelector()
        self.sockets = []
        self.seconds = []  # of each request of the last drive, in the order of the requests
        for _ in range(connections):
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(connection, selectors.EVENT_READ)
            self.sockets.append(connection)

    def drive(self, requests):
        """Sends all; returns the bodies of the replies in the order of the requests."""
        bodies = [b""] * len(requests)
        self.seconds = [0.0] * len(requests)
        waiting = {}  # socket -> index of its request, and what has come of the reply
        numbers = iter(range(len(requests)))
        for connection, number in zip(self.sockets, numbers):
            self._send(connection, waiting, number, requests)
        while waiting:
            for key, _ in self.selector.select():
                self._read(key.fileobj, waiting, bodies, numbers, requests)
        return bodies

    def _send(self, connection, waiting, number, requests):
        self.seconds[number] = -time.perf_counter()
        connection.sendall(requests[number])
        waiting[connection] = (number, b"")

    def _read(self, connection, waiting, bodies, numbers, requests):
        number, reply = waiting[connection]
        part = connection.recv(65536)
        if not part:
            raise ConnectionError(f"closed after {reply!r}")
        reply += part
        body = body_of(reply)
        if body is None:
            waiting[connection] = (number, reply)
            return
        if not reply.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise ValueError(f"refused: {reply!r}")
        bodies[number] = body
        self.seconds[number] += time.perf_counter()
        following = next(numbers, None)
        if following is None:
            del waiting[connection]
            return
        self._send(connection, waiting, following, requests)
