"""The office's digest: gathered from the ledger, rendered by `digest_view`, queued by day.

A digest is sent once a day at the set time; a time that passed while the program was down is
made up once (the day's digest is remembered in the ledger, not in memory).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mailbot.campaign import Campaign
from mailbot.config import Settings
from mailbot.ledger import arrivals, dossiers, enquiries, replies
from mailbot.ledger.store import Ledger, moment, stamp
from mailbot.model import Dossier, DossierState, MailAddress, SlotVerdict, Verdict
from mailbot.outbox.compose import compose_notice
from mailbot.outbox.queue import midnight
from mailbot.report.board import read_board
from mailbot.report.digest_view import (
    AnnouncedLink,
    DigestView,
    FormSum,
    Health,
    PersonItem,
    render_digest,
)

__all__ = ["build_digest", "digest_is_due", "render_digest", "send_digest"]

_NUMBERS = ("count", "money_wan")


def digest_is_due(ledger: Ledger, settings: Settings, now: datetime) -> bool:
    """Whether today's digest is owed: its time has come and it was not queued yet."""
    local = now.astimezone(settings.zone)
    return (
        local.time() >= settings.schedule.digest
        and ledger.meta("digest_day") != local.date().isoformat()
    )


def send_digest(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Queue the digest for every office address, in one transaction; how many were queued.

    A second digest on one day carries another Message-ID and is sent too: a person asked for it.
    """
    day = now.astimezone(settings.zone).date().isoformat()
    subject, text, html = render_digest(build_digest(ledger, campaign, settings, now))
    smtp = settings.smtp
    ours = MailAddress(
        smtp.from_name if smtp else "", smtp.from_address if smtp else campaign.mailbox
    )
    domain = ours.address.rpartition("@")[2]
    with ledger.transaction():
        for place, address in enumerate(settings.office.addresses):
            message_id = f"<digest.{now:%Y%m%dT%H%M%S%f}.{place}@{domain}>"
            raw = compose_notice(
                to=MailAddress("", address),
                from_=ours,
                subject=subject,
                text=text,
                html=html,
                now=now,
                message_id=message_id,
                attachments=(),
                kind="digest",
            )
            replies.enqueue_notice(
                ledger,
                number=f"digest-{day}",
                message_id=message_id,
                address=address,
                purpose="digest",
                raw=raw,
                mode=settings.outbox.mode,
                now=now,
            )
        ledger.set_meta("digest_day", day)
        ledger.set_meta("digest_at", stamp(now))
    return len(settings.office.addresses)


def build_digest(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime
) -> DigestView:
    """What there is to tell at `now`; what is new counts from the digest before (or one day)."""
    before = ledger.meta("digest_at")
    since = min(moment(before) if before else now, now - timedelta(days=1))
    board = read_board(ledger, campaign, now)
    return DigestView(
        campaign=campaign,
        date=now.astimezone(settings.zone).date(),
        now=now,
        new=tuple(
            arrivals.summary_of(row) for row in enquiries.examined_between(ledger, since, now)
        ),
        needs_person=tuple(_needs_person(ledger, board)),
        board=tuple(board),
        counts=enquiries.states(ledger),
        links=tuple(_open_links(board)),
        warnings=tuple(_warnings(board)),
        form_sums=tuple(_form_sums(campaign, board)),
        health=_health(ledger, settings, now),
    )


def _needs_person(ledger: Ledger, board: list[Dossier]) -> Iterator[PersonItem]:
    """The most urgent first: what is stuck, then what is unclear, then what wants confirming."""
    for row in enquiries.quarantined(ledger):
        yield PersonItem(
            "quarantined",
            f"第{row['id']}号来信三次处理失败，已隔离",
            row["last_error"],
            f"mailbot show {row['id']}",
        )
    for row in replies.dead_rows(ledger):
        yield PersonItem(
            "dead_reply",
            f"{row['number']} 致 {row['address']} 的邮件未能送达",
            row["error_text"],
            "mailbot outbox list",
        )
    for row in enquiries.unattributed(ledger):
        summary = arrivals.summary_of(row)
        yield PersonItem(
            summary.held_reasons[0],
            f"第{summary.id}号来信：{summary.subject or '（无主题）'}",
            f"发件人 {summary.sender.name} {summary.sender.address}",
            f"mailbot show {summary.id}",
        )
    for row in enquiries.not_addressed_to_us(ledger):
        yield PersonItem(
            "no_answer",
            f"第{row['id']}号来信未写明发给本邮箱，材料已收，未答复",
            row["subject"] or "",
            f"mailbot show {row['id']}",
        )
    for dossier in board:
        yield from _held_files(dossier)
    provisional = dossiers.provisional_addresses(ledger)
    if provisional:
        yield PersonItem(
            "provisional",
            f"{len(provisional)}个发件地址系首次来信时自报单位，请核对",
            "；".join(f"{unit} {address}" for address, unit in provisional.items()),
            f"mailbot show {next(iter(provisional.values()))}",
        )


def _held_files(dossier: Dossier) -> Iterator[PersonItem]:
    for slot in dossier.slots.values():
        for file in slot.files:
            if file.shown_only:
                yield PersonItem(
                    "held_replacement",
                    f"{dossier.unit} {slot.label}：{file.judged.name}",
                    f"来自 {file.decided_by_address}，未替换已收材料",
                    f"mailbot show {file.arrival}",
                )
            elif slot.verdict is SlotVerdict.HELD and file.judged.verdict is Verdict.HELD:
                finding = file.judged.findings[-1].message if file.judged.findings else ""
                yield PersonItem(
                    "held",
                    f"{dossier.unit} {slot.label}：{file.judged.name}",
                    finding,
                    f"mailbot show {file.arrival}",
                )


def _open_links(board: list[Dossier]) -> Iterator[AnnouncedLink]:
    for dossier in board:
        for slot in dossier.slots.values():
            if slot.verdict is not SlotVerdict.ACCEPTED:
                for link in slot.links:
                    yield AnnouncedLink(dossier.unit, link.link, link.arrival)


def _warnings(board: list[Dossier]) -> Iterator[tuple[str, str]]:
    """Warnings on what is in force, and photos that stand in more than one dossier."""
    owners: dict[str, set[str]] = {}
    for dossier in board:
        for slot in dossier.slots.values():
            for file in slot.files:
                if not file.counts:
                    continue
                if slot.slot == "photo":
                    owners.setdefault(file.judged.sha256, set()).add(dossier.unit)
                for finding in file.judged.findings:
                    if finding.severity == "warning":
                        yield dossier.unit, f"{file.judged.name}：{finding.message}"
    for units in owners.values():
        if len(units) > 1:
            yield "、".join(sorted(units)), "报送了同一张照片"


def _form_sums(campaign: Campaign, board: list[Dossier]) -> Iterator[FormSum]:
    """Each number column, added over the tables in force."""
    forms = [
        file.judged.fields
        for dossier in board
        if dossier.state is not DossierState.NOTHING and "form" in dossier.slots
        for file in dossier.slots["form"].files
        if file.counts
    ]
    for field in campaign.form.fields:
        values = [_number(fields.get(field.key)) for fields in forms]
        stated = [value for value in values if value is not None]
        if field.type in _NUMBERS and stated:
            yield FormSum("·".join(field.path), sum(stated), field.unit, len(stated))


def _number(field: Any) -> int | float | None:
    value = field.value if field is not None else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _health(ledger: Ledger, settings: Settings, now: datetime) -> Health:
    polled = ledger.meta("last_poll")
    states: Mapping[str, int] = replies.states(ledger)
    fault = ledger.meta("delivery_fault")
    left = None
    if settings.smtp is not None:
        sent = replies.sent_since(ledger, midnight(now, settings.zone))
        left = max(0, settings.smtp.daily_limit - sent)
    return Health(
        last_poll=moment(polled) if polled else None,
        sends_left_today=left,
        deferred=states.get("deferred", 0),
        dead=states.get("dead", 0),
        quarantined=enquiries.states(ledger).get("quarantined", 0),
        alerts=(fault,) if fault else (),
    )
