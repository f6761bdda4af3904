"""A TCP proxy on loopback that cuts connections after so many octets from the server."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from types import TracebackType


class CuttingProxy:
    """Forwards to `port` on loopback; connection i ends after `cuts[i]` octets to the client.

    Connections beyond the list are left alone. `connections` counts them all.
    """

    def __init__(self, port: int, cuts: Sequence[int]) -> None:
        self._target = port
        self._cuts = tuple(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0

    def __enter__(self) -> "CuttingProxy":
        self._run(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _end(self._listener)
        for each in self._open:
            _end(each)
        for thread in self._threads:
            thread.join(10)

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed: the end
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            number, self.connections = self.connections, self.connections + 1
            budget = self._cuts[number] if number < len(self._cuts) else None
            self._run(_forward, client, server, None)
            self._run(_forward, server, client, budget)


def _forward(source: socket.socket, target: socket.socket, budget: int | None) -> None:
    with contextlib.suppress(OSError):
        while budget is None or budget > 0:
            octets = source.recv(65536 if budget is None else min(65536, budget))
            if not octets:
                break
            target.sendall(octets)
            if budget is not None:
                budget -= len(octets)
    _end(source)
    _end(target)


def _end(connection: socket.socket) -> None:
    # shutdown() wakes a thread that waits in accept() or recv(); close() alone does not.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
