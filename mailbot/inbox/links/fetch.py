"""Fetching announced cloud attachments, where the office allows hosts (off by default).

The address stands in a stranger's mail, so it is treated as an attack until it is proven dull:
https and port 443 only, a host of the allow-list at every step, and a connection to the very
address that was found public (a name that is resolved twice can answer differently: DNS
rebinding). TLS is verified against the name. Proxies of the environment are not used.
"""

import http.client
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from mailbot.errors import TemporaryFault
from mailbot.files import BlobStore
from mailbot.formats.names import extension_of, safe_name
from mailbot.inbox.links.address import (
    PORT,
    FetchRefused,
    Resolve,
    ask_system,
    checked_address,
    host_of,
    is_allowed,
    left,
    public_address,
)
from mailbot.model import Blob, CloudLink

log = logging.getLogger(__name__)

Connect = Callable[[str, float], socket.socket]

_CHUNK = 256 << 10
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429}
# How pages begin: declarations and comments, then a tag that no file format starts with. Atomic:
# otherwise a page of many comments can be divided in 2ⁿ ways, and all would be tried.
_PAGE = re.compile(
    rb"\s*+(?>(?:<\?xml[^>]*+>|<!--.*?-->)\s*+)*+"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came by a link, at rest, and the name it goes by."""

    blob: Blob
    name: str


def fetch_links(
    links: Sequence[CloudLink],
    *,
    hosts: Collection[str],
    max_bytes: int,
    timeout_s: float,
    max_redirects: int,
    blobs: BlobStore,
    fetch: Callable[..., Fetched] | None = None,
) -> tuple[list[Fetched], list[CloudLink]]:
    """All links of one mail within `timeout_s` together: what came, and the links left announced.

    Nothing a link does raises; why one was left is logged. A host not in `hosts` is left silently.
    """
    ends = time.monotonic() + timeout_s
    came: list[Fetched] = []
    announced: list[CloudLink] = []
    for link in links:
        if not is_allowed(host_of(link.url), hosts):
            announced.append(link)
            continue
        try:
            fetched = (fetch or fetch_link)(
                link,
                hosts=hosts,
                max_bytes=max_bytes,
                timeout_s=ends - time.monotonic(),
                max_redirects=max_redirects,
                blobs=blobs,
            )
        except Exception as error:  # noqa: BLE001 - an arrival must not fail for a link in it
            code = getattr(error, "code", type(error).__name__)
            log.warning("link %s stays announced (%s): %s", link.url[:200], code, error)
            announced.append(link)
        else:
            came.append(fetched)
    return came, announced


def fetch_link(
    link: CloudLink,
    *,
    hosts: Collection[str],
    max_bytes: int,
    timeout_s: float,
    max_redirects: int,
    blobs: BlobStore,
    resolve: Resolve | None = None,
    connect: Connect | None = None,
    context: ssl.SSLContext | None = None,
) -> Fetched:
    """The file behind a link, stored, at most `max_bytes` octets, in at most `timeout_s` seconds.

    `hosts` are names, or `.name` for every host below it; each redirect's host must be among them
    too. Raises FetchRefused (an address, answer or size that is not taken: trying again is of no
    use) or TemporaryFault (network, server busy, time over, disk). Nothing is kept of a failure.
    """
    ends = time.monotonic() + timeout_s
    url = link.url
    try:
        for _ in range(max_redirects + 1):
            host, target = checked_address(url, hosts)
            address = public_address(host, resolve or ask_system, ends)
            with _exchange(
                host, target, address, ends, connect or _connect, context or _tls_context()
            ) as response:
                onward = _redirect(response)
                if onward is None:
                    blob, head = _store(response, max_bytes, ends, blobs)
                    return Fetched(blob, _name_of(link, url, response, head))
            url = urljoin(url, onward)
    except ssl.SSLCertVerificationError as error:
        raise FetchRefused("link_tls", f"{host_of(url)}: {error.verify_message}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= ends:
            raise TemporaryFault("link_timeout", f"not here within {timeout_s:g} s") from None
        raise TemporaryFault("link_network", f"{type(error).__name__}: {error}") from None
    raise FetchRefused("link_redirects", f"more than {max_redirects} redirects")


def _connect(address: str, timeout_s: float) -> socket.socket:
    return socket.create_connection((address, PORT), timeout_s)


def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _exchange(
    host: str,
    target: str,
    address: str,
    ends: float,
    connect: Connect,
    context: ssl.SSLContext,
) -> Iterator[http.client.HTTPResponse]:
    """One request to `address`, verified as `host`; cut off at `ends` whatever the server does."""
    with connect(address, left(ends)) as plain:
        plain.settimeout(left(ends))
        secured = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    # A server that sends an octet now and then keeps every single read alive: only closing the
    # connection from outside ends the whole in time.
    guard = threading.Timer(left(ends), _cut_off, (secured,))
    guard.daemon = True
    guard.start()
    connection = http.client.HTTPSConnection(host, context=context)
    connection.sock = secured
    connection.auto_open = 0  # never a connection to another address than this one
    try:
        secured.do_handshake()
        connection.request(
            "GET", target, headers={"Accept-Encoding": "identity", "User-Agent": "mailbot"}
        )
        with connection.getresponse() as response:  # it holds the socket on its own account
            yield response
    finally:
        guard.cancel()
        connection.close()
        secured.close()


def _cut_off(secured: ssl.SSLSocket) -> None:
    with suppress(OSError):  # closed already
        # Not SSLSocket's own shutdown: it takes the TLS object away from under the reader.
        socket.socket.shutdown(secured, socket.SHUT_RDWR)


def _redirect(response: http.client.HTTPResponse) -> str | None:
    """Where the answer sends on to, None where it is the file itself."""
    if response.status in _REDIRECTS:
        onward = response.headers.get("Location", "")
        if not onward:
            raise FetchRefused("link_answer", f"HTTP {response.status} without Location")
        return onward
    if response.status >= 500 or response.status in _BUSY:
        raise TemporaryFault("link_answer", f"HTTP {response.status}")
    if response.status != http.HTTPStatus.OK:
        raise FetchRefused("link_answer", f"HTTP {response.status}")
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchRefused("link_answer", "compressed in transport")
    return None


def _store(
    response: http.client.HTTPResponse, max_bytes: int, ends: float, blobs: BlobStore
) -> tuple[Blob, bytes]:
    """The body as a blob, and its first octets. Sizes are counted, never believed."""
    if (response.length or 0) > max_bytes:
        raise FetchRefused("link_size", f"{response.length} octets announced")
    writer = blobs.writer()
    head = b""
    try:
        while chunk := response.read(_CHUNK if head else 4096):
            if not head:
                head = chunk
                if _is_page(head):
                    raise FetchRefused("link_page", "a web page, not a file")
            if writer.size + len(chunk) > max_bytes:
                raise FetchRefused("link_size", f"more than {max_bytes} octets")
            writer.write(chunk)
        left(ends)  # a connection cut off in the middle ends like one that is through
        if not head:
            raise FetchRefused("link_empty", "nothing came")
        if response.length:
            raise TemporaryFault("link_network", f"{response.length} octets are missing")
        return writer.finish(), head
    finally:
        writer.abort()


def _is_page(head: bytes) -> bool:
    """A landing page, or the JSON with which an interface says no; UTF-16 loses its zeros."""
    start = head.removeprefix(b"\xef\xbb\xbf").strip(b"\xff\xfe").replace(b"\0", b"")
    return bool(_PAGE.match(start)) or start.lstrip().startswith((b'{"', b"{'"))


def _name_of(link: CloudLink, url: str, response: http.client.HTTPResponse, head: bytes) -> str:
    said = response.headers.get_filename("")  # unfolds and decodes RFC 2231
    for raw in (link.name or "", said, unquote(urlsplit(url).path.rpartition("/")[2])):
        name = safe_name(raw)
        if "." in name or (name and raw == link.name):
            return name
    return f"链接文件{extension_of(head, '')}"
