"""Mails that only a person can settle, in order of time: whose is it, and what does it say?"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.writing import fold, own_words
from mailbot.language import say
from mailbot.ledger import arrivals, enquiries, facts, withdrawals
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import BODY_NAME, ArrivalSummary, CloudLink, Kind
from mailbot.report.digest.choices import Offer, command_of, ways_to_answer
from mailbot.report.digest.view import PersonItem
from mailbot.wording.phrases import clean

TEXT_SHOWN = 300  # characters of a mail's own words
_FILES_SHOWN = 6
# Thanks and adverts leave the digest by themselves; what asks something stays until settled.
_LISTED_FOR = timedelta(days=7)
_ASKS = re.compile(
    r"[?？]|请问|咨询|能否|可否|可以.{0,12}吗|怎么|如何|什么|是否|吗(?:$|[，。,.!！])"
)


_known: list[tuple[Campaign, UnitNames]] = []  # newest first; a page is asked for again and again


def names_of(campaign: Campaign) -> UnitNames:
    """The names of the campaign's units; made once for as long as it is the same object."""
    for known, names in _known:
        if known is campaign:
            return names
    names = UnitNames(campaign)
    _known.insert(0, (campaign, names))
    del _known[4:]
    return names


def list_mails(
    ledger: Ledger, aside: set[str], campaign: Campaign, now: datetime, *, trial: bool = False
) -> Iterator[PersonItem]:
    """One item a mail: no unit, no answer, something taken back, not addressed to us.

    `trial`: what is called answered was only written (shadow mode).
    """
    names = names_of(campaign)
    rows: dict[int, tuple[str, Row]] = {}
    for kind, found in (
        ("", enquiries.unattributed(ledger)),
        ("no_answer", enquiries.not_addressed_to_us(ledger)),
        ("nothing_to_answer", enquiries.open_questions(ledger)),
        ("withdrawal", enquiries.withdrawing(ledger)),
    ):
        for row in found:
            if str(row["id"]) not in aside:
                rows[int(row["id"])] = (kind, row)
    for kind, row in sorted(rows.values(), key=lambda one: (one[1]["arrived_at"], one[1]["id"])):
        item = _item(ledger, kind, row, names, now, trial)
        if item is not None:
            yield item


def _item(
    ledger: Ledger, kind: str, row: Row, names: UnitNames, now: datetime, trial: bool
) -> PersonItem | None:
    summary = arrivals.summary_of(row)
    text = body_of(ledger, summary)
    told = _told(summary, text)
    subject = summary.subject or say("（无主题）")
    if kind == "nothing_to_answer":
        stale = moment(row["examined_at"]) < now - _LISTED_FOR
        if stale and not _ASKS.search(fold(f"{summary.subject}\n{text}")):
            return None
        who = summary.unit or summary.sender.name or summary.sender.address
        heard = say("已拟答复（试运行，未发出）") if trial else say("已答复过")
        why = (
            say("，近7日内{heard}", heard=heard)
            if row["no_answer_reason"] == "heard_lately"
            else ""
        )
        return _offered(
            kind,
            say(
                "第{id}号来信（{who}）未自动答复{why}：{subject}",
                id=summary.id,
                who=clean(who, 40),
                why=why,
                subject=subject,
            ),
            told,
            Offer("reply", str(summary.id)),
        )
    if kind == "withdrawal":
        settled = row["no_answer_reason"] is None
        if settled and moment(row["examined_at"]) < now - _LISTED_FOR:
            return None  # what was held has items of its own
        taken = withdrawals.withdrawals_by(ledger, summary.id)
        held = say("、").join(
            say("第{arrival}号来信的{n}个文件", arrival=arrival, n=n)
            for arrival, n in taken.items()
        )
        what = (
            say("已暂停采用{held}", held=held)
            if taken
            else say("未能认定所指的来信，未暂停任何材料")
        )
        who = summary.unit or summary.sender.address
        title = say(
            "第{id}号来信（{who}）要求撤回此前材料：{subject}",
            id=summary.id,
            who=clean(who, 40),
            subject=subject,
        )
        if settled:
            told_of = say("{what}；{told}", what=what, told=told)
            return PersonItem(kind, title, told_of, arrival=summary.id)
        return _offered(
            kind,
            title,
            say("{what}；{told}", what=what, told=told),
            Offer("reply", str(summary.id)),
        )
    if kind == "no_answer":
        return _offered(
            kind,
            say(
                "第{id}号来信未写明发给本邮箱，材料已收，未答复：{subject}",
                id=summary.id,
                subject=subject,
            ),
            told,
            Offer("release", str(summary.id)),
        )
    suggested = suggested_unit(summary, text, names)
    also = say("；疑为{suggested}", suggested=suggested) if suggested else ""
    return _offered(
        summary.held_reasons[0],
        say("第{id}号来信：{subject}", id=summary.id, subject=subject),
        told + also,
        Offer("assign", str(summary.id), unit=suggested),
    )


def _told(summary: ArrivalSummary, text: str) -> str:
    """Sender, attachments, and the beginning of what he wrote."""
    sender = " ".join(filter(None, (summary.sender.name, summary.sender.address)))
    parts = [say("发件人 {sender}", sender=clean(sender, 80))]
    files = [
        clean(one.name, 60)
        for one in summary.files
        if one.name != BODY_NAME and (one.kind is not Kind.OTHER or one.findings)
    ]
    files += [clean(_link_name(link), 60) for link in summary.links]
    if files:
        more = say("等{count}个", count=len(files)) if len(files) > _FILES_SHOWN else ""
        parts.append(
            say("附件 {names}{more}", names=say("、").join(files[:_FILES_SHOWN]), more=more)
        )
    if text:
        parts.append(say("正文 {beginning}", beginning=_beginning(text)))
    return say("；").join(parts)


def _link_name(link: CloudLink) -> str:
    return say("链接：{name}", name=link.name or say("未标明文件名"))


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_SHOWN else f"{line[:TEXT_SHOWN]}…"


def body_of(ledger: Ledger, summary: ArrivalSummary) -> str:
    """What the sender wrote himself, as far as the mail's text is kept."""
    for one in summary.files:
        if one.name == BODY_NAME:
            text = facts.body_text(ledger, one.sha256)
            if text is not None:
                return own_words(text) or text
    return ""


def suggested_unit(summary: ArrivalSummary, text: str, names: UnitNames) -> str:
    """The one unit that is mentioned anywhere; "" where none or several are."""
    said = (
        summary.subject,
        text,
        summary.sender.name,
        *(one.name for top in summary.files for one in top.walk()),
    )
    found = {match.unit for words in said for match in names.find(words)} - {None}
    return str(found.pop()) if len(found) == 1 else ""


def _offered(kind: str, title: str, detail: str, offer: Offer) -> PersonItem:
    return PersonItem(
        kind, title, detail, command_of(offer), offer=offer, answers=ways_to_answer(offer)
    )
