"""Style sheet and scripts, served by us under an address that holds their content's hash."""

import hashlib
import mimetypes
from importlib import resources
from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Asset(Route):
    """One file of `static` under one exact address: there is no path to play tricks with."""

    needs: ClassVar[str] = "anyone"


class Assets:
    """All files of `static`, held in memory."""

    def __init__(self) -> None:
        folder = resources.files("mailbot.console") / "static"
        self._addresses: dict[str, str] = {}
        self.routes: list[Asset] = []
        for file in sorted(folder.iterdir(), key=lambda one: one.name):
            octets = file.read_bytes()
            stem, _, ending = file.name.rpartition(".")
            digest = hashlib.sha256(octets).hexdigest()[:16]
            self._addresses[file.name] = f"/static/{stem}.{digest}.{ending}"
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.routes.append(_route(self._addresses[file.name], octets, kind))

    def address(self, name: str) -> str:
        """Where the file of this name is served; KeyError where there is none."""
        return self._addresses[name]


def _route(address: str, octets: bytes, kind: str) -> Asset:
    headers = {"cache-control": "public, max-age=31536000, immutable"}

    async def serve(_request: Request) -> Response:
        return Response(octets, media_type=kind, headers=headers)

    return Asset(address, serve)
