"""What an independent listener hears of the chain: when a block is there for everybody who subscribed to the
node (`BlockListener`), and when a transaction is on its way to it (`Wiretap`, between service and node)."""
import base64
import json
import os
import socket
import threading
import time
from urllib.parse import urlsplit

SUBSCRIBE = {"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": ["block_added"]}
TEXT, PING, PONG = 0x1, 0x9, 0xA
FINAL, MASKED = 0x80, 0x80


class BlockListener:
    """Subscribes to the node's websocket (RFC 6455): wall-clock time of each block, by index."""

    def __init__(self, url):
        self.seen = {}
        address = urlsplit(url)
        self._socket = socket.create_connection((address.hostname, address.port))
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((f"GET /ws HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
                              f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        if b" 101 " not in self._stream.readline():
            raise ValueError("the node refuses the websocket")
        while self._stream.readline().strip():
            pass
        self._send(TEXT, json.dumps(SUBSCRIBE).encode())
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _send(self, opcode, text):
        """One short frame; the mask of zeros leaves the text as it is."""
        self._socket.sendall(bytes([FINAL | opcode, MASKED | len(text)]) + bytes(4) + text)

    def _frame(self):
        head = self._stream.read(2)
        length = head[1] if len(head) == 2 else 0
        if length >= 126:
            size = 2 if length == 126 else 8
            length = int.from_bytes(self._stream.read(size), "big")
        return head[:1], self._stream.read(length)

    def _listen(self):
        while True:
            try:
                head, frame = self._frame()
            except OSError:
                return
            now = time.time()
            if not head:
                return
            if head[0] == FINAL | PING:
                self._send(PONG, frame)
            elif b'"block_added"' in frame[:100]:
                block = json.loads(frame)["params"][0]
                self.seen[block["index"]] = now

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Wiretap:
    """Passes bytes on to the node, both ways, and notes when somebody sends a transaction."""

    NEEDLE = b'"sendrawtransaction"'

    def __init__(self, url):
        self._node = (urlsplit(url).hostname, urlsplit(url).port)
        self.sent = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            node = socket.create_connection(self._node)
            for end in (client, node):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pass, args=(client, node, self._note), daemon=True).start()
            threading.Thread(target=self._pass, args=(node, client, None), daemon=True).start()

    @staticmethod
    def _pass(source, target, note):
        tail = b""
        try:
            while data := source.recv(65536):
                if note:
                    tail = note(tail + data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()

    def _note(self, data):
        """Keeps what may be the beginning of the needle, should the next piece hold its end."""
        now = time.time()
        self.sent.extend([now] * data.count(self.NEEDLE))
        return data[-(len(self.NEEDLE) - 1):]

    def stop(self):
        self._listener.close()
