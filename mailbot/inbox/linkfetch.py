"""Fetching announced cloud attachments, where the office allows hosts (off by default).

The address stands in a stranger's mail, so it is treated as an attack until it is proven dull:
https and port 443 only, a host of the allow-list at every step, and a connection to the very
address that was found public (a name that is resolved twice can answer differently: DNS
rebinding). TLS is verified against the name. Proxies of the environment are not used.
"""

import http.client
import ipaddress
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from urllib.parse import unquote, urljoin, urlsplit

from mailbot.errors import MailbotError, PermanentFault, TemporaryFault
from mailbot.inbox.blobs import BlobStore
from mailbot.inbox.names import extension_of, safe_name
from mailbot.model import Blob, CloudLink

log = logging.getLogger(__name__)

Resolve = Callable[[str], Sequence[str]]
Connect = Callable[[str, float], socket.socket]

_PORT = 443
_CHUNK = 256 << 10
_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {408, 425, 429}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# How pages begin: declarations and comments, then a tag that no file format starts with.
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
_TUNNELS = tuple(
    ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "::/96")
)  # 6to4, Teredo, NAT64, IPv4-compatible: they lead on to an IPv4 address that is not asked


class FetchRefused(PermanentFault):
    """What the link leads to is not taken; the code says which border it met."""


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
    left: list[CloudLink] = []
    for link in links:
        if not _is_allowed(_host_of(link.url), hosts):
            left.append(link)
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
        except MailbotError as error:
            log.warning("link %s stays announced (%s): %s", link.url, error.code, error)
            left.append(link)
        else:
            came.append(fetched)
    return came, left


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
            host, target = _checked(url, hosts)
            address = _public_address(host, resolve or _resolve, ends)
            with _exchange(
                host, target, address, ends, connect or _connect, context or _tls_context()
            ) as response:
                onward = _redirect(response)
                if onward is None:
                    blob, head = _store(response, max_bytes, ends, blobs)
                    return Fetched(blob, _name_of(link, url, response, head))
            url = urljoin(url, onward)
    except ssl.SSLCertVerificationError as error:
        raise FetchRefused("link_tls", f"{urlsplit(url).hostname}: {error.verify_message}") from None
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= ends:
            raise TemporaryFault("link_timeout", f"not here within {timeout_s:g} s") from None
        raise TemporaryFault("link_network", f"{type(error).__name__}: {error}") from None
    raise FetchRefused("link_redirects", f"more than {max_redirects} redirects")


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_allowed(host: str, hosts: Collection[str]) -> bool:
    return any(
        host == each or (each.startswith(".") and host.endswith(each) and host != each)
        for each in (one.lower() for one in hosts)
    )


def _checked(url: str, hosts: Collection[str]) -> tuple[str, str]:
    """Host and request target of an address that may be asked."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise FetchRefused("link_address", str(error)) from None
    if parts.scheme.lower() != "https":
        raise FetchRefused("link_scheme", f"{parts.scheme or 'no scheme'} is not https")
    # user@host is how an address is made to look like another's; no provider needs it.
    if "@" in parts.netloc or "\\" in url or not _HOST.fullmatch(host.strip("[]").replace(":", "a")):
        raise FetchRefused("link_address", f"unusual address {url[:200]!r}")
    if port not in (None, _PORT):
        raise FetchRefused("link_port", f"port {port}")
    if not _is_allowed(host, hosts):
        raise FetchRefused("link_host", f"{host} is not an allowed host")
    target = parts.path or "/"
    target = f"{target}?{parts.query}" if parts.query else target
    if not target.isascii() or not target.isprintable() or " " in target:
        raise FetchRefused("link_address", "characters that do not belong into an address")
    return host, target


def _resolve(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def _public_address(host: str, resolve: Resolve, ends: float) -> str:
    """The first address of the host; refused when any of them is not public."""
    addresses = _within(lambda: resolve(host), ends)
    if not addresses:
        raise TemporaryFault("link_network", f"{host} has no address")
    for address in addresses:
        if not is_public(address):
            raise FetchRefused("link_private", f"{host} leads to {address}")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet at large: not private, loopback, link-local,
    shared, multicast, reserved, unspecified, and no tunnel to such a one (RFC 6890)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local or ip.scope_id or any(ip in tunnel for tunnel in _TUNNELS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _within(ask: Callable[[], Sequence[str]], ends: float) -> Sequence[str]:
    """The answer, if it comes in time: the system's resolver knows no time limit of ours."""
    answers: SimpleQueue[Sequence[str] | OSError | UnicodeError] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=run, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=max(0.0, ends - time.monotonic()))
    except Empty:
        raise TemporaryFault("link_timeout", "the name was not resolved in time") from None
    if isinstance(answer, BaseException):
        raise TemporaryFault("link_network", str(answer))
    return answer


def _connect(address: str, timeout_s: float) -> socket.socket:
    return socket.create_connection((address, _PORT), timeout_s)


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
    with connect(address, _left(ends)) as plain:
        plain.settimeout(_left(ends))
        secured = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    # A server that sends an octet now and then keeps every single read alive: only closing the
    # connection from outside ends the whole in time.
    guard = threading.Timer(_left(ends), _cut_off, (secured,))
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
        yield connection.getresponse()
    finally:
        guard.cancel()
        connection.close()
        secured.close()


def _cut_off(secured: ssl.SSLSocket) -> None:
    try:
        # Not SSLSocket's own shutdown: it takes the TLS object away from under the reader.
        socket.socket.shutdown(secured, socket.SHUT_RDWR)
    except OSError:
        pass  # closed already


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TemporaryFault("link_timeout", "time is over")
    return left


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
            _left(ends)
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


def _name_of(
    link: CloudLink, url: str, response: http.client.HTTPResponse, head: bytes
) -> str:
    said = response.headers.get_filename("")  # unfolds and decodes RFC 2231
    for raw in (link.name or "", said, unquote(urlsplit(url).path.rpartition("/")[2])):
        name = safe_name(raw)
        if "." in name or (name and raw == link.name):
            return name
    return f"链接文件{extension_of(head, '')}"
