"""Whether a form was sent by a page of ours, by what the browser says of it.

The second lock beside the token (OWASP, Cross-Site Request Forgery Prevention: "Verifying Origin
with Standard Headers"). A page cannot write these headers, whatever it sends.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_from_another_site(headers: Headers, public_url: str = "") -> bool:
    """Whether the browser says that a page of another host sent this.

    `Sec-Fetch-Site` (Fetch Metadata) is asked first: the browser itself compared, so a proxy that
    asks us under another name is in nobody's way. Plain HTTP has none of it (a browser tells it
    to trustworthy addresses only); then `Origin` must be one of the names we are asked for by:
    `Host`, what a proxy had before it (`X-Forwarded-Host`), `public_url`. Where there is neither,
    it is no browser's form, and the token alone decides.
    """
    site = headers.get("sec-fetch-site", "")
    if site in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin", "")
    if not origin or site == "same-origin":
        return False
    sender = _host_and_port(origin)
    return not any(_is_same(sender, ours) for ours in _ours(headers, public_url))


def _ours(headers: Headers, public_url: str) -> Iterator[tuple[str, int | None]]:
    yield _host_and_port(f"//{headers.get('host', '')}")
    for one in headers.get("x-forwarded-host", "").split(","):
        yield _host_and_port(f"//{one.strip()}")
    yield _host_and_port(public_url)


def _host_and_port(address: str) -> tuple[str, int | None]:
    """("", None) for what is no address, such as the origin `null` of a frame without one."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "", None
    return parts.hostname or "", port


def _is_same(sender: tuple[str, int | None], ours: tuple[str, int | None]) -> bool:
    """A proxy may name us without our port (nginx's `$host`)."""
    return bool(sender[0]) and sender[0] == ours[0] and (ours[1] is None or sender[1] == ours[1])
