"""The console on its port: `mailbot console`, or a thread of `mailbot run`."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock, SystemClock
from mailbot.console.app import create_app
from mailbot.console.patience import PatientProtocol
from mailbot.deciding.accounts import offer_first
from mailbot.errors import TemporaryFault
from mailbot.ledger.store import open_ledger
from mailbot.settings.section import is_loopback
from mailbot.settings.types import Settings
from mailbot.settings.watching import ConsoleSection

log = logging.getLogger(__name__)

# Connections, and requests in hand; more are told 503. Those that only wait for their client are
# never so many (`patience.WAITING`), so that slow ones shut nobody out. What they began before they
# were cut off is in hand for a moment longer (a session looked up in a thread): room for a burst.
_AT_ONCE = 400
_IDLE_SECONDS = 20


def make_server(
    settings: Settings, campaign: Campaign, clock: Clock | None = None
) -> uvicorn.Server:
    """The server, ready to run; nothing listens yet."""
    return serving(create_app(settings, campaign, clock or SystemClock()), settings.console)


def serving(app: ASGIApp, section: ConsoleSection) -> uvicorn.Server:
    """A server of this app at the address of `[console]`."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            host=section.host,
            port=section.port,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=32 * 1024,
        )
    )


def warning_of(settings: Settings) -> str:
    """What an operator has to know of the address that is listened on; "" for loopback."""
    return warning_at(settings.console)


def warning_at(section: ConsoleSection) -> str:
    """The same of a section alone."""
    host = section.host
    if is_loopback(host) or section.public_url.startswith("https://"):
        return ""
    return (
        f"the console listens on {host} without TLS: passwords and submissions cross the net in"
        " clear; put Caddy or nginx before it (deploy/README.md, Console)"
    )


def first_address(settings: Settings, clock: Clock) -> str:
    """Where the first admin names himself, once and within the hour; "" where there is one."""
    with open_ledger(settings.paths.data, beside=True) as ledger, ledger.transaction():
        word = offer_first(ledger, clock.now())
    return f"{address_of(settings)}/first/{word}" if word else ""


def address_of(settings: Settings) -> str:
    """How browsers reach the console."""
    return settings.console.address


@contextmanager
def in_a_thread(server: uvicorn.Server) -> Iterator[None]:
    """Serve while the block runs. Signals stay with the caller. What the console fails of is
    logged: mail goes on without it."""

    def serve() -> None:
        try:
            server.run()
        except (Exception, SystemExit):  # uvicorn ends by sys.exit where the port is taken
            log.exception("the console ended; mail goes on without it")

    thread = threading.Thread(target=serve, name="console", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def serve(settings: Settings, campaign: Campaign, clock: Clock | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C. TemporaryFault `port` where the port is taken."""
    _run(make_server(settings, campaign, clock), settings.console)


def serve_app(app: ASGIApp, section: ConsoleSection) -> None:
    """Serve this app in the console's place, likewise."""
    _run(serving(app, section), section)


def _run(server: uvicorn.Server, section: ConsoleSection) -> None:
    try:
        server.run()
    except SystemExit as end:
        where = f"{section.host}:{section.port}"
        raise TemporaryFault("port", f"cannot listen on {where}") from end
