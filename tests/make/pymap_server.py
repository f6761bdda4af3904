"""pymap's in-memory server in a thread: a whole IMAP server without a system package."""

import asyncio
import threading
from argparse import Namespace
from types import TracebackType
from typing import Any

from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

USERNAME = "yingji@example.test"
PASSWORD = "SHOUQUANMA-16-ZM"


class PymapServer:
    """One account on an ephemeral port of 127.0.0.1, plain text; a context manager."""

    username = USERNAME
    password = PASSWORD
    host = "127.0.0.1"
    port = 0

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, daemon=True)

    def __enter__(self) -> "PymapServer":
        self._thread.start()
        if not self._ready.wait(20):
            raise RuntimeError("pymap does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    @property
    def settings(self) -> dict[str, Any]:
        """What `open_imap` wants to know, for the account's INBOX."""
        return {
            "host": self.host,
            "port": self.port,
            "security": "none",
            "ca_file": "",
            "username": self.username,
            "password": self.password,
            "folder": "INBOX",
            "extra_folders": (),
        }

    def client(self) -> IMAPClient:
        """A logged-in client of the account."""
        client = IMAPClient(self.host, self.port, ssl=False, timeout=30)
        client.login(self.username, self.password)
        return client

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        settings = Namespace(
            host=self.host,
            port=0,
            debug=False,
            cert=None,
            key=None,
            tls=False,
            passlib_cfg=None,
            proxy_protocol=None,
            demo_data=False,
            demo_user=self.username,
            demo_password=self.password,
        )
        # As shipped, every login costs 0.4 s of hashing.
        backend, config = await DictBackend.init(settings, hash_context=BuiltinHash(rounds=1))
        config.apply_context()
        server = IMAPServer(backend.login, config)
        callback = ProxyProtocolReader(config.proxy_protocol).get_callback(server)
        async with await asyncio.start_server(callback, self.host, 0) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
