"""The page of metrics, on loopback, beside the jobs of `mailbot run`."""

import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.registry import Collector

from mailbot.clock import Clock
from mailbot.doctor.servers import certificate_ends
from mailbot.errors import TemporaryFault
from mailbot.monitoring.collector import OfficeCollector
from mailbot.monitoring.fleet import FleetCollector
from mailbot.settings.types import Settings

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
_CERTIFICATES_EVERY_S = 6 * 3600


class Certificates:
    """When the servers' certificates end, asked in the background: nobody's page waits for it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ends: dict[str, float] = {}

    def known(self) -> dict[str, float]:
        """What was found so far."""
        return dict(self._ends)

    def ask(self) -> None:
        """Ask both servers once; one that does not answer keeps what is known of it."""
        for kind, server in (("imap", self._settings.imap), ("smtp", self._settings.smtp)):
            if server is None or server.security == "none":
                continue
            try:
                context = ssl.create_default_context(cafile=server.ca_file or None)
                self._ends[kind] = certificate_ends(kind, server, context).timestamp()
            except Exception as error:  # noqa: BLE001 - a server may say anything
                log.warning("metrics: the certificate of %s is not known: %s", kind, error)

    def ask_on(self, stop: threading.Event) -> None:
        """Ask now and every six hours, until `stop`."""
        self.ask()
        while not stop.wait(_CERTIFICATES_EVERY_S):
            self.ask()


@contextmanager
def served(settings: Settings, clock: Clock) -> Iterator[int]:
    """The metrics of this office at http://127.0.0.1:PORT/metrics; the port.

    TemporaryFault where another program has the port.
    """
    certificates, stop = Certificates(settings), threading.Event()
    threading.Thread(target=certificates.ask_on, args=(stop,), daemon=True).start()
    try:
        with _page(OfficeCollector(settings, clock, certificates.known), settings) as port:
            yield port
    finally:
        stop.set()


@contextmanager
def fleet_served(
    offices: Callable[[], Mapping[str, Settings]], settings: Settings, clock: Clock
) -> Iterator[int]:
    """The metrics of all offices that are open, each with a label `office`, on the port of these
    settings. TemporaryFault where another program has the port."""
    with _page(FleetCollector(offices, clock), settings) as port:
        yield port


@contextmanager
def _page(collector: Collector, settings: Settings) -> Iterator[int]:
    registry = CollectorRegistry()
    registry.register(collector)
    ProcessCollector(registry=registry)
    try:
        server, thread = start_http_server(settings.metrics.port, addr=HOST, registry=registry)
    except OSError as error:
        text = f"metrics: {HOST}:{settings.metrics.port}: {error.strerror}; see [metrics] port"
        raise TemporaryFault("metrics", text) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
