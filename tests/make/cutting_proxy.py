"""A TCP proxy on loopback that cuts connections after so many octets from the server."""

import contextlib
import socket
from collections.abc import Sequence

from make.loopback import LoopbackServer, end


class CuttingProxy(LoopbackServer):
    """Forwards to `port` on loopback; connection i ends after `cuts[i]` octets to the client.

    Connections beyond the list are left alone. `connections` counts them all.
    """

    def __init__(self, port: int, cuts: Sequence[int]) -> None:
        super().__init__()
        self._target = port
        self._cuts = tuple(cuts)

    def _serve(self, connection: socket.socket, number: int) -> None:
        server = socket.create_connection(("127.0.0.1", self._target))
        self._open.append(server)
        budget = self._cuts[number] if number < len(self._cuts) else None
        self._run(_forward, connection, server, None)
        self._run(_forward, server, connection, budget)


def _forward(source: socket.socket, target: socket.socket, budget: int | None) -> None:
    with contextlib.suppress(OSError):
        while budget is None or budget > 0:
            octets = source.recv(65536 if budget is None else min(65536, budget))
            if not octets:
                break
            target.sendall(octets)
            if budget is not None:
                budget -= len(octets)
    end(source)
    end(target)
