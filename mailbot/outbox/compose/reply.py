"""The reply to the arrivals of one unit and sender, from its kind to its octets. Pure."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language, say
from mailbot.model import ArrivalSummary, Dossier, DossierState, MailAddress, Punctuality, ReplyKind
from mailbot.outbox.compose.mime import build_message, clean_message_ids
from mailbot.outbox.compose.view import view_reply
from mailbot.outbox.owed import READ_FORM
from mailbot.wording.items import owes, stray_rejects
from mailbot.wording.phrases import (
    activity_of,
    clean,
    days_to_deadline,
    format_date,
    format_limit,
    format_moment,
    is_past_deadline,
)
from mailbot.wording.templates import render

REGISTER_NAME = "来件登记.txt"
MAX_REFERENCES = 20  # older ones kept beside those of the arrivals answered


@dataclass(frozen=True, slots=True)
class ReplyRequest:
    """What one reply answers and with what.

    `arrivals`: oldest first, never empty; the newest is In-Reply-To. `dossier` is None while
    the unit is unknown. `attachments`: the forms that the correction asks for.
    """

    kind: ReplyKind
    number: str  # YL2017-0012
    message_id: str  # fixed here, before the reply is queued (G3)
    unit: str | None
    to: MailAddress
    from_: MailAddress
    arrivals: tuple[ArrivalSummary, ...]
    dossier: Dossier | None
    campaign: Campaign
    now: datetime
    attachments: tuple[tuple[str, bytes], ...] = ()
    mailbox: str = ""  # the one that is read; "": the campaign's
    last_today: bool = False  # the last reply to this address today: it says so


def choose_kind(dossier: Dossier | None, arrivals: Iterable[ArrivalSummary]) -> ReplyKind:
    """CONTRACT, Replies: complete, else what the unit can do, else what a person must do.

    A file that nobody can open (an archive under a password) is the unit's to mend as long as
    anything is open, be it only for a person.
    An arrival whose unit is in doubt is only acknowledged: a dossier is not shown to someone
    who may not belong to it.
    """
    arrivals = tuple(arrivals)
    in_doubt = any(arrival.unit is None and arrival.held_reasons for arrival in arrivals)
    if dossier is None or in_doubt:
        return ReplyKind.ACKNOWLEDGEMENT
    if dossier.state is DossierState.COMPLETE:
        return ReplyKind.RECEIPT
    mend = owes(dossier) or stray_rejects(dossier, arrivals)
    return ReplyKind.CORRECTION if mend else ReplyKind.ACKNOWLEDGEMENT


@in_its_language
def compose_reply(request: ReplyRequest) -> bytes:
    """The complete message, CRLF and 7-bit clean, ready for SMTP.

    The same request gives the same octets. Raises PermanentFault: `address_unusable` (see
    etiquette.may_answer), `template` (a campaign's own template is wrong).
    """
    campaign = request.campaign
    doubtful = any(one.unit is None and one.held_reasons for one in request.arrivals)
    dossier = None if doubtful else request.dossier
    limit = dossier.deadline if dossier else None
    view = view_reply(request.kind, dossier, request.arrivals, campaign, request.now)
    context: dict[str, object] = {
        "kind": request.kind.value,
        "number": request.number,
        "unit": clean(request.unit or "", 60),
        "campaign": campaign,
        "activity": activity_of(campaign),
        "view": view,
        "mailbox": request.mailbox or campaign.mailbox,
        "register": say(REGISTER_NAME),
        "withdrawal": all("withdrawal" in one.held_reasons for one in request.arrivals),
        "timing": _timing(request),
        "deadline": format_limit(campaign, limit),
        "days_over": -days_to_deadline(campaign, request.now, limit),
        "past": is_past_deadline(campaign, request.now, limit),
        "today": format_date(request.now, campaign.zone),
        "when": lambda moment: format_moment(moment, campaign.zone),
        "attachments": tuple(clean(name, 80) for name, _ in request.attachments),
        "prefilled": tuple(
            clean(one, 80) for one, _ in request.attachments if say(READ_FORM) in one
        ),
        "last_today": request.last_today,
        "enquiry": all(one.enquiry for one in request.arrivals),
    }
    subject = render("reply_subject.txt.j2", campaign.templates, **context)
    return build_message(
        to=request.to,
        from_=request.from_,
        subject=subject,
        text=render("reply.txt.j2", campaign.templates, **context),
        html=render("reply.html.j2", campaign.templates, subject=clean(subject, 240), **context),
        date=request.now.astimezone(campaign.zone),
        message_id=request.message_id,
        extra=[
            *_thread(request.arrivals),
            *_automatic("auto-replied", request.from_, request.kind.value),
        ],
        attachments=(
            *request.attachments,
            (say(REGISTER_NAME), view.register.encode("utf-8-sig")),
        ),
    )


def compose_notice(
    to: MailAddress,
    from_: MailAddress,
    subject: str,
    text: str,
    html: str,
    *,
    now: datetime,
    message_id: str,
    attachments: Iterable[tuple[str, bytes]] = (),
    pictures: Iterable[tuple[str, bytes]] = (),
    kind: str = "digest",
) -> bytes:
    """A mail that answers none: the digest, a reminder, an alert. `kind` stands in a header;
    `pictures` are PNGs by the Content-ID under which the HTML shows them."""
    return build_message(
        to=to,
        from_=from_,
        subject=subject,
        text=text,
        html=html,
        date=now,
        message_id=message_id,
        extra=_automatic("auto-generated", from_, kind),
        attachments=attachments,
        pictures=pictures,
    )


def new_message_id(domain: str) -> str:
    """A fresh Message-ID; `domain` is the part after @ of our own address."""
    safe = domain if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "mailbot.invalid"
    return f"<{uuid.uuid4().hex}.mailbot@{safe}>"


def _timing(request: ReplyRequest) -> str:
    """What is to be said of lateness, as a fact; "" when nothing is.

    Punctuality is the dossier's, and an enquiry is no 来件: who was complete in time hears
    nothing of a deadline that has passed since.
    """
    campaign, dossier = request.campaign, request.dossier
    brought = [one.arrived_at for one in request.arrivals if not one.enquiry]
    newest = brought[-1] if brought else None
    deadline = dossier.deadline if dossier else None
    late = newest is not None and is_past_deadline(campaign, newest, deadline)
    limit = say("通知规定的报送时限为{date}", date=format_limit(campaign, deadline))
    received = (
        say("本次来件于{moment}收到", moment=format_moment(newest, campaign.zone)) if newest else ""
    )
    known = None if dossier is None else dossier.punctuality
    if known is Punctuality.ON_TIME or (known is None and not late):
        return ""
    if known is Punctuality.SUPPLEMENTED_LATE:
        if late:
            return say(
                "{limit}，{received}，记为按时报送、逾期补正。", limit=limit, received=received
            )
        return say("{limit}，你单位材料记为按时报送、逾期补正。", limit=limit)
    if late:
        return say("{limit}，{received}，已逾期。", limit=limit, received=received)
    if known is Punctuality.LATE and dossier is not None and dossier.first_arrival is not None:
        first = format_moment(dossier.first_arrival, campaign.zone)
        return say("{limit}，你单位首次来件于{first}收到，记为迟报。", limit=limit, first=first)
    past = is_past_deadline(campaign, request.now, deadline)
    return say("{limit}，现已逾期。", limit=limit) if past else ""


def _thread(arrivals: tuple[ArrivalSummary, ...]) -> list[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 3.6.4): the thread so far, then every arrival."""
    newest = arrivals[-1]
    answered = clean_message_ids(one.message_id for one in arrivals)
    older = [one for one in clean_message_ids(newest.references) if one not in answered]
    if len(older) > MAX_REFERENCES:
        older = older[:1] + older[1 - MAX_REFERENCES :]
    headers = []
    parent = clean_message_ids([newest.message_id])
    if parent:
        headers.append(("In-Reply-To", parent[0]))
    if references := [*older, *answered]:
        headers.append(("References", " ".join(references)))
    return headers


def _automatic(submitted: str, from_: MailAddress, kind: str) -> list[tuple[str, str]]:
    """RFC 3834 5, and what Exchange, list managers and our own loop check look for."""
    return [
        ("Auto-Submitted", submitted),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "bulk"),
        ("X-Loop", from_.address),
        ("X-Mailbot-Kind", re.sub(r"[^A-Za-z0-9-]", "-", kind)),
    ]
