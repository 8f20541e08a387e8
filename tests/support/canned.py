"""A server that says what a test tells it to, byte by byte, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE_S: Final = 30


def json_reply(body: bytes = b'{"data":[]}', *, status: int = 200, kind: str = "application/json") -> bytes:
    """Return a reply that leaves the connection open."""
    return b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        kind.encode(),
        len(body),
        body,
    )


class Canned:
    """A server that answers one connection after the other; `asked` is what came on each.

    After its last reply it hangs up a connection, or waits until it is `abandoned`.
    """

    def __init__(self, listener: socket.socket, script: Sequence[Sequence[bytes]], *, hangs_up: bool) -> None:
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.asked: list[list[bytes]] = []
        self.hung_up = threading.Semaphore(0)
        self.abandoned = threading.Semaphore(0)
        self._listener = listener
        self._script = script
        self._hangs_up = hangs_up

    def serve(self) -> None:
        """Answer as many connections as there are in the script, unless the test is over before that."""
        with suppress(OSError):
            for replies in self._script:
                connection, _ = self._listener.accept()
                with connection:
                    connection.settimeout(PATIENCE_S)
                    self._answer(connection, replies)
                self.hung_up.release()

    def _answer(self, connection: socket.socket, replies: Sequence[bytes]) -> None:
        self.asked.append([])
        for reply in replies:
            self.asked[-1].append(connection.recv(65536))
            connection.sendall(reply)
        if not self._hangs_up and not connection.recv(1):
            self.abandoned.release()


@contextmanager
def canned(*script: Sequence[bytes], hangs_up: bool = True) -> Iterator[Canned]:
    """Give a server that takes as many connections as there are in the script, and answers them with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Canned(listener, script, hangs_up=hangs_up)
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_S)
