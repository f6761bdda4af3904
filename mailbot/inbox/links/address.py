"""Which addresses in a stranger's mail may be asked at all: allow-listed names, public hosts."""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Sequence
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

from mailbot.errors import PermanentFault, TemporaryFault

Resolve = Callable[[str], Sequence[str]]

PORT = 443
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# In the registries of special-purpose addresses, and unknown to Python 3.11 or called global there.
_SPECIAL = tuple(
    ipaddress.ip_network(net)
    for net in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16", "64:ff9b:1::/48")
)
_TUNNELS = tuple(
    ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "::/96")
)  # 6to4, Teredo, NAT64, IPv4-compatible: they lead on to an IPv4 address that is not asked


class FetchRefused(PermanentFault):
    """What the link leads to is not taken; the code says which border it met."""


def host_of(url: str) -> str:
    """The host of an address, lower case; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_allowed(host: str, hosts: Collection[str]) -> bool:
    """Whether the list names the host; `.name` names every host below it."""
    return any(
        host == each or (each.startswith(".") and host.endswith(each) and host != each)
        for each in (one.lower() for one in hosts)
    )


def checked_address(url: str, hosts: Collection[str]) -> tuple[str, str]:
    """Host and request target of an address that may be asked; else FetchRefused."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise FetchRefused("link_address", str(error)) from None
    if parts.scheme.lower() != "https":
        raise FetchRefused("link_scheme", f"{parts.scheme or 'no scheme'} is not https")
    # user@host is how an address is made to look like another's; no provider needs it.
    if "@" in parts.netloc or "\\" in url or not _HOST.fullmatch(host):
        raise FetchRefused("link_address", f"unusual address {url[:200]!r}")
    if port not in (None, PORT):
        raise FetchRefused("link_port", f"port {port}")
    if not is_allowed(host, hosts):
        raise FetchRefused("link_host", f"{host} is not an allowed host")
    target = parts.path or "/"
    target = f"{target}?{parts.query}" if parts.query else target
    if not target.isascii() or not target.isprintable() or " " in target:
        raise FetchRefused("link_address", "characters that do not belong into an address")
    return host, target


def ask_system(host: str) -> Sequence[str]:
    """The addresses the system's resolver knows, in its order; may block for long."""
    found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def public_address(host: str, resolve: Resolve, ends: float) -> str:
    """The first address of the host; FetchRefused when any of them is not public.

    TemporaryFault when there is none, or none by `ends` (of the monotonic clock).
    """
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
    if any(ip in net for net in _SPECIAL):
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


def left(ends: float) -> float:
    """Seconds until `ends`; TemporaryFault when there are none."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TemporaryFault("link_timeout", "time is over")
    return left
