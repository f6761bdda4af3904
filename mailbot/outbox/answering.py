"""Which replies are owed, and composing those that have fallen due.

A reply is opened with the verdict and composed when its unit has been silent long enough, so
that several mails of one submission get one answer (CONTRACT, Replies). A complete dossier is
answered at once.
"""

import logging
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.clock import midnight
from mailbot.dossiers.roster import by_rules_in_force
from mailbot.events import tell
from mailbot.language import in_its_language
from mailbot.ledger import arrivals, correspondence, dossiers, replies
from mailbot.ledger.store import Ledger, Row
from mailbot.model import MailAddress
from mailbot.outbox.discretion import seen_by, without_files_of, without_his_words
from mailbot.outbox.etiquette import may_answer
from mailbot.outbox.owed import holder_of
from mailbot.settings.types import Settings

log = logging.getLogger(__name__)

_FORGED = 4  # of the answers a day that one address gets, so little for mails found forged
_LAST = -10  # as reminders: below 0 a quarter of the day's sends is left for the others


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
    holder = holder_of(unit, address)
    number = replies.receipt_number(ledger, campaign.receipt_prefix, campaign.year, holder)
    reply = replies.open_reply(
        ledger,
        number=number,
        unit=unit,
        address=address,
        domain=settings.own_domain(campaign.mailbox),
        mode=settings.outbox.mode,
        now=now,
    )
    replies.attach_arrival(ledger, reply, arrival)


@in_its_language
def compose_due(ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime) -> int:
    """Compose every open reply that has fallen due; how many were composed.

    Each is one transaction. What must not be answered after all (caps, a dead address) leaves
    its reason on the arrivals instead (G6).
    """
    composed = 0
    for row in replies.due_to_compose(ledger, now):
        with ledger.transaction():
            campaign = by_rules_in_force(ledger, campaign)
            composed += _compose_one(ledger, campaign, settings, row, now)
    return composed


def _compose_one(
    ledger: Ledger, campaign: Campaign, settings: Settings, row: Row, now: datetime
) -> bool:
    # Templates, workbooks, judgement: a pass with nothing to answer needs none of them.
    from mailbot.dossiers.on_record import address_record, not_its_own, rejudge
    from mailbot.outbox.compose.reply import ReplyRequest, choose_kind, compose_reply
    from mailbot.outbox.owed import form_to_enclose

    address = row["address"]
    smtp = settings.smtp
    answered = replies.arrivals_answered_by(ledger, row["id"])
    # Whoever forges an address makes us write to its owner: seldom, after all others, and on an
    # account of its own, so that the owner's own mails are answered all the same.
    forged = all(arrival["sender_doubt"] == "failed" for arrival in answered)
    limit = smtp.per_address_daily_limit if smtp else 20
    since = midnight(now, settings.zone)
    answer = may_answer(
        no_answer=None,
        address=address,
        sent_today_to_address=correspondence.answers_today(ledger, address, since, forged=forged),
        per_address_daily_limit=max(1, limit // _FORGED) if forged else limit,
        marked_dead=dossiers.is_bounced(ledger, address),
    )
    if not answer.allowed or not answered:
        ids = [int(arrival["id"]) for arrival in answered]
        arrivals.record_no_answer(ledger, ids, answer.reason or "reattributed", address)
        replies.withdraw(ledger, row["id"])
        reason = answer.reason or "reattributed"
        tell(log, "not answered", reply=row["id"], number=row["number"], no_answer=reason)
        return False
    unit = row["unit"] or None
    dossier = rejudge(ledger, campaign, unit, now) if unit else None
    summaries = tuple(arrivals.summary_of(arrival) for arrival in answered)
    record = address_record(ledger, campaign, address)
    is_nobodys = forged and record.status not in ("listed", "confirmed")
    # Also to a unit's own address, and beside its own mails: it would read a stranger's words in
    # our letter.
    summaries = tuple(
        without_his_words(one) if arrival["sender_doubt"] == "failed" else one
        for one, arrival in zip(summaries, answered, strict=True)
    )
    if dossier is not None:
        own = frozenset[int]() if is_nobodys else arrivals.ids_from(ledger, address)
        strange = not_its_own(ledger, campaign, dossier.unit)
        dossier = seen_by(dossier, "" if is_nobodys else address, record, own, strange)
        if forged:
            dossier = without_files_of(dossier, frozenset(int(one["id"]) for one in answered))
    kind = choose_kind(dossier, summaries)
    raw = compose_reply(
        ReplyRequest(
            kind=kind,
            number=row["number"],
            message_id=row["message_id"],
            unit=unit,
            to=MailAddress(summaries[-1].sender.name, address),
            from_=settings.our_address(campaign.mailbox),
            mailbox=settings.mailbox_read(campaign.mailbox),
            arrivals=summaries,
            dossier=dossier,
            campaign=campaign,
            now=now,
            # Not to be sent by the hundred to whoever a forger names.
            attachments=() if forged else form_to_enclose(campaign, kind, dossier),
            last_today=answer.last_today,
        )
    )
    # Anyone has as many addresses as he likes: the units' own keep a part of the day.
    priority = _LAST if forged or record.unit is None else 0
    replies.record_composed(ledger, row["id"], kind=kind, raw=raw, now=now, priority=priority)
    told = ",".join(str(arrival["id"]) for arrival in answered)
    about = {"reply": row["id"], "number": row["number"], "unit": unit, "arrivals": told}
    tell(log, "composed", **about, kind=kind, mode=row["mode"])
    return True
