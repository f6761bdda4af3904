"""Reminders by rule data: who is reminded today, of what, and queueing the mails.

Only expected units that still owe something themselves and whose address is known; once for a
unit and a day of the campaign's `reminders`; as many as the day's sends leave room for. What
could not be queued on its day is made up on the next one, with the words of that day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbot.campaign.types import Campaign, Reminder
from mailbot.clock import midnight
from mailbot.dossiers.on_record import address_record, addresses_of, not_its_own
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, correspondence, dossiers, enquiries, reminders, replies
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier, DossierState, MailAddress
from mailbot.outbox.compose.reply import compose_notice, new_message_id
from mailbot.outbox.delivery.step import FOR_REPLIES
from mailbot.outbox.discretion import seen_by
from mailbot.outbox.etiquette import is_usable_address
from mailbot.report.board import read_board
from mailbot.settings.types import Settings
from mailbot.wording.items import list_owed, list_problems, owes
from mailbot.wording.phrases import (
    activity_of,
    clean,
    days_to_deadline,
    format_date,
    format_limit,
    last_day,
    shown_names,
)
from mailbot.wording.templates import render

PRIORITY = -10  # replies have 0: nobody waits for an answer because others are reminded
_MADE_UP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One reminder as it would be mailed now."""

    unit: str
    address: str
    day: int
    subject: str
    text: str
    html: str

    @property
    def number(self) -> str:
        """What `mailbot outbox approve` lets go: all reminders of that day together."""
        return f"reminder{self.day:+d}"


@in_its_language
def due_reminders(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime
) -> list[DueReminder]:
    """Everybody who is to be reminded today and has not been, within the day's sends.

    Nothing is recorded: this is the preview.
    """
    if not campaign.reminders:
        return []
    done = reminders.reminded(ledger)
    owing = (
        (dossier, reminder, address)
        for dossier in read_board(ledger, campaign, now)
        if dossier.expected
        and dossier.state is not DossierState.COMPLETE
        and owes(dossier)
        and (reminder := _of_today(campaign, dossier, now))
        and (dossier.unit, reminder.day) not in done
        and (address := reminder_address(ledger, campaign, dossier.unit))
    )
    room = _room(ledger, settings, now)
    return [
        _written(ledger, campaign, reminder, dossier, address, now)
        for _, (dossier, reminder, address) in zip(range(room), owing, strict=False)
    ]


@in_its_language
def queue_reminders(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime
) -> list[DueReminder]:
    """Put today's reminders into the outbox, each with its record in one transaction.

    They wait for approval unless both `[schedule] reminders` and `[outbox] mode` are live; what
    nobody approved within its days is withdrawn, since its words are no longer true. Nothing is
    queued where `[schedule] reminders` is off.
    """
    if settings.schedule.reminders == "off":
        return []
    today = now.astimezone(settings.zone).date()
    with ledger.transaction():
        reminders.withdraw_unapproved(ledger, midnight(now - _MADE_UP, settings.zone))
    due = due_reminders(ledger, campaign, settings, now)
    smtp = settings.smtp
    ours = MailAddress(
        smtp.from_name if smtp else "", smtp.from_address if smtp else campaign.mailbox
    )
    for one in due:
        message_id = new_message_id(ours.address.rpartition("@")[2])
        raw = compose_notice(
            to=MailAddress("", one.address),
            from_=ours,
            subject=one.subject,
            text=one.text,
            html=one.html,
            now=now.astimezone(campaign.zone),
            message_id=message_id,
            kind="reminder",
        )
        with ledger.transaction():
            reminders.record_reminder(ledger, one.unit, one.day, one.address, message_id, now)
            replies.enqueue_notice(
                ledger,
                number=one.number,
                message_id=message_id,
                address=one.address,
                purpose="reminder",
                raw=raw,
                mode=_mode(settings),
                now=now,
                unit=one.unit,
                priority=PRIORITY,
            )
    with ledger.transaction():
        ledger.set_meta("reminder_day", today.isoformat())
    return due


def reminders_are_due(ledger: Ledger, settings: Settings, now: datetime) -> bool:
    """Whether the day's time has come (that of the digest) and they were not looked for yet."""
    local = now.astimezone(settings.zone)
    return (
        settings.schedule.reminders != "off"
        and local.time() >= settings.schedule.digest
        and ledger.meta("reminder_day") != local.date().isoformat()
    )


def reminder_address(ledger: Ledger, campaign: Campaign, unit: str) -> str:
    """Where a unit is reminded: the known address that wrote last, else the surest one.

    Listed and confirmed ones go before provisional ones; one that bounced for good, or that no
    mail can be addressed to, is none. "" where no address is known.
    """
    found = campaign.unit_named(unit)
    if found is None:
        return ""
    known = {
        address: status
        for address, status in addresses_of(ledger, found).items()
        if is_usable_address(address) and not dossiers.is_bounced(ledger, address)
    }
    sure = [address for address, status in known.items() if status != "provisional"]
    candidates = sure or list(known)
    for row in reversed(enquiries.of_unit(ledger, unit)):
        if row["sender_address"] in candidates:
            return str(row["sender_address"])
    return candidates[0] if candidates else ""


def _of_today(campaign: Campaign, dossier: Dossier, now: datetime) -> Reminder | None:
    """The newest reminder whose day, counted from the unit's own deadline, is today or was
    within the time for making up."""
    today = now.astimezone(campaign.zone).date()
    open_days = [
        one
        for one in campaign.reminders
        if timedelta() <= today - _day_of(campaign, dossier, one) <= _MADE_UP
    ]
    return max(open_days, key=lambda one: one.day, default=None)


def _day_of(campaign: Campaign, dossier: Dossier, reminder: Reminder) -> date:
    return last_day(campaign, campaign.deadline_of(dossier.unit)) + timedelta(days=reminder.day)


def _room(ledger: Ledger, settings: Settings, now: datetime) -> int:
    """How many of the day's sends are left when everything that waits, and the digest, has gone,
    and a share is kept for those that are yet to be answered (outbox.delivery.Budget)."""
    if settings.smtp is None:
        return 0
    sent = correspondence.sent_since(ledger, midnight(now, settings.zone))
    waiting = reminders.waiting_to_be_sent(ledger)
    limit = settings.smtp.daily_limit
    kept = limit // FOR_REPLIES + len(settings.office.addresses)
    return max(0, limit - sent - waiting - kept)


def _mode(settings: Settings) -> str:
    """The stricter of the two settings: shadow before approve before live."""
    if settings.outbox.mode == "live" and settings.schedule.reminders == "approve":
        return "approve"
    return settings.outbox.mode


def _written(
    ledger: Ledger,
    campaign: Campaign,
    reminder: Reminder,
    dossier: Dossier,
    address: str,
    now: datetime,
) -> DueReminder:
    came = tuple(arrivals.summary_of(row) for row in enquiries.of_unit(ledger, dossier.unit))
    # The address that is reminded reads no stranger's words either.
    strange = not_its_own(ledger, campaign, dossier.unit)
    came = tuple(one for one in came if one.id not in strange)
    record = address_record(ledger, campaign, address)
    dossier = seen_by(dossier, address, record, arrivals.ids_from(ledger, address), strange)
    problems = list_problems(campaign, dossier, (), shown_names(came))
    limit = campaign.deadline_of(dossier.unit)
    context: dict[str, object] = {
        "unit": clean(dossier.unit, 60),
        "campaign": campaign,
        "activity": activity_of(campaign),
        "deadline": format_limit(campaign, limit),
        "days": days_to_deadline(campaign, now, limit),
        "today": format_date(now, campaign.zone),
        "silent": dossier.state is DossierState.NOTHING,
        "opening": reminder.text,
        "problems": problems,
        "owed": list_owed(campaign, dossier, len(problems) + 1),
        "accepted": tuple(_accepted(dossier)),
    }
    subject = render("reminder_subject.txt.j2", campaign.templates, **context).strip()
    return DueReminder(
        unit=dossier.unit,
        address=address,
        day=reminder.day,
        subject=subject,
        text=render("reminder.txt.j2", campaign.templates, **context),
        html=render("reminder.html.j2", campaign.templates, subject=subject, **context),
    )


def _accepted(dossier: Dossier) -> Iterator[str]:
    """The materials that need not be sent again."""
    for slot in dossier.slots.values():
        if slot.verdict == "accepted":
            yield slot.label
