"""Receivers on this machine: a mail server and a web server that answer, refuse, break or hang."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What arrived at `url`; `status` is what it answers, `delay` the seconds before, `drips` that it never ends."""

    url: str = ""
    received: list[Any] = field(default_factory=list)
    status: int = 200
    delay: float = 0.0
    drips: bool = False


@contextmanager
def http(path: str = "", *, port: int = 0) -> Iterator[Receiver]:
    """A web server for json:// URLs; what arrived are bodies."""
    told, over = Receiver(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            over.wait(told.delay)
            if told.drips:
                self._drip()
                return
            told.received.append(body)
            self.send_response(told.status)
            self.end_headers()

        def _drip(self) -> None:
            """One byte of a header after the other: no single read waits long, and the answer never ends."""
            while not over.wait(0.2):
                self.wfile.write(b"H")

        def log_message(self, format: str, *args: object) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # whoever sent it has gone
                return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"json://user:s3cr3t-token@127.0.0.1:{server.server_port}/{path}"
    try:
        yield told
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def smtp() -> Iterator[Receiver]:
    """A mail server for mailto:// URLs; what arrived are (recipients, raw message)."""
    told = Receiver()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 localhost ready")
            recipients: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT":
                    recipients.append(line.split(":", 1)[1].split(">")[0].strip("< "))
                if verb == "DATA":
                    self._say("354 go on")
                    told.received.append((tuple(recipients), self._body()))
                self._say("221 bye" if verb == "QUIT" else "250 ok" if told.status == 200 else f"{told.status} no")
                if verb == "QUIT":
                    return

        def _body(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    told.url = f"mailto://127.0.0.1:{port}?from=touchstone@example.com&to=ada@example.com&mode=insecure"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def waited(condition: Any, *, seconds: float = 5.0) -> bool:
    """Whether `condition()` came true in time."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())
