"""Which replies are owed, and composing those that have fallen due.

A reply is opened with the verdict and composed when its unit has been silent long enough, so
that several mails of one submission get one answer (CONTRACT, Replies). A complete dossier is
answered at once.
"""

from datetime import datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.ledger import arrivals, dossiers, replies
from mailbot.ledger.store import Ledger, Row
from mailbot.model import (
    Dossier,
    DossierState,
    FieldValue,
    Kind,
    MailAddress,
    ReplyKind,
    SlotVerdict,
    Verdict,
)
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.outbox.compose.reply import ReplyRequest, choose_kind, compose_reply
from mailbot.outbox.delivery.queue import midnight
from mailbot.outbox.etiquette import may_answer
from mailbot.settings.types import Settings

READ_FORM_NAME = "统计表（请在此表上修改）.xlsx"
EMPTY_FORM_NAME = "统计表（空表）.xlsx"


def owe_reply(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    arrival: int,
    *,
    unit: str | None,
    address: str,
    now: datetime,
) -> None:
    """Let the open reply of this (unit, sender) answer this arrival too, opening it if needed."""
    holder = f"unit:{unit}" if unit else f"address:{address}"
    number = replies.receipt_number(ledger, campaign.receipt_prefix, campaign.year, holder)
    reply = replies.open_reply(
        ledger,
        number=number,
        unit=unit,
        address=address,
        domain=own_domain(settings, campaign),
        mode=settings.outbox.mode,
        now=now,
    )
    replies.attach_arrival(ledger, reply, arrival)


def schedule_replies(
    ledger: Ledger,
    settings: Settings,
    *,
    dossier: Dossier | None,
    unit: str | None,
    address: str,
    arrived_at: datetime,
    now: datetime,
) -> None:
    """Say when the open replies of a unit fall due, after one more of its mails was examined."""
    if dossier is not None and dossier.state is DossierState.COMPLETE:
        due = now
    else:
        due = min(arrived_at, now) + timedelta(seconds=settings.outbox.settle_seconds)
    replies.set_due(ledger, unit, address, due)


def compose_due(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose every open reply that has fallen due; how many were composed.

    Each is one transaction. What must not be answered after all (caps, a dead address) leaves
    its reason on the arrivals instead (G6).
    """
    composed = 0
    for row in replies.due_to_compose(ledger, now):
        with ledger.transaction():
            composed += _compose_one(ledger, campaign, settings, row, now)
    return composed


def _compose_one(
    ledger: Ledger, campaign: Campaign, settings: Settings, row: Row, now: datetime
) -> bool:
    address = row["address"]
    smtp = settings.smtp
    answer = may_answer(
        no_answer=None,
        address=address,
        sent_today_to_address=replies.answers_today(ledger, address, midnight(now, settings.zone)),
        per_address_daily_limit=smtp.per_address_daily_limit if smtp else 20,
        marked_dead=dossiers.is_bounced(ledger, address),
    )
    answered = replies.arrivals_answered_by(ledger, row["id"])
    if not answer.allowed or not answered:
        ids = [int(arrival["id"]) for arrival in answered]
        arrivals.record_no_answer(ledger, ids, answer.reason or "reattributed", address)
        replies.withdraw(ledger, row["id"])
        return False
    unit = row["unit"] or None
    dossier = dossiers.rejudge(ledger, campaign, unit, now) if unit else None
    summaries = tuple(arrivals.summary_of(arrival) for arrival in answered)
    kind = choose_kind(dossier, summaries)
    raw = compose_reply(
        ReplyRequest(
            kind=kind,
            number=row["number"],
            message_id=row["message_id"],
            unit=unit,
            to=MailAddress(summaries[-1].sender.name, address),
            from_=our_address(settings, campaign),
            arrivals=summaries,
            dossier=dossier,
            campaign=campaign,
            now=now,
            attachments=_blank_form(campaign, kind, dossier),
            last_today=answer.last_today,
        )
    )
    replies.record_composed(ledger, row["id"], kind=kind, raw=raw, now=now)
    return True


def _blank_form(
    campaign: Campaign, kind: ReplyKind, dossier: Dossier | None
) -> tuple[tuple[str, bytes], ...]:
    """The form a correction asks for: pre-filled with what was read of the rejected one, or
    blank but for the unit's name where none came."""
    if kind is not ReplyKind.CORRECTION or dossier is None or "form" not in dossier.slots:
        return ()
    slot = dossier.slots["form"]
    if slot.verdict is SlotVerdict.MISSING:
        unit = {"unit": FieldValue(dossier.unit, dossier.unit, "")}
        names = [one.unit for one in campaign.units if one.expected]
        form = write_blank_form(campaign.form, fields=unit, units=names)
        return ((EMPTY_FORM_NAME, form),)
    rejected = [file.judged for file in slot.files if file.judged.verdict is Verdict.REJECTED]
    if slot.verdict is not SlotVerdict.REJECTED or rejected[-1].kind is not Kind.FORM:
        return ()
    form = write_blank_form(
        campaign.form, fields=rejected[-1].fields, findings=rejected[-1].findings
    )
    return ((READ_FORM_NAME, form),)


def our_address(settings: Settings, campaign: Campaign) -> MailAddress:
    """From of everything we write."""
    if settings.smtp is None:
        return MailAddress("", campaign.mailbox)
    return MailAddress(settings.smtp.from_name, settings.smtp.from_address)


def own_domain(settings: Settings, campaign: Campaign) -> str:
    """The domain of our Message-IDs."""
    return our_address(settings, campaign).address.rpartition("@")[2]
