"""A real S3 server on loopback (moto), in a process of its own, with faults on request."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

_SERVER = (
    "import sys\n"
    "from moto.server import ThreadedMotoServer\n"
    "server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)\n"
    "server.start()\n"
    "print(server.get_host_and_port()[1], flush=True)\n"
    "sys.stdin.read()\n"
    "server.stop()\n"
)
BUCKET = "materials"


class ObjectServer:
    """`with ObjectServer() as server:` a bucket named `materials` behind a proxy that can fail.

    `environment` is what a program needs to reach it. `faults`: what the next requests with this
    method meet: a status, `slow`, `cut` (the answer ends in the middle) or `gone` (no connection).
    """

    def __init__(self) -> None:
        self.faults: deque[tuple[str, str | int]] = deque()
        self.requests: list[tuple[str, str]] = []
        self._process: subprocess.Popen[str] | None = None
        self._proxy: ThreadingHTTPServer | None = None
        self._port = 0

    def __enter__(self) -> ObjectServer:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._proxy.daemon_threads = True
        threading.Thread(target=self._proxy.serve_forever, args=(0.02,), daemon=True).start()
        self.forward("PUT", f"/{BUCKET}", b"", {})
        return self

    def __exit__(self, *_: object) -> None:
        assert self._proxy is not None
        assert self._process is not None
        self._proxy.shutdown()
        self._proxy.server_close()
        self._process.kill()
        self._process.communicate()

    @property
    def address(self) -> str:
        """Of the bucket, as fsspec names it."""
        return f"s3://{BUCKET}/office"

    @property
    def environment(self) -> dict[str, str]:
        """Keys and endpoint, as every AWS program takes them."""
        assert self._proxy is not None
        return {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._proxy.server_address[1]}",
        }

    def reset(self) -> None:
        """An empty bucket and no faults."""
        self.faults.clear()
        self.requests.clear()
        with urlopen(f"http://127.0.0.1:{self._port}/moto-api/reset", data=b"") as answer:
            answer.read()
        self.forward("PUT", f"/{BUCKET}", b"", {})

    def forward(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Ask the server itself."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def directly(self, method: str, sha256: str, body: bytes = b"") -> bytes | None:
        """What the server does past the proxy with the object of that hash; None: it has none."""
        path = f"/{BUCKET}/office/{sha256[:2]}/{sha256}"
        status, _, content = self.forward(method, path, body, {"Authorization": "AWS key:any"})
        return content if status == 200 else None

    def next_fault(self, method: str) -> str | int | None:
        """The fault that this request meets, if one waits for its method."""
        if self.faults and self.faults[0][0] in (method, "*"):
            return self.faults.popleft()[1]
        return None


def _handler(server: ObjectServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.requests.append((self.command, self.path))
            fault = server.next_fault(self.command)
            if fault == "gone":
                self.close_connection = True
                return
            if isinstance(fault, int):
                self._answer(fault, [], b"<Error><Code>InternalError</Code></Error>")
                return
            if fault == "slow":
                time.sleep(0.5)
            status, headers, content = server.forward(
                self.command, self.path, body, dict(self.headers)
            )
            self._answer(status, headers, content, cut=fault == "cut")

        def _answer(
            self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False
        ) -> None:
            self.send_response(status)
            length = str(len(body))
            for name, value in headers:
                if name.lower() == "content-length" and self.command == "HEAD":
                    length = value
                elif name.lower() not in (
                    *("content-length", "connection", "transfer-encoding", "server", "date"),
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            if cut:
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            elif self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _serve  # noqa: N815  named by http.server

    return Handler


def with_environment(server: ObjectServer) -> dict[str, str]:
    """The test's environment with the server's."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    return clean | server.environment
