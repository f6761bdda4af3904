"""Mail servers in threads of this process, on loopback: pymap for IMAP, aiosmtpd for replies."""

import asyncio
import threading
from argparse import Namespace
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP
from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

LOOPBACK = "127.0.0.1"


class PymapServer:
    """One account on an ephemeral port of 127.0.0.1, plain text; a context manager."""

    host = LOOPBACK

    def __init__(
        self,
        username: str = "yingji@example.test",
        password: str = "SHOUQUANMA-16-ZM",  # noqa: S107 - of a server that lives on loopback
    ) -> None:
        self.username = username
        self.password = password
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, daemon=True)

    def __enter__(self) -> Self:
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

    def deliver(self, raw: bytes, arrived_at: datetime) -> None:
        """Put a message into INBOX; the server takes `arrived_at` as its INTERNALDATE."""
        with self.client() as client:
            client.append("INBOX", raw, msg_time=arrived_at)

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


@dataclass(frozen=True, slots=True)
class SentMail:
    """One message as the server took it."""

    sender: str
    recipient: str
    raw: bytes


class ReplySink:
    """An SMTP server on an ephemeral port that keeps what it is given; a context manager."""

    host = LOOPBACK

    def __init__(self) -> None:
        self.mails: list[SentMail] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.AbstractServer | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd calls this for every message; its name is aiosmtpd's."""
        self.mails += [
            SentMail(envelope.mail_from, recipient, envelope.original_content)
            for recipient in envelope.rcpt_tos
        ]
        return "250 OK"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()

    async def _listen(self) -> None:
        # aiosmtpd's own Controller connects to port 0 to see whether it is up.
        server = await self._loop.create_server(
            lambda: SMTP(self, hostname="demo.example.test", loop=self._loop), self.host, 0
        )
        self.port = server.sockets[0].getsockname()[1]
        self._server = server

    async def _shut(self) -> None:
        assert self._server is not None
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
