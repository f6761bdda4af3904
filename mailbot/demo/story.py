"""Running the demo and telling what happens: who sent what, what was found, what was answered."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.text import Text

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.from_folder import mails_of_folder
from mailbot.demo.servers import PymapServer, ReplySink
from mailbot.demo.submissions import Submission, sample_submissions
from mailbot.errors import SettingsError
from mailbot.inbox.mailboxes.imap import open_imap
from mailbot.inspection.workers.pool import InspectionPool
from mailbot.ledger import arrivals
from mailbot.ledger.store import open_ledger
from mailbot.model import Judged, Severity, Slot, SlotVerdict
from mailbot.outbox.delivery.transport import SmtpTransport
from mailbot.report.board import read_board
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest
from mailbot.settings.sources import load_settings
from mailbot.settings.types import Settings
from mailbot.workflow.tick import Office

_SETTINGS = """\
# The settings this demo ran with. Its mail servers are gone; status, show and digest still work:
#   mailbot --config {folder}/mailbot.toml status
[imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{username}"
password = "{password}"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
from_address = "{mailbox}"
from_name = {issuer}

[office]
addresses = ["duty@example.test"]

[paths]
data = "var"

[campaign]
rules = {rules}
"""

_COLOURS = {"accepted": "green", "held": "yellow", "rejected": "red"}
_SIGNS = {"accepted": "✓", "held": "?", "rejected": "✗"}


def tell(keep: Path | None, console: Console | None = None, rules: Path | None = None) -> Path:
    """Run the demo, tell it on `console`, and return the folder it leaves.

    `rules`: a folder whose own mails are made; without one the shipped campaign's story is told.
    """
    out = console or Console(highlight=False, soft_wrap=True)
    chosen = (rules or shipped_rules()).resolve()
    campaign = load_campaign(chosen)
    mails = mails_of_folder(campaign) if rules else sample_submissions(campaign)
    folder = _fresh_folder(keep)
    with _own_environment(), PymapServer() as mailbox, ReplySink() as sink:
        out.rule("1  units write to the office")
        for mail in mails:
            mailbox.deliver(mail.raw, mail.arrived_at)
            out.print(Text(_line(mail, campaign)))
        settings_file = folder / "mailbot.toml"
        settings_file.write_text(
            _SETTINGS.format(
                folder=folder,
                imap_port=mailbox.port,
                smtp_port=sink.port,
                username=mailbox.username,
                password=mailbox.password,
                mailbox=campaign.mailbox,
                issuer=json.dumps(campaign.issuer, ensure_ascii=False),
                rules=json.dumps(str(chosen), ensure_ascii=False),
            ),
            encoding="utf-8",
        )
        settings = load_settings(settings_file)
        now = mails[-1].arrived_at + timedelta(minutes=30)
        out.rule("2  mailbot takes in, inspects, judges, answers (one tick)")
        with out.status("fetching and inspecting…"):
            _one_pass(settings, campaign, mailbox, sink, now)
        _tell_arrivals(out, settings)
        out.rule("3  what was answered")
        _keep_replies(out, sink, folder / "replies")
    out.rule("4  where every unit stands")
    digest = _tell_board(out, settings, campaign, now, folder)
    out.rule("where to look next")
    shown = campaign.units[0].unit if rules else "二七区"
    for path, what in (
        (digest, "the office's digest: open it in a browser"),
        (folder / "replies", "every reply as .eml: open one in a mail program"),
        (folder / "var" / "ledger.db", "the ledger (SQLite)"),
        (folder / "var" / "files", "every stored file, by its SHA-256"),
        (folder / "mailbot.toml", f"try: mailbot --config THIS show {shown}"),
    ):
        out.print(Text(f"{path}  {what}"))
    return folder


def _fresh_folder(keep: Path | None) -> Path:
    if keep is not None:
        if keep.is_dir() and any(keep.iterdir()):
            raise SettingsError(f"{keep} is not empty; the demo starts in a new folder")
        folder = keep
    else:
        names = (Path(f"mailbot-demo{f'-{n}' if n else ''}") for n in range(1000))
        folder = next(name for name in names if not name.exists())
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from None
    return folder.resolve()


@contextmanager
def _own_environment() -> Iterator[None]:
    """MAILBOT_* variables of a real office must not redirect the demo's mail."""
    hidden = {key: os.environ.pop(key) for key in list(os.environ) if key.startswith("MAILBOT_")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _one_pass(
    settings: Settings, campaign: Campaign, server: PymapServer, sink: ReplySink, now: datetime
) -> None:
    mailbox, transport = open_imap(**server.settings), SmtpTransport(sink.host, sink.port, "none")
    with open_ledger(settings.paths.data) as ledger, InspectionPool() as pool:
        office = Office(
            settings=settings,
            campaign=campaign,
            ledger=ledger,
            mailbox=mailbox,
            pool=pool,
            transport=transport,
            clock=FrozenClock(now),
        )
        try:
            office.tick()
        finally:
            mailbox.close()
            transport.close()


def _line(mail: Submission, campaign: Campaign) -> str:
    message = message_from_bytes(mail.raw, policy=policy.default)
    local = mail.arrived_at.astimezone(campaign.zone)
    return (
        f"{local:%m-%d %H:%M}  {message['From']!s:<26} {message['Subject']}"
        f"  [{len(mail.raw) // 1024} KiB]  {mail.about}"
    )


def _tell_arrivals(out: Console, settings: Settings) -> None:
    with open_ledger(settings.paths.data, writable=False) as ledger:
        rows = ledger.rows("SELECT * FROM arrivals ORDER BY arrived_at, id")
    for row in rows:
        summary = arrivals.summary_of(row)
        unit = summary.unit or "unit unknown"
        out.print(Text(f"#{summary.id} {unit}: {summary.subject}", style="bold"))
        for judged in summary.files:
            _tell_file(out, judged, 1)
        for link in summary.links:
            out.print(Text(f"  ~ link   {link.name} until {link.expires} (announced)", "yellow"))
        if summary.no_answer_reason:
            out.print(Text(f"  no answer: {summary.no_answer_reason}", style="cyan"))


def _tell_file(out: Console, judged: Judged, depth: int) -> None:
    indent = "  " * depth
    size = f"{judged.facts['width']}×{judged.facts['height']}" if "width" in judged.facts else ""
    line = f"{indent}{_SIGNS[judged.verdict]} {judged.kind:<8} {judged.name} {judged.format} {size}"
    out.print(Text(line, style=_COLOURS[judged.verdict]))
    for finding in judged.findings:
        if finding.severity is Severity.ERROR:
            out.print(Text(f"{indent}    {finding.message}"))
    for member in judged.members:
        _tell_file(out, member, depth + 1)


def _keep_replies(out: Console, sink: ReplySink, folder: Path) -> None:
    folder.mkdir()
    for number, mail in enumerate(sink.mails, 1):
        path = folder / f"{number:02d}-{mail.recipient.partition('@')[0]}.eml"
        path.write_bytes(mail.raw)
        message = message_from_bytes(mail.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        out.print(Text(f"→ {mail.recipient}: {message['Subject']}", style="bold"))


def _standing(slot: Slot) -> str:
    """Its verdict; what is welcome and did not come is nothing that is missing."""
    awaited = slot.required or slot.verdict is not SlotVerdict.MISSING
    return str(slot.verdict) if awaited else "welcome"


def _tell_board(
    out: Console, settings: Settings, campaign: Campaign, now: datetime, folder: Path
) -> Path:
    with open_ledger(settings.paths.data, writable=False) as ledger:
        for dossier in read_board(ledger, campaign, now):
            if dossier.first_arrival is not None:
                slots = "  ".join(f"{s.label} {_standing(s)}" for s in dossier.slots.values())
                out.print(Text(f"{dossier.unit}: {dossier.state}, {dossier.punctuality}  {slots}"))
        _, _, page = render_digest(build_digest(ledger, campaign, settings, now))
    path = folder / "digest.html"
    path.write_text(page, encoding="utf-8")
    return path
