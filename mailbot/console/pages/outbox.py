"""待发: what waits to leave, as its receiver will see it; approved, withdrawn, adopted here."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from mailbot.console.routes import SANDBOX, Visit, action, page
from mailbot.console.settling import Choice, adopt_all, fault_words, settle
from mailbot.console.words import filled, listed, said
from mailbot.errors import MailbotError
from mailbot.ledger import audit, replies, sending
from mailbot.ledger.store import Row, moment
from mailbot.report.digest.choices import Offer
from mailbot.wording.office import ANSWERS, REPLY_STATES
from mailbot.wording.phrases import format_moment

_MOST = 200  # shown on one page


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail that has not left."""

    id: int
    number: str
    unit: str
    address: str
    subject: str
    kind: str
    state: str
    tone: str
    when: str
    error: str
    is_composed: bool
    may_approve: bool
    in_shadow: bool


def outbox(visit: Visit) -> Response:
    return _page(visit)


def letter(visit: Visit) -> Response:
    """The mail's HTML as the receiver sees it, in a frame that can do nothing."""
    message = _message(visit)
    part = message.get_body(("html", "plain"))
    text = part.get_content() if part is not None else ""
    if part is not None and part.get_content_type() == "text/plain":
        return visit.render("letter.html.j2", title="", text=text)
    headers = {
        "content-security-policy": f"{SANDBOX}; frame-ancestors 'self'",
        "x-frame-options": "SAMEORIGIN",
    }
    return HTMLResponse(text, headers=headers)


def decide_some(visit: Visit) -> Response:
    """Approve or withdraw the ticked mails, each number once."""
    numbers = dict.fromkeys(visit.fields("number"))
    seen = visit.field("seen")
    do = visit.field("do")
    if not numbers or do not in ("approve", "withdraw"):
        return _page(visit, visit.say("请先选择邮件。"), 400)
    choice = Choice(do, reason=visit.field("reason"))
    told = []
    with visit.console.desk(visit.user) as desk:
        for number in numbers:
            offer = Offer("approve", number)
            told += settle(desk, offer, choice, int(seen) if seen.isdecimal() else 0)
    done = sum(one.is_done for one in told)
    failed = [one.words for one in told if not one.is_done]
    words = filled("已批准{count}封" if do == "approve" else "已撤下{count}封", count=done)
    words = listed((words, *failed))
    return visit.back_to("/outbox", told=words)


def adopt(visit: Visit) -> Response:
    """After shadow mode: what was written becomes due, by today's dossiers."""
    try:
        with visit.console.desk(visit.user) as desk:
            words = adopt_all(desk, ())
    except MailbotError as error:
        return _page(visit, fault_words(error), 409)
    return visit.back_to("/outbox", told=words)


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    waiting = tuple(_waiting(visit, sending.waiting_to_leave(visit.ledger, _MOST)))
    states = sending.states(visit.ledger)
    count = sum(states.get(state, 0) for state in ("queued", "claimed", "deferred", "dead"))
    mode = visit.console.settings.outbox.mode
    return visit.render(
        "outbox.html.j2",
        status,
        title=f"{visit.say('待发')}（{count}）",
        waiting=waiting,
        more=max(0, count - _MOST),
        seen=audit.last_number(visit.ledger),
        wrong=wrong,
        mode=mode,
        left_in_shadow=len(sending.written_in_shadow(visit.ledger)) if mode != "shadow" else 0,
    )


def _waiting(visit: Visit, rows: list[Row]) -> Iterator[Waiting]:
    zone = visit.console.settings.zone
    for row in rows:
        composed = bool(row["composed"])
        approval = row["mode"] == "approve" and composed and row["state"] == "queued"
        in_shadow = row["mode"] == "shadow"
        state = "待批准" if approval else "试运行" if in_shadow else REPLY_STATES[row["state"]]
        tone = {"dead": "bad", "deferred": "wait"}.get(row["state"], "wait" if approval else "")
        purpose = row["purpose"] if row["purpose"] != "reply" else (row["kind"] or "")
        yield Waiting(
            id=int(row["id"]),
            number=row["number"],
            unit=row["unit"],
            address=row["address"],
            subject=_subject(row["head"]) if composed else "",
            kind=said(ANSWERS.get(purpose) or _PURPOSES.get(purpose, purpose)),
            state=said(state if composed else "待写"),
            tone=tone,
            when=format_moment(moment(row["due_at"]), zone),
            error=row["error_text"],
            is_composed=composed,
            may_approve=approval,
            in_shadow=in_shadow,
        )


_PURPOSES = {
    "digest": "简报",
    "alert": "告警",
    "confirmation": "办理结果",
    "warning": "冒用提醒",
    "": "答复",
}


def _subject(raw: bytes) -> str:
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return str(message_from_bytes(head, policy=policy.default)["Subject"] or "")


def _message(visit: Visit) -> EmailMessage:
    number = visit.part("id")
    row = replies.reply_row(visit.ledger, int(number)) if len(number) < 16 else None
    if row is None or row["raw"] is None:
        raise HTTPException(404)
    # A digest bears the codes by which the office decides.
    if row["purpose"] not in ("reply", "reminder") and not visit.may("clerk"):
        raise HTTPException(403, "role")
    message = message_from_bytes(row["raw"], policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


routes = [
    page("/outbox", outbox, needs="viewer"),
    page("/outbox/{id:int}/letter", letter, needs="viewer"),
    action("/outbox/decide", decide_some, needs="clerk"),
    action("/outbox/adopt", adopt, needs="admin"),
]
