"""What a button of 待办 does: an offer and a choice become decisions, made once.

The office's form says up to which decision its page knew the trail. What somebody settled since is
not settled again: the second person is told what the first decided.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from mailbot.campaign.types import Campaign
from mailbot.console.decided import concerned, done_words
from mailbot.console.words import filled, said
from mailbot.deciding.adopting import adopt
from mailbot.deciding.correcting import correct, find_field
from mailbot.deciding.desk import Desk, Outcome
from mailbot.deciding.mails import approve, assign, hold, release, resend, retry, withdraw
from mailbot.deciding.register import confirm
from mailbot.deciding.slots import find_slot, rule_slot
from mailbot.errors import MailbotError, PermanentFault, SettingsError
from mailbot.judgement.form.field_checks import label_of
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger import audit
from mailbot.ledger.audit import AuditRow
from mailbot.report.digest.choices import Offer
from mailbot.wording.phrases import format_moment

_LOOKED_AT = "经工作人员核对"
_TOLD_OTHERWISE = "已另行告知"
_TAKEN_BACK = "已按来信要求撤回，不再采用"
_NO_ADDRESS = "请至少勾选一个地址"
_NO_UNIT = "请先选择单位（须为名册中的单位）"
_UNCHANGED = "此前已办理，未作变动"
_FAULTS = {
    "judged_spam": "该邮件被对方服务器判为垃圾邮件，原文不再重发，请电话告知该单位",
    "shadow": "试运行期间不发送邮件",
    "waiting": "该邮件仍在等待发出",
    "duplicate": "该来信与另一封重复",
    "undo_left": "因此发出的邮件已经离开，不能撤销",
    "undo_changed": "其后又有变化，不能撤销",
    "rules_moved": "规则文件夹在试行后已有改动，请重新上传试行",
    "rules_renewed": "另一套规则刚刚启用，请重新办理",
    "not_found": "该事项已不在待办之列",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person chose for one item, and what he wrote beside it."""

    do: str
    unit: str = ""
    reason: str = ""
    only: tuple[str, ...] | None = None  # confirm: of the addresses these; None for all
    figures: Mapping[str, str] = field(default_factory=dict)  # accept: what the paper says


@dataclass(frozen=True, slots=True)
class Told:
    """How it ended for one item."""

    words: str
    is_done: bool = True


def offer_text(offer: Offer) -> str:
    """An offer as a form carries it."""
    return json.dumps(asdict(offer), ensure_ascii=False)


def read_offer(text: str) -> Offer:
    """The offer of a form; PermanentFault `offer` for anything else."""
    try:
        document = json.loads(text)
        offer = Offer(**document)
    except (ValueError, TypeError) as error:
        raise PermanentFault("offer", "no offer") from error
    if not all(isinstance(value, str | bool) for value in asdict(offer).values()):
        raise PermanentFault("offer", "no offer")
    return offer


def settle(desk: Desk, offer: Offer, choice: Choice, seen: int) -> list[Told]:
    """Settle one item, unless somebody has since the page was made; what to tell of it."""
    if choice.do in ("reject", "waive") and not choice.reason.strip():
        return [Told(said("请写明理由"), is_done=False)]
    told = []
    for names, make in _made(desk.campaign, offer, choice):
        try:
            with desk.ledger.transaction():
                others = _others(desk, names, seen)
                if others:
                    told.append(Told(_already(others[-1], desk), is_done=False))
                    continue
                outcome = make(desk)
                made = audit.newest(desk.ledger, 1)
        except MailbotError as error:
            told.append(Told(fault_words(error), is_done=False))
            continue
        words = done_words(made[0], desk.campaign) if outcome.changed else said(_UNCHANGED)
        if outcome.replied and outcome.action != "resend":
            words += filled("，将另发答复至 {address}", address=outcome.replied)
        told.append(Told(words, is_done=outcome.changed))
    nothing = _NO_ADDRESS if offer.action == "confirm" else _NO_UNIT
    return told or [Told(said(nothing), is_done=False)]


def fault_words(error: MailbotError) -> str:
    """Why a decision was not made, in the office's words."""
    if isinstance(error, SettingsError) and " is no " in str(error):
        return said("所填内容与该栏目不符，请填写阿拉伯数字或该栏目要求的内容。")
    if error.code == "figure":
        return filled("“{field}”尚未填写：请对照原件填写后再认可", field=error)
    known = _FAULTS.get(error.code)
    why = said(known) if known else str(error)
    return filled("未能办理：{why}", why=why)


def names_of(offer: Offer) -> tuple[str, ...]:
    """Under which names the trail knows what the offer would settle (`concerned`)."""
    match offer.action:
        case "accept":
            return (f"file {offer.target} {offer.slot} {offer.sha256}",)
        case "confirm":
            return tuple(f"address {address}" for address in offer.target.split())
        case "approve" | "resend":
            return tuple(f"number {number}" for number in offer.target.split())
        case "lift":
            return tuple(_held_name(one) for one in offer.target.split())
        case _:
            return (f"mail {offer.target}",)


def _held_name(target: str) -> str:
    return f"mail {target}" if target.isdecimal() else f"unit {target}"


Make = Callable[[Desk], Outcome]


def _made(
    campaign: Campaign, offer: Offer, choice: Choice
) -> Iterator[tuple[tuple[str, ...], Make]]:
    """The decisions, each with the names of what it settles. `do` is "first" for the choice that
    the item suggests, "aside" for setting it aside, "agree" and "refuse" for what was taken back.
    """
    do, why, target = choice.do, choice.reason.strip(), offer.target
    names = names_of(offer)
    if (offer.action == "aside" and do == "first") or (
        do in ("aside", "hold") and offer.action in ("assign", "reply", "retry", "aside", "release")
    ):
        yield names, lambda desk: hold(desk, target, why)
    elif do in ("agree", "refuse") and offer.action in ("reply", "accept"):
        yield names, _taking_back(offer, do == "agree", why)
    elif offer.action == "assign" and do in ("first", "assign"):
        name = _unit_named(campaign, choice.unit or offer.unit)
        if name:
            yield names, lambda desk: assign(desk, int(target), name, why)
    elif offer.action == "accept" and do in ("first", "accept", "reject"):
        if do == "reject":
            yield (
                names,
                lambda desk: rule_slot(desk, "reject", target, offer.slot, why, offer.sha256),
            )
        else:
            yield names, _accepting(offer, choice.figures, why or said(_LOOKED_AT))
    elif offer.action == "accept" and do == "waive":
        slot = (f"slot {target} {offer.slot}",)
        yield slot, lambda desk: rule_slot(desk, "waive", target, offer.slot, why)
    elif offer.action == "confirm" and do in ("first", "confirm"):
        for address in target.split():
            if choice.only is None or address in choice.only:
                yield (f"address {address}",), _confirming(address, why)
    elif offer.action in ("release", "reply") and do in ("first", "release"):
        yield names, lambda desk: release(desk, target, why)
    elif offer.action == "retry" and do in ("first", "retry"):
        yield names, lambda desk: retry(desk, int(target), why)
    elif offer.action == "retry" and do == "release":
        yield names, lambda desk: release(desk, target, why)
    elif offer.action == "resend" and do == "withdraw":
        yield names, lambda desk: withdraw(desk, target.split(), why or said(_TOLD_OTHERWISE))
    elif offer.action == "resend" and do in ("first", "resend"):
        yield names, lambda desk: resend(desk, target, why)
    elif offer.action == "approve" and do in ("first", "approve"):
        yield names, lambda desk: approve(desk, target.split(), why)
    elif offer.action == "approve" and do == "withdraw":
        yield names, lambda desk: withdraw(desk, target.split(), why)
    elif offer.action == "lift" and do in ("first", "release"):
        for one in target.split():
            yield (_held_name(one),), _releasing(one, why)
    else:
        raise PermanentFault("offer", f"{offer.action} offers no {do}")


def _accepting(offer: Offer, figures: Mapping[str, str], why: str) -> Make:
    """What the paper says, field by field, and then the file counts: all of it or nothing."""

    def make(desk: Desk) -> Outcome:
        unit, slot, sha256 = offer.target, offer.slot, offer.sha256
        made = []
        for key, text in figures.items():
            one = find_field(desk, find_slot(desk.campaign, slot), key)
            if one.required and not text.strip():
                raise PermanentFault("figure", label_of(one))
            made.append(correct(desk, unit, key, text, why, file=sha256, slot_name=slot))
        last = rule_slot(desk, "accept", unit, slot, why, sha256)
        replied = next((one.replied for one in (last, *made) if one.replied), "")
        changed = last.changed or any(one.changed for one in made)
        return replace(last, changed=changed, replied=replied)

    return make


def _taking_back(offer: Offer, is_agreed: bool, why: str) -> Make:
    """What a sender took back is not used, or is all the same; his mail is settled with it."""
    if offer.action == "reply":
        return lambda desk: hold(desk, offer.target, why or said(_LOOKED_AT))
    reason = why or said(_TAKEN_BACK if is_agreed else _LOOKED_AT)
    return lambda desk: rule_slot(
        desk, "reject" if is_agreed else "accept", offer.target, offer.slot, reason, offer.sha256
    )


def _confirming(address: str, why: str) -> Make:
    return lambda desk: confirm(desk, address, why)


def _releasing(target: str, why: str) -> Make:
    return lambda desk: release(desk, target, why)


def _unit_named(campaign: Campaign, name: str) -> str:
    match = UnitNames(campaign).match_name(name.strip()) if name.strip() else None
    return match.unit or "" if match is not None and not match.sub_unit else ""


def _others(desk: Desk, names: Sequence[str], seen: int) -> list[AuditRow]:
    """What was decided about it since, and stands."""
    since = audit.entries_after(desk.ledger, seen)
    undone = {entry.before.get("decision") for entry in since if entry.action == "undo"}
    return [
        entry for entry in since if entry.id not in undone and set(concerned(entry)) & set(names)
    ]


def _already(entry: AuditRow, desk: Desk) -> str:
    return filled(
        "{by}已于{when}先行办理——{words}{why}。您的决定未再办理",
        by=entry.by,
        when=format_moment(entry.at, desk.settings.zone),
        words=done_words(entry, desk.campaign),
        why=filled("，理由：{reason}", reason=entry.reason) if entry.reason else "",
    )


def adopt_all(desk: Desk, numbers: Sequence[str]) -> str:
    """What was written in shadow mode becomes due; how many of them."""
    found = adopt(desk, numbers)
    due = sum(one.fate == "due" for one in found)
    return filled(
        "{due}封将按今日台账另写答复发出，{withdrawn}封撤下", due=due, withdrawn=len(found) - due
    )
