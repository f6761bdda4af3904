"""How settings become the parts of an office: mailbox, way out, worker processes, ledger.

What only some commands need is imported where it is opened: `status` starts no reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from mailbot.campaign.compiled import compiled_campaign
from mailbot.campaign.shipped import shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.inspection.workers.later import LaterPool
from mailbot.ledger.store import open_ledger
from mailbot.objects import use_store
from mailbot.settings.types import Settings

_MANY = 1000  # dask bounds what is with it by itself, by octets

if TYPE_CHECKING:
    from mailbot.inbox.mailboxes.imap_sharing import SharedSessions
    from mailbot.inbox.mailboxes.protocol import Mailbox
    from mailbot.inspection.workers.confines import Confines
    from mailbot.inspection.workers.pool import InspectionPool, Pool
    from mailbot.outbox.delivery.account import AccountShare
    from mailbot.outbox.delivery.transport import SmtpTransport, Transport
    from mailbot.workflow.tick import Office


def open_campaign(settings: Settings) -> Campaign:
    """The rules that the settings name, with the units that were added by command."""
    data = settings.paths.data
    campaign = compiled_campaign(settings.campaign.rules or shipped_rules(), data)
    if not (data / "ledger.db").is_file():
        return campaign
    with open_ledger(data, writable=False) as ledger:
        return campaign_in_force(ledger, campaign)


def open_pool(many: Iterable[Settings]) -> tuple[Pool, int]:
    """The inspection of `[inspection]` and `[limits]`, and how many files it works on at
    once; the caller closes it. Of several offices' settings: as many processes, as much time and
    memory as the most generous, and the first executor that is not the local one. The processes
    are started when the first file comes to them.
    """
    asked = list(many)
    confines = _confines(asked)
    processes = max((settings.processes for settings in asked), default=2)
    away = next((one for one in asked if one.inspection.executor == "dask"), None)
    if away is None:
        return LaterPool(lambda: _local_pool(processes, confines)), processes
    from mailbot.inspection.workers.dask_link import Away
    from mailbot.inspection.workers.dask_pool import DaskPool

    inspection = away.inspection
    pool = DaskPool(
        Away(
            inspection.scheduler,
            str(inspection.ca_file or ""),
            str(inspection.cert_file or ""),
            str(inspection.key_file or ""),
            inspection.in_flight_bytes,
        ),
        confines,
        local=(lambda: _local_pool(processes, confines)) if inspection.fall_back else None,
    )
    return pool, _MANY


def _confines(asked: list[Settings]) -> Confines:
    from mailbot.inspection.workers.confines import Confines

    limits = [settings.limits for settings in asked]
    largest = (max(one.archive_member_bytes, one.message_bytes) for one in limits)
    return Confines(
        timeout_s=max((one.inspection_seconds for one in limits), default=120),
        memory_bytes=max((one.inspection_bytes for one in limits), default=2 * 1024**3),
        file_bytes=max(largest, default=1024**3) + 1024**2,
    )


def _local_pool(processes: int, confines: Confines) -> InspectionPool:
    from mailbot.inspection.workers.pool import InspectionPool

    return InspectionPool(
        processes,
        confines.timeout_s,
        confines.memory_bytes,
        file_bytes=confines.file_bytes,
    )


@contextmanager
def open_office(
    settings: Settings,
    campaign: Campaign,
    pool: Pool,
    clock: Clock,
    *,
    mailbox: Mailbox | None = None,
    transport: Transport | None = None,
    account: AccountShare | None = None,
) -> Iterator[Office]:
    """Everything `tick` and `run` need, opened and closed; the pool is the caller's.

    A mailbox and a way out that are given (those of an account that several offices share) are
    taken in place of the settings' own, and closed as well.
    """
    from mailbot.workflow.tick import Office

    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(settings.paths.data))
        use_store(settings.paths.data / "files", settings.paths.files)
        mailbox = mailbox or open_mailbox(settings)
        stack.callback(mailbox.close)
        transport = transport or open_transport(settings)
        if transport is not None:
            stack.callback(transport.close)
        yield Office(
            settings=settings,
            campaign=campaign,
            ledger=ledger,
            mailbox=mailbox,
            pool=pool,
            transport=transport,
            clock=clock,
            account=account,
        )


def open_mailbox(settings: Settings, shared: SharedSessions | None = None) -> Mailbox:
    """The mailbox of `[imap]` or `[maildir]`; nothing is connected yet. Mailboxes of one account
    that are opened with the same `shared` have one connection together."""
    if settings.maildir is not None:
        from mailbot.inbox.mailboxes.maildir import open_maildir

        return open_maildir(settings.maildir.path)
    from mailbot.inbox.mailboxes.imap import open_imap

    imap = settings.imap
    assert imap is not None  # load_settings: exactly one of the two
    return open_imap(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        ca_file=str(imap.ca_file or ""),
        username=imap.username,
        password=imap.password.get_secret_value(),
        folder=imap.folder,
        extra_folders=imap.extra_folders,
        allow_cleartext=imap.allow_cleartext,
        shared=shared,
    )


def open_transport(settings: Settings) -> SmtpTransport | None:
    """The way out, or None where `[smtp]` is not set."""
    smtp = settings.smtp
    if smtp is None:
        return None
    from mailbot.outbox.delivery.transport import SmtpTransport

    return SmtpTransport(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        null_return_path=smtp.null_return_path,
    )
