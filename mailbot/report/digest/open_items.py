"""What only a person can settle: each matter with the decision that would."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mailbot.campaign.forms import FormSpec
from mailbot.campaign.types import Campaign
from mailbot.judgement.slots import WITHDRAWN
from mailbot.language import Words, say
from mailbot.ledger import arrivals, correspondence, decisions, enquiries, reminders, sending
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier, DossierFile, Judged, Slot, SlotVerdict, Verdict
from mailbot.outbox.delivery.refusals import INVALID_USER, JUDGED_SPAM
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.crops import cut_doubts
from mailbot.report.digest.senders import item_of, list_forged, list_self_named
from mailbot.report.digest.unanswered import list_mails
from mailbot.report.digest.view import PersonItem
from mailbot.settings.types import Settings

_DOUBTS = Words(
    {
        "failed": "发件人核验未通过（可能系冒用），",
        "missing": "发件人未能核验，",
    }
)
_REPLIES = 10  # approved together
_REPLY_KINDS = Words({"receipt": "回执", "correction": "补正", "acknowledgement": "收件告知"})


def list_matters(
    ledger: Ledger,
    board: Sequence[Dossier],
    campaign: Campaign,
    settings: Settings,
    now: datetime,
    *,
    pictures: bool = True,
) -> Iterator[PersonItem]:
    """The most urgent first: what waits to leave, what is stuck, what is unclear, what wants
    confirming.

    Arrivals on hold are set aside and only counted. Of a form that was read by machine the page
    and the doubtful cells are shown (`pictures`). Of `board` only those dossiers are looked at
    that `dossiers.with_doubts` has.
    """
    aside = set(decisions.held(ledger, "arrival"))
    yield from _to_approve(ledger)
    yield from _stuck(ledger, aside)
    files = settings.paths.data / "files" if pictures else None
    yield from list_mails(ledger, aside, campaign, now, trial=settings.outbox.mode == "shadow")
    for dossier in board:
        for slot in dossier.slots.values():
            form = campaign.of_form(slot.slot if slot.slot in campaign.forms else "form").form
            yield from _held_files(ledger, dossier, slot, form, files)
    yield from list_forged(ledger, board, aside)
    yield from _held_strays(ledger, board, aside)
    yield from list_self_named(ledger, campaign, aside)
    aside -= {str(row["id"]) for row in enquiries.gone(ledger)}  # seen, and nothing to release
    yield from _on_hold(ledger, sorted(aside, key=int))


def _to_approve(ledger: Ledger) -> Iterator[PersonItem]:
    """Reminders, one item a day of them, and composed replies."""
    for number, units in reminders.unapproved(ledger).items():
        title = say("{count}封报送提醒待批准发出", count=len(units))
        yield item_of("unapproved", title, say("、").join(units), Offer("approve", number))
    waiting = sending.unapproved(ledger)
    for start in range(0, len(waiting), _REPLIES):
        some = waiting[start : start + _REPLIES]
        yield item_of(
            "unapproved",
            say("{count}封答复待批准发出", count=len(some)),
            say("；").join(
                say(
                    "{number} {unit}（{reply_kinds}）",
                    number=row["number"],
                    unit=row["unit"] or row["address"],
                    reply_kinds=_REPLY_KINDS[row["kind"]],
                )
                for row in some
            ),
            Offer("approve", " ".join(dict.fromkeys(row["number"] for row in some))),
        )


def _stuck(ledger: Ledger, aside: set[str]) -> Iterator[PersonItem]:
    for row in enquiries.quarantined(ledger):
        if str(row["id"]) not in aside:
            yield item_of(
                "quarantined",
                say("第{id}号来信三次处理失败，已隔离", id=row["id"]),
                say(
                    "系统处理时出错（{last_error}）；"
                    "或略过无法检查的文件予以收下：mailbot release {id}",
                    last_error=row["last_error"],
                    id=row["id"],
                ),
                Offer("retry", str(row["id"])),
            )
    for row in enquiries.gone(ledger):
        if str(row["id"]) not in aside:
            yield item_of(
                "gone",
                say("第{id}号来信取回前已从邮箱消失", id=row["id"]),
                say("两次询问邮箱均答已无此件，可能系发件人撤回或他人删除；如重新出现将自动收取"),
                Offer("aside", str(row["id"])),
            )
    for row in sending.dead_rows(ledger):
        if row["error_code"] == JUDGED_SPAM:  # the same text is never sent again
            yield PersonItem(
                "dead_reply",
                say(
                    "{number} 致 {address} 的邮件被对方服务器判为垃圾邮件",
                    number=row["number"],
                    address=row["address"],
                ),
                say("原文不再重发，请电话告知（{error_text}）", error_text=row["error_text"]),
            )
            continue
        yield item_of(
            "dead_reply",
            say(
                "{number} 致 {address} 的邮件未能送达", number=row["number"], address=row["address"]
            ),
            say(
                "对方邮箱不存在，重发亦不能送达，请电话联系（{error_text}）",
                error_text=row["error_text"],
            )
            if row["error_code"] == INVALID_USER
            else say("对方服务器拒收（{error_text}）", error_text=row["error_text"]),
            Offer("resend", row["number"]),
        )
    for row in correspondence.bounced_rows(ledger):
        yield item_of(
            "dead_address",
            say(
                "{number} 致 {address} 的邮件被退回，已停止向该地址发信",
                number=row["number"],
                address=row["address"],
            ),
            say("可改用其他地址（mailbot unit address），或重发并恢复该地址"),
            Offer("resend", row["number"]),
        )


def _held_files(
    ledger: Ledger, dossier: Dossier, slot: Slot, spec: FormSpec, files: Path | None
) -> Iterator[PersonItem]:
    def offer(file: DossierFile) -> Offer:
        has_fields = bool(file.judged.fields)
        return Offer("accept", dossier.unit, slot.slot, file.judged.sha256, has_fields=has_fields)

    for file in slot.files:
        title = say(
            "{unit} {label}：{name}", unit=dossier.unit, label=slot.label, name=file.judged.name
        )
        if file.shown_only:
            row = arrivals.arrival_row(ledger, file.arrival)
            doubt = _DOUBTS.get(row["sender_doubt"], "") if row else ""
            detail = say(
                "来自 {decided_by_address}，{doubt}未替换已收材料",
                decided_by_address=file.decided_by_address,
                doubt=doubt,
            )
            yield item_of("held_replacement", title, detail, offer(file))
        elif slot.verdict is not SlotVerdict.ACCEPTED and file.judged.verdict is Verdict.HELD:
            detail = _why_held(file.judged)
            item = item_of("held", title, detail, offer(file))
            crops = cut_doubts(file.judged, spec, files) if files is not None else ()
            yield replace(item, crops=crops)


def _held_strays(ledger: Ledger, board: Sequence[Dossier], aside: set[str]) -> Iterator[PersonItem]:
    """Files that nobody could read and that name no material (an archive whose reader is not
    installed): their sender was told that a person looks, so they stand here until set aside."""
    seen = {
        (dossier.unit, file.judged.sha256)
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
    }
    for row in enquiries.with_held_files(ledger):
        if str(row["id"]) in aside:
            continue
        for judged in (one for top in arrivals.files_of(row) for one in top.walk()):
            # Of a container that is held for what lies in it, the member is the item.
            inherited = any(one.verdict is Verdict.HELD for one in judged.members)
            if judged.verdict is not Verdict.HELD or inherited:
                continue
            if (row["unit"], judged.sha256) in seen:
                continue
            seen.add((row["unit"], judged.sha256))
            yield item_of(
                "held",
                say(
                    "{unit} 第{id}号来信：{name}，未能认定属于哪项材料",
                    unit=row["unit"],
                    id=row["id"],
                    name=judged.name,
                ),
                say(
                    "{why_held}请打开原件查看，如为应报材料，请联系该单位改报",
                    why_held=_why_held(judged),
                ),
                Offer("aside", str(row["id"])),
            )


def _why_held(judged: Judged) -> str:
    """What a person has to look at first."""
    if any(one.code == WITHDRAWN for one in judged.findings):
        return say("发件人来信要求撤回，已暂停采用；核实后仍可采用的，请予认可，否则等其另报")
    unsure = [one for one in judged.findings if one.code == "FORM_FIELD_UNSURE"]
    more = say("（共{count}处）", count=len(unsure)) if len(unsure) > 1 else ""
    last = (unsure or list(reversed(judged.findings)))[:1]
    return "".join(one.message + more for one in last)


def _on_hold(ledger: Ledger, aside: Sequence[str]) -> Iterator[PersonItem]:
    units = decisions.held(ledger, "unit")
    if aside or units:
        held = [*units, *(say("第{number}号来信", number=number) for number in aside)]
        targets = " ".join((*units, *aside))
        yield item_of(
            "on_hold",
            say("已搁置{count}件", count=len(held)),
            say("、").join(held),
            Offer("lift", targets),
        )
