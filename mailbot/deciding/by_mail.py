"""The office answers its digest: lines `代码 决定`, from a phone that has no shell.

Believed only from an address of `[office] addresses` whose sender checks pass; anyone can write
such an address into From. What was decided and what was not goes back in one short mail.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.clock import midnight
from mailbot.deciding.consent import takes_back
from mailbot.deciding.desk import Desk
from mailbot.deciding.in_words import carry_out
from mailbot.dossiers.on_record import address_record
from mailbot.entries import Examined
from mailbot.errors import MailbotError
from mailbot.inbox.screening.sender import (
    Receiver,
    doubt_sender,
    read_sender_auth,
    signatures_of,
)
from mailbot.judgement.twins import twin_of
from mailbot.judgement.writing import own_words
from mailbot.language import Words, in_its_language, say
from mailbot.ledger import arrivals, correspondence, decisions
from mailbot.ledger.store import Ledger, Row
from mailbot.model import Message, NoAnswer
from mailbot.report.digest.choices import ways_to_answer
from mailbot.report.digest.codes import look_up
from mailbot.report.digest.gather import OFFICE_ANSWER, WRONG_CODES
from mailbot.report.office_note import queue_office_note
from mailbot.settings.types import Settings

_MAX_LINES = 40
_LINE = re.compile(
    r"\s*([2-9A-HJ-NP-Z]{4})[-‐‑–—_ ]?([2-9A-HJ-NP-Z]{4})(?![A-Z0-9])[\s:,.、。]*(.*)"
)
_REFUSED = Words(
    {
        "sender_auth_failed": "发件人核验未通过（可能有人冒用您的地址），所写各项均未办理",
        "sender_auth_missing": "收信服务器未给出发件人核验结果，所写各项均未办理"
        "（设置项 office.require_sender_auth）",
    }
)
_WHY_NOT = Words(
    {
        "unknown": "代码有误，未办理",
        "used": "该代码已用过，未重复办理",
        "expired": "代码已过期，请以最近一期简报为准",
    }
)
_DONE = Words(
    {
        "assign": "来信已归入该单位",
        "accept": "已认可",
        "reject": "已退回",
        "correct": "已更正",
        "confirm": "地址已确认",
        "hold": "已搁置",
        "release": "已放行",
        "retry": "将重新处理",
        "withdraw": "已撤下，不再发出",
        "resend": "将重发",
        "approve": "已批准，将发出",
    }
)


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    decision: str


@in_its_language
def take_office_answer(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    row: Row,
    message: Message,
    defects: Sequence[str],
    now: datetime,
) -> bool:
    """Settle what the mail decides, record it and confirm; False when it is no such answer.

    An answer comes from an office address and has a line that begins with a code, or replies to
    a mail of ours to the office. Belongs into the arrival's transaction; `message` has been
    found not to be automatic.
    """
    address = message.sender.address
    if address not in settings.office.addresses:
        return False
    lines = read_lines(message.text)
    if not lines and correspondence.purpose_of(ledger, message.in_reply_to) in (None, "reply"):
        return False
    receiver = receiver_of(settings)
    doubt = doubt_sender(message, receiver)
    signed = tuple(one.digest for one in signatures_of(message))
    earlier = arrivals.same_message(ledger, row["id"], row["sha256"], message, doubt, signed)
    twin = twin_of(earlier, ())
    refused = sender_refusal(message, receiver, require=settings.office.require_sender_auth)
    if twin is not None:
        told = [say("同第{twin}号来信", twin=twin)]
    elif refused:
        told = [_REFUSED[refused]]
    elif not lines:
        told = [say("未见“代码 决定”这样的一行，未办理任何事项")]
    elif any(map(takes_back, _beside_the_codes(message.text))):
        told = [
            say("来信另有“作废”“撤销”等字样，各行均未办理；如仍要办理，请只写代码和决定重新答复")
        ]
    else:
        desk = Desk(ledger, campaign, settings, by=address, now=now)
        told = list(_settled(desk, lines))
    examined = Examined(
        message=message,
        judged=(),
        unit=None,
        unit_source="",
        held_reasons=(),
        no_answer=NoAnswer(OFFICE_ANSWER, say("；").join(told)[:500], material=False),
        counts=False,
        defects=tuple(defects),
        duplicate_of=twin,
        sender_doubt=doubt,
        signatures=signed,
    )
    arrivals.record_examined(ledger, row["id"], examined, rules_version=campaign.version, now=now)
    if twin is None and refused:
        _warn_office(ledger, campaign, settings, address, told, now)
    elif twin is None:
        _confirm_to_office(ledger, campaign, settings, address, told, now)
    return True


def _settled(desk: Desk, lines: Sequence[_Line]) -> Iterator[str]:
    """What is told of each line. A sender who guesses codes is read no further that day."""
    day = desk.now.astimezone(desk.settings.zone).date().isoformat()
    for line in lines:
        if decisions.wrong_codes(desk.ledger, day).get(desk.by, 0) >= WRONG_CODES:
            yield say(
                "今日代码错误已达{wrong_codes}次，其余各行及今日后续答复均不再读取，请明日再试",
                wrong_codes=WRONG_CODES,
            )
            return
        yield say(
            "{code}-{code2}：{settle}",
            code=line.code[:4],
            code2=line.code[4:],
            settle=_settle(desk, line, day),
        )


def read_lines(body: str) -> list[_Line]:
    """The lines that begin with a code; what is quoted from the digest begins otherwise."""
    found = []
    for line in own_words(body).split("\n"):
        match = _LINE.match(unicodedata.normalize("NFKC", line).upper())
        if match:
            # The case of the decision is of no account: units are written in Chinese.
            found.append(_Line(match[1] + match[2], match[3].strip()))
    return found[:_MAX_LINES]


def _beside_the_codes(body: str) -> Iterator[str]:
    for line in own_words(body).split("\n"):
        said = unicodedata.normalize("NFKC", line).strip().upper()
        if not _LINE.match(said):
            yield said


def receiver_of(settings: Settings) -> Receiver:
    """What these settings say of our own server."""
    authserv_id = settings.imap.authserv_id if settings.imap else ""
    return Receiver(authserv_id, settings.office.trust_unverified_from)


def sender_refusal(message: Message, receiver: Receiver, *, require: bool) -> str:
    """Why From may not be believed, "" when it may.

    A result that speaks against the sender refuses whoever stated it: a forged one harms only
    its forger. A result for him counts only where the receiving server itself wrote it; without
    one `require` decides, since some servers add none (QQ to QQ).
    """
    auth = read_sender_auth(message, receiver)
    if auth.proven:
        return ""
    if auth.contradicted:
        return "sender_auth_failed"
    return "sender_auth_missing" if require else ""


def _settle(desk: Desk, line: _Line, day: str) -> str:
    """Carry out one line; what is told of it."""
    found = look_up(desk.ledger, desk.settings.paths.data, line.code, desk.now)
    if found.why == "unknown":
        decisions.record_wrong_code(desk.ledger, desk.by, day)
    if found.offer is None or found.why:
        return _WHY_NOT[found.why]
    try:
        with desk.ledger.transaction():
            outcomes = carry_out(desk, found.offer, line.decision)
            if not outcomes:
                ways = say("、").join(f"“{way}”" for way in ways_to_answer(found.offer))
                return say(
                    "决定“{decision}”未能识别，未办理；可写{ways}",
                    decision=line.decision,
                    ways=ways,
                )
            decisions.use_code(desk.ledger, line.code, desk.by, desk.now)
    except MailbotError as error:
        return say("未能办理（{error}）", error=error)
    told = []
    for outcome in outcomes:
        done = _DONE[outcome.action] if outcome.changed else say("此前已办理")
        also = say("，将另发答复至 {replied}", replied=outcome.replied) if outcome.replied else ""
        about = outcome.subject
        if outcome.action == "confirm":
            unit = address_record(desk.ledger, desk.campaign, about).unit or ""
            about = say("{address}（{unit}）", address=about, unit=unit)
        told.append(f"{about} {done}{also}")
    return say("；").join(told)


def _confirm_to_office(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    address: str,
    told: Sequence[str],
    now: datetime,
) -> None:
    """One short mail; no more of them a day than answers to any other address."""
    limit = settings.smtp.per_address_daily_limit if settings.smtp else 20
    since = midnight(now, settings.zone)
    if correspondence.notices_today(ledger, address, "confirmation", since) < limit:
        _tell_office(ledger, campaign, settings, "confirmation", address, told, now)


def _warn_office(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    address: str,
    told: Sequence[str],
    now: datetime,
) -> None:
    """What a forger wrote is told once a day, and takes nothing from what the office is told of
    its own decisions: he may write as often as he likes."""
    since = midnight(now, settings.zone)
    if not correspondence.notices_today(ledger, address, "warning", since):
        _tell_office(ledger, campaign, settings, "warning", address, told, now)


def _tell_office(
    ledger: Ledger,
    campaign: Campaign,
    settings: Settings,
    purpose: str,
    address: str,
    told: Sequence[str],
    now: datetime,
) -> None:
    queue_office_note(
        ledger,
        campaign,
        settings,
        address=address,
        purpose=purpose,
        number=f"{purpose}-{now.astimezone(settings.zone):%Y-%m-%d}",
        message_id=f"<{uuid.uuid4()}@{settings.own_domain(campaign.mailbox)}>",
        heading=say("【简报答复】办理结果"),
        lines=told,
        now=now,
    )
