"""Links are fetched from allowed public hosts only; every way round that is tried and refused."""

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from make.certificates import make_certificates
from make.media import photo

from mailbot.errors import TemporaryFault
from mailbot.files import BlobStore
from mailbot.inbox.links.address import FetchRefused, is_public
from mailbot.inbox.links.fetch import Fetched, fetch_link, fetch_links
from mailbot.model import CloudLink

PUBLIC = "93.184.215.14"
PICTURE = photo(64, 48)
PAGES = {
    "/plain": b"<!DOCTYPE html><html><body>download</body></html>",
    "/comment": b"\xef\xbb\xbf\r\n <!-- x -->\n<HTML>",
    "/xhtml": b'<?xml version="1.0"?>\n<html xmlns="a">',
    "/comments": b"<!-- --> " * 400 + b"<html>",
    "/wide": "\ufeff<html>".encode("utf-16"),
    "/json": b'{"errcode": -1, "msg": "expired"}',
}
FILES = {
    "/files/a.xml": b'<?xml version="1.0"?><Workbook/>',
    "/files/b": b"<!-- -->" * 400,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Provider"

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        name = self.path.partition("?")[0]
        if name.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.server.onward[name])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name == "/loop":
            self.send_response(307)
            self.send_header("Location", "/loop")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name.startswith("/status/"):
            self.send_response(int(name[8:]))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name == "/endless":
            self._start(None)
            for _ in range(1000):
                self.wfile.write(b"x" * 10_000)
        elif name == "/drip":
            self._drip(b"x")
        elif name == "/drip-header":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self._drip(b"y", start=False)
        elif name == "/short":
            self._start(len(PICTURE) + 100)
            self.wfile.write(PICTURE)
            self.close_connection = True
        elif name == "/gzip":
            self._start(3, ("Content-Encoding", "gzip"))
            self.wfile.write(b"abc")
        elif name == "/empty":
            self._start(0)
        else:
            body = (PAGES | FILES).get(name, PICTURE)
            self._start(len(body), ("Content-Disposition", 'attachment; filename="x.jpg"'))
            self.wfile.write(body)

    def _start(self, length: int | None, *more: tuple[str, str]) -> None:
        self.send_response(200)
        if length is None:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(length))
        for header in more:
            self.send_header(*header)
        self.end_headers()

    def _drip(self, octet: bytes, start: bool = True) -> None:
        if start:
            self._start(None)
        while not self.server.stopping.wait(0.05):
            self.wfile.write(octet)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Nothing: the test's own output stays readable."""


class _Provider(ThreadingHTTPServer):
    """A net disk on loopback that believes to be on the internet."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.asked: list[tuple[str, str]] = []
        self.onward: dict[str, str] = {}
        self.stopping = threading.Event()

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are what this file is about."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    try:
        make_certificates(folder)
    except FileNotFoundError as error:
        pytest.skip(str(error))
    return folder


@pytest.fixture
def provider(authority: Path) -> Iterator[_Provider]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem", authority / "server.key")
    server = _Provider(context)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.stopping.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Bench:
    """`fetch_link` with a resolver and a network of the test's own; notes what is connected to."""

    def __init__(self, provider: _Provider, authority: Path, folder: Path) -> None:
        self.provider = provider
        self.folder = folder
        self.blobs = BlobStore(folder)
        self.context = ssl.create_default_context(cafile=authority / "ca.pem")
        self.answers: dict[str, list[list[str]]] = {}
        self.connected: list[str] = []

    def resolve(self, host: str) -> list[str]:
        answers = self.answers.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, timeout_s: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.provider.server_port), timeout_s)

    def __call__(self, url: str, name: str | None = "视频.mp4", **changes: Any) -> Fetched:
        if url.startswith("/"):
            url = f"https://localhost{url}"
        options: dict[str, Any] = {
            "hosts": ("localhost",),
            "max_bytes": 100_000,
            "timeout_s": 20.0,
            "max_redirects": 3,
            "blobs": self.blobs,
            "resolve": self.resolve,
            "connect": self.connect,
            "context": self.context,
        }
        return fetch_link(CloudLink("qq", url, name), **{**options, **changes})

    def refusal(self, url: str, **changes: Any) -> str:
        with pytest.raises((FetchRefused, TemporaryFault)) as caught:
            self(url, **changes)
        assert [path for path in self.folder.rglob("*") if path.is_file()] == []
        return caught.value.code


@pytest.fixture
def bench(provider: _Provider, authority: Path, tmp_path: Path) -> Bench:
    return Bench(provider, authority, tmp_path / "files")


def test_a_file_comes_whole_and_is_named_as_announced(bench: Bench) -> None:
    fetched = bench("/ftn/download?key=1&code=a%20b")
    assert fetched.name == "视频.mp4"
    assert Path(fetched.blob.path).read_bytes() == PICTURE
    assert bench.provider.asked == [("localhost", "/ftn/download?key=1&code=a%20b")]
    assert bench.connected == [PUBLIC]


@pytest.mark.parametrize(
    ("announced", "path", "name"),
    [(None, "/a", "x.jpg"), ("../../etc/视频.mp4", "/a", "视频.mp4"), ("", "/short.jpg", "x.jpg")],
)
def test_a_file_without_an_announced_name_has_the_providers(
    bench: Bench, announced: str | None, path: str, name: str
) -> None:
    assert bench(path, announced).name == name


@pytest.mark.parametrize("path", PAGES)
def test_a_landing_page_is_refused_and_not_stored(bench: Bench, path: str) -> None:
    assert bench.refusal(path) == "link_page"


def test_markup_that_is_no_page_is_a_file(bench: Bench) -> None:
    assert bench("/files/a.xml").blob.size == len(FILES["/files/a.xml"])
    assert bench("/files/b").blob.size == len(FILES["/files/b"])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://localhost/a", "link_scheme"),
        ("ftp://localhost/a", "link_scheme"),
        ("file:///etc/passwd", "link_scheme"),
        ("localhost/a", "link_scheme"),
        ("https://localhost:8443/a", "link_port"),
        ("https://localhost:99999/a", "link_address"),
        ("https://localhost@evil.example/a", "link_address"),
        ("https://localhost:443@evil.example/a", "link_address"),
        ("https://user:password@localhost/a", "link_address"),
        ("https://evil.example\\@localhost/a", "link_address"),
        ("https://localhost\\.evil.example/a", "link_address"),
        ("https://evil.example/localhost", "link_host"),
        ("https://evil.example#@localhost/", "link_host"),
        ("https://evil.example?@localhost/", "link_host"),
        ("https://localhost.evil.example/a", "link_host"),
        ("https://notlocalhost/a", "link_host"),
        ("https://ｌｏｃａｌｈｏｓｔ/a", "link_address"),
        ("https://127.0.0.1/a", "link_host"),
        ("https://2130706433/a", "link_host"),
        ("https://[::1]/a", "link_address"),
        ("https:///a", "link_address"),
        ("https://localhost/a b", "link_address"),
        ("https://localhost/a?甲", "link_address"),
    ],
)
def test_an_address_that_is_not_plain_is_refused_before_any_connection(
    bench: Bench, url: str, code: str
) -> None:
    assert bench.refusal(url) == code
    assert bench.connected == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::10.0.0.1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378::", "2001:db8::1", "192.0.0.8",
        "192.88.99.1", "3fff::1", "64:ff9b:1::a00:1", "no address",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(bench: Bench, address: str) -> None:
    assert not is_public(address)
    bench.answers["localhost"] = [[address]]
    assert bench.refusal("/a") == "link_private"
    assert bench.connected == []


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_a_literal_address_is_asked_too_even_where_it_is_allowed(bench: Bench) -> None:
    bench.answers["127.0.0.1"] = [["127.0.0.1"]]
    assert bench.refusal("https://127.0.0.1/a", hosts=("127.0.0.1",)) == "link_private"


def test_one_private_address_among_public_ones_is_enough_to_refuse(bench: Bench) -> None:
    bench.answers["localhost"] = [[PUBLIC, "10.0.0.1"]]
    assert bench.refusal("/a") == "link_private"


def test_the_connection_goes_to_the_very_address_that_was_found_public(bench: Bench) -> None:
    """DNS rebinding: whoever asks a second time is told a private address."""
    bench.answers["localhost"] = [[PUBLIC], ["127.0.0.1"]]
    bench("/a")
    assert bench.connected == [PUBLIC]


def test_a_redirect_is_resolved_and_asked_anew(bench: Bench) -> None:
    bench.provider.onward["/to/next"] = "/a"
    bench.answers["localhost"] = [[PUBLIC], ["127.0.0.1"]]
    assert bench.refusal("/to/next") == "link_private"
    assert bench.connected == [PUBLIC]


@pytest.mark.parametrize(
    ("onward", "code"),
    [
        ("http://localhost/a", "link_scheme"),
        ("https://169.254.169.254/latest/meta-data/", "link_host"),
        ("https://evil.example/a", "link_host"),
        ("//evil.example/a", "link_host"),
        ("https://localhost@evil.example/a", "link_address"),
        ("https://localhost:22/", "link_port"),
        ("file:///etc/passwd", "link_scheme"),
        ("https://inside.allowed.example/", "link_private"),
    ],
)
def test_a_redirect_may_lead_only_where_a_link_may(bench: Bench, onward: str, code: str) -> None:
    bench.provider.onward["/to/x"] = onward
    bench.answers["inside.allowed.example"] = [["192.168.0.10"]]
    assert bench.refusal("/to/x", hosts=("localhost", ".allowed.example")) == code
    assert bench.connected == [PUBLIC]


def test_redirects_within_the_allowed_host_are_followed(bench: Bench) -> None:
    bench.provider.onward |= {"/to/1": "to/2", "/to/to/2": "https://LOCALHOST:443/a#part"}
    assert bench("/to/1").blob.size == len(PICTURE)
    assert bench.connected == [PUBLIC] * 3


def test_redirects_are_counted(bench: Bench) -> None:
    assert bench.refusal("/loop") == "link_redirects"
    assert len(bench.connected) == 4


def test_a_leading_dot_allows_the_hosts_below_and_nothing_else(bench: Bench) -> None:
    bench.answers["a.qq.com"] = [["10.0.0.1"]]  # past the list, stopped by the address
    assert bench.refusal("https://a.qq.com/", hosts=(".qq.com",)) == "link_private"
    for host in ("qq.com", "evilqq.com", ".qq.com", "a.qq.com.evil.example"):
        code = bench.refusal(f"https://{host}/", hosts=(".qq.com",))
        assert code in ("link_host", "link_address")
    assert bench.refusal("https://a.qq.com/", hosts=("qq.com",)) == "link_host"


def test_a_certificate_for_another_name_is_refused(bench: Bench) -> None:
    assert bench.refusal("https://other.example/a", hosts=("other.example",)) == "link_tls"
    assert bench.provider.asked == []


def test_a_certificate_nobody_vouches_for_is_refused(bench: Bench) -> None:
    assert bench.refusal("/a", context=ssl.create_default_context()) == "link_tls"


def test_more_octets_than_allowed_are_refused_announced_or_not(bench: Bench) -> None:
    assert bench.refusal("/a", max_bytes=len(PICTURE) - 1) == "link_size"
    assert bench.refusal("/endless", max_bytes=50_000) == "link_size"
    assert bench("/a", max_bytes=len(PICTURE)).blob.size == len(PICTURE)


@pytest.mark.parametrize("path", ["/drip", "/drip-header"])
def test_a_server_that_drips_is_cut_off(bench: Bench, path: str) -> None:
    assert bench.refusal(path, timeout_s=0.7) == "link_timeout"


def test_a_server_that_never_speaks_tls_is_cut_off(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def connect(address: str, timeout_s: float) -> socket.socket:
            return socket.create_connection(silent.getsockname()[:2], timeout_s)

        assert bench.refusal("/a", connect=connect, timeout_s=0.5) == "link_timeout"


def test_a_resolver_that_hangs_is_not_waited_for(bench: Bench) -> None:
    freed = threading.Event()

    def resolve(host: str) -> list[str]:
        freed.wait(30)
        return [PUBLIC]

    assert bench.refusal("/a", resolve=resolve, timeout_s=0.2) == "link_timeout"
    freed.set()


def test_a_name_that_is_unknown_or_empty_can_be_tried_again(bench: Bench) -> None:
    def resolve(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert bench.refusal("/a", resolve=resolve) == "link_network"
    bench.answers["localhost"] = [[]]
    assert bench.refusal("/a") == "link_network"


@pytest.mark.parametrize(
    ("path", "code", "temporary"),
    [
        ("/status/404", "link_answer", False),
        ("/status/206", "link_answer", False),
        ("/status/302", "link_answer", False),
        ("/status/503", "link_answer", True),
        ("/status/429", "link_answer", True),
        ("/gzip", "link_answer", False),
        ("/empty", "link_empty", False),
        ("/short", "link_network", True),
    ],
)
def test_an_answer_that_is_no_whole_file_is_not_kept(
    bench: Bench, path: str, code: str, temporary: bool
) -> None:
    with pytest.raises((FetchRefused, TemporaryFault)) as caught:
        bench(path)
    assert (caught.value.code, caught.value.temporary) == (code, temporary)
    assert bench.refusal(path) == code


def _scripted(*failing: str) -> Callable[..., Fetched]:
    def fetch(link: CloudLink, *, blobs: BlobStore, timeout_s: float, **_: Any) -> Fetched:
        if link.url in failing:
            raise RuntimeError("anything at all")
        if timeout_s <= 0:
            raise TemporaryFault("link_timeout", "time is over")
        time.sleep(0.2)
        return Fetched(blobs.put(link.url.encode()), link.name or "x")

    return fetch


def _links(*urls: str) -> list[CloudLink]:
    return [CloudLink("qq", f"https://{url}", f"{url}.mp4") for url in urls]


def _all(links: list[CloudLink], folder: Path, timeout_s: float, *failing: str) -> Any:
    return fetch_links(
        links,
        hosts=("a.example", "b.example"),
        max_bytes=1000,
        timeout_s=timeout_s,
        max_redirects=0,
        blobs=BlobStore(folder),
        fetch=_scripted(*failing),
    )


def test_links_of_other_hosts_and_failed_ones_stay_announced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    links = _links("a.example", "c.example", "b.example")
    with caplog.at_level(logging.WARNING):
        came, left = _all(links, tmp_path, 60, "https://b.example")
    assert [one.name for one in came] == ["a.example.mp4"]
    assert left == links[1:]
    assert [record.message for record in caplog.records] == [
        "link https://b.example stays announced (RuntimeError): anything at all"
    ]


def test_the_time_is_one_for_all_links_of_a_mail(tmp_path: Path) -> None:
    came, left = _all(_links("a.example", "b.example"), tmp_path, 0.1)
    assert ([one.name for one in came], [one.name for one in left]) == (
        ["a.example.mp4"],
        ["b.example.mp4"],
    )
