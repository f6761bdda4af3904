"""Subject, first paragraph, list and attachment agree on whether the unit must do something.

Every dossier that can be (six slots, each missing, announced, accepted, rejected or held) is
judged and its reply viewed, after every kind of mail in turn. Replies are written out, as text
and as HTML, for an orthogonal array of those dossiers: any three slots in any three states.
What must stand there is said by the tables of this file, not by the code that writes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from make.dossiers import ARRIVED, SENDER, arrival_of, finding, judged, photo, video
from make.replies import OFFICE, parse, part

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.dossier import judge_dossier, judge_punctuality
from mailbot.judgement.findings import finding_of
from mailbot.judgement.slots import Contribution, Standing
from mailbot.model import (
    ArrivalSummary,
    CloudLink,
    Dossier,
    DossierState,
    Finding,
    Judged,
    Kind,
    ReplyKind,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)
from mailbot.outbox.compose.reply import ReplyRequest, choose_kind, compose_reply
from mailbot.outbox.compose.view import ReplyView, view_reply
from mailbot.outbox.owed import form_to_enclose
from mailbot.wording.rules import rule_of

MISSING, ANNOUNCED, ACCEPTED, REJECTED, HELD = SlotVerdict
UNIT = "金水区"
AFTER = timedelta(days=5)  # of the deadline

# For each slot a name that says what it is, and the codes that reject and that hold such a file.
STANDARD = {
    "form": ("统计表.xlsx", "FORM_UNFILLED", "FORM_SUB_UNIT"),
    "plan": ("演练方案.docx", "DOCUMENT_BROKEN", "DOCUMENT_LIMIT"),
    "summary": ("演练评估总结.docx", "SUMMARY_PROBLEMS", "FILE_UNEXAMINED"),
    "video": ("演练视频.mp4", "VIDEO_SIZE", "FILE_FAULTY"),
    "photo": ("演练照片.jpg", "PHOTO_SIZE", "FILE_UNEXAMINED"),
    "text": ("文字信息.docx", "TEXT_SHORT", "DOCUMENT_LIMIT"),
}
# The same where the rules of the shipped folder ask the unit for something that settles it.
ASKING = {"form": "FORM_AS_PICTURE", "plan": "DOCUMENT_SCANNED", "text": "FORM_FIELD_UNSURE"}
NAMES = {
    "signin": ("签到表.xlsx", "DOCUMENT_BROKEN", "FILE_UNEXAMINED"),
    "press": ("新闻稿.docx", "DOCUMENT_BROKEN", "FILE_UNEXAMINED"),
    "station": ("值守表.pdf", "FILE_EMPTY", "DOCUMENT_SCANNED"),
    "plan": ("疏散方案.docx", "PLAN_UNFILLED", "FILE_FAULTY"),
    "summary": ("演练总结.docx", "SUMMARY_UNFILLED", "DOCUMENT_LIMIT"),
    "photo": ("照片.jpg", "PHOTO_CLEAR", "FILE_UNEXAMINED"),
    "video": ("视频.mp4", "VIDEO_LENGTH", "FILE_UNEXAMINED"),
}


@dataclass(frozen=True)
class Mail:
    """A kind of mail: what it brings besides the files of the slots, and when it comes."""

    name: str
    late: bool = False
    enquiry: bool = False
    held: tuple[str, ...] = ()
    brings_slots: bool = True
    extra: tuple[Judged, ...] = ()
    defects: tuple[str, ...] = ()
    scanned: bool = False  # what is held is held with a request
    asks: bool = False  # what is extra has to be sent otherwise, while the unit owes something
    known: bool = True


def _stray(name: str, kind: Kind, code: str, message: str, verdict: Verdict) -> Judged:
    severity = Severity.ERROR if verdict is Verdict.REJECTED else Severity.WARNING
    found = finding(code, message, actual="见文件", severity=severity)
    return judged(name, kind, "bin", found, slots=(), verdict=verdict)


LOCKED = _stray(
    "材料.zip", Kind.ARCHIVE, "ARCHIVE_ENCRYPTED", "压缩包不应设置密码。", Verdict.REJECTED
)
SHORTCUT = _stray(
    "方案.lnk", Kind.DOCUMENT, "FILE_NOT_ITSELF",
    "您发来的是快捷方式，不是文件本身。请找到“方案”原文件，以附件方式发送该文件。",
    Verdict.REJECTED,
)  # fmt: skip
SCAN = _stray("扫描件.pdf", Kind.DOCUMENT, "DOCUMENT_SCANNED", "文档为扫描件。", Verdict.HELD)
ODD = _stray("附件.dat", Kind.DOCUMENT, "FILE_UNEXAMINED", "未能检查。", Verdict.HELD)

MAILS = (
    Mail("material"),
    Mail("material after the deadline", late=True),
    Mail("a scan", scanned=True),
    Mail("enquiry", enquiry=True, brings_slots=False),
    Mail("enquiry after the deadline", enquiry=True, brings_slots=False, late=True),
    Mail("withdrawal", held=("withdrawal",), brings_slots=False),
    Mail("nothing attached", brings_slots=False),
    Mail("archive under a password", extra=(LOCKED,), asks=True),
    Mail("shortcut", extra=(SHORTCUT,), asks=True),
    Mail("a scan of no material", extra=(SCAN,)),
    Mail("a file that nobody could read", extra=(ODD,)),
    Mail("too many parts", defects=("too_many_parts",), asks=True),
    Mail("cut off", defects=("truncated",)),
    Mail("too large", defects=("too_large",), brings_slots=False, asks=True),
    Mail("unknown unit", known=False, held=("unknown_unit",)),
    Mail("conflict", known=False, held=("unit_conflict",)),
)


@cache
def fire_drill() -> Campaign:
    return load_campaign(Path(__file__).parents[2] / "rules" / "xiaofang-2026")


@cache
def found(campaign_id: str, code: str, verdict: Verdict) -> Finding:
    campaign = _campaigns[campaign_id]
    rule = rule_of(campaign, code)
    if rule is not None:
        return finding_of(rule, actual="所见", where="")
    words = {
        "FORM_SUB_UNIT": "填报单位为“金水区城管局”，须核对是否代表本级报送。已转请人工核对。",
        "FORM_FIELD_UNSURE": "“演练次数”读为“1”，辨认把握不足。已转请人工核对；"
        "请核对该单元格，并重新报送清晰无误的统计表。",
    }[code]
    severity = Severity.ERROR if verdict is Verdict.REJECTED else Severity.WARNING
    return finding(code, words, actual="所见", severity=severity)


_campaigns: dict[str, Campaign] = {}


def names_of(campaign_id: str) -> dict[str, tuple[str, str, str]]:
    return STANDARD if campaign_id == "zhengzhou-2017" else NAMES


def a_file(campaign_id: str, slot: str, verdict: SlotVerdict, scanned: bool, nth: int) -> Judged:
    """A file of this slot as the rules of the folder judge it."""
    name, rejects, holds = names_of(campaign_id)[slot]
    name = f"{nth or ''}{name}"
    kind = Kind(slot) if slot in Kind.__members__.values() else Kind.DOCUMENT
    kind = Kind.FORM if slot == "signin" else kind
    if scanned and campaign_id == "zhengzhou-2017":
        holds = ASKING.get(slot, holds)
    findings: tuple[Finding, ...] = ()
    verdicts = {ACCEPTED: Verdict.ACCEPTED, REJECTED: Verdict.REJECTED, HELD: Verdict.HELD}
    if verdict is not ACCEPTED:
        code = rejects if verdict is REJECTED else holds
        findings = (found(campaign_id, code, verdicts[verdict]),)
    if slot == "photo":
        return replace(photo(name, 4032, 3024, *findings), verdict=verdicts[verdict])
    if slot == "video":
        return replace(video(name, 1920, 1080, *findings), verdict=verdicts[verdict])
    format = name.rpartition(".")[2]
    return judged(name, kind, format, *findings, slots=(slot,), verdict=verdicts[verdict])


@dataclass(frozen=True)
class Case:
    """One dossier, the mail that is answered, and what has to be said."""

    campaign: Campaign
    verdicts: dict[str, SlotVerdict]
    mail: Mail
    dossier: Dossier
    arrival: ArrivalSummary

    @property
    def kind(self) -> ReplyKind:
        return choose_kind(self.dossier if self.mail.known else None, [self.arrival])

    def labels(self, *verdicts: SlotVerdict) -> set[str]:
        return {
            slot.label
            for slot in self.dossier.slots.values()
            if slot.required and self.verdicts[slot.slot] in verdicts
        }

    @property
    def complete(self) -> bool:
        return not self.labels(MISSING, ANNOUNCED, REJECTED, HELD)

    @property
    def owes(self) -> bool:
        return bool(self.labels(MISSING, REJECTED))

    @property
    def held_with_a_request(self) -> bool:
        shipped = self.campaign.id == "zhengzhou-2017"
        asking = ASKING if self.mail.scanned and shipped else {}
        asking = asking if shipped else {"station": "DOCUMENT_SCANNED"}
        return any(self.verdicts.get(slot) is HELD for slot in asking)

    @property
    def must_act(self) -> bool:
        """By the tables above: what is owed, what is asked for, or who it is."""
        if not self.mail.known:
            return "unknown_unit" in self.mail.held
        waits = bool(self.labels(ANNOUNCED, HELD))
        stray = waits and (SCAN in self.mail.extra or self.mail.asks)
        return self.owes or self.held_with_a_request or stray


@cache
def slot_in(campaign_id: str, slot: str, state: SlotVerdict, scanned: bool) -> Slot:
    """The slot as the dossier's own rules judge it, after one mail that brings it into a state."""
    campaign = _campaigns[campaign_id]
    material = next(one for one in campaign.materials if one.slot == slot)
    files: list[Judged] = []
    links = []
    if state is ANNOUNCED:
        name = names_of(campaign_id)[slot][0]
        links.append(CloudLink("qq", f"https://wx.example.test/{name}", name, 5_000_000, ""))
    elif state is not MISSING:
        count = material.minimum if state is ACCEPTED else 1
        files += [a_file(campaign_id, slot, state, scanned, nth) for nth in range(count)]
    came = Contribution(1, ARRIVED, SENDER.address, Standing.OWN, tuple(files), tuple(links))
    judged = judge_dossier(UNIT, True, [came], campaign, ARRIVED).slots[slot]
    assert judged.verdict is state
    return judged


def case_of(campaign: Campaign, verdicts: dict[str, SlotVerdict], mail: Mail) -> Case:
    _campaigns[campaign.id] = campaign
    slots = {
        slot: slot_in(campaign.id, slot, state, mail.scanned) for slot, state in verdicts.items()
    }
    files = [file.judged for slot in slots.values() for file in slot.files]
    links = tuple(one.link for slot in slots.values() for one in slot.links)
    came = campaign.deadline + AFTER if mail.late else ARRIVED
    first = ARRIVED if files or links else None
    required = [slot for slot in slots.values() if slot.required]
    complete = all(slot.verdict is ACCEPTED for slot in required)
    dossier = Dossier(
        unit=UNIT,
        expected=True,
        state=DossierState.COMPLETE
        if complete
        else DossierState.INCOMPLETE
        if first
        else DossierState.NOTHING,
        punctuality=judge_punctuality(campaign, UNIT, slots, first, came),
        slots=slots,
        first_arrival=first,
        last_arrival=first,
        completed_at=first if complete else None,
        deadline=campaign.deadline_of(UNIT),
    )
    arrival = replace(
        arrival_of(
            *(files if mail.brings_slots else ()),
            *mail.extra,
            links=links if mail.brings_slots else (),
            held_reasons=mail.held,
            defects=mail.defects,
            arrived_at=came,
            unit=UNIT if mail.known else None,
        ),
        enquiry=mail.enquiry,
    )
    return Case(campaign, verdicts, mail, dossier, arrival)


def every_dossier(campaign: Campaign) -> Iterator[Case]:
    slots = [one.slot for one in campaign.materials]
    for number, states in enumerate(product(SlotVerdict, repeat=len(slots))):
        # 5 and 16 have no factor in common: every state of the last slots meets every mail.
        mail = MAILS[(number + number // 5 + number // 625) % len(MAILS)]
        yield case_of(campaign, dict(zip(slots, states, strict=True)), mail)


def orthogonal(columns: int, strength: int) -> Iterator[list[SlotVerdict]]:
    """Rows in which any `strength` of up to six columns show each tuple of states once:
    polynomials over the field of five elements (Bush 1952)."""
    states = list(SlotVerdict)
    for terms in product(range(5), repeat=strength):
        row = [sum(term * x**power for power, term in enumerate(terms)) % 5 for x in range(5)]
        yield [states[one] for one in (*row, terms[-1])][:columns]


RELIEF = re.compile(
    r"[^，；。\n]*(?:无需|不必|不用|毋须|无须)(?:再|重新|重复)*(?:报|发|补)[^，；。\n]*"
)
# What is said of other files than those that are wanted.
_OF_OTHERS = re.compile(r"已通过的材料|其他材料|已解出的|已收到的分卷|核对无误的|已收到的附件")
_DEMAND = re.compile(
    r"请[^，；。：:]*(?:报送|补报|补正|发送|重发|办理|写明)|请(?:一并|同时|重新)报送"
)
_CONDITION = re.compile(r"如|需要|需更换|确有错误的|可直接回复|今后")


def reliefs(text: str) -> list[str]:
    return [one for one in RELIEF.findall(text) if not _OF_OTHERS.search(one)]


def demands(text: str) -> list[str]:
    """Sentences that ask the unit for something, without an if."""
    sentences = re.split(r"[。\n]", text)
    return [one for one in sentences if _DEMAND.search(one) and not _CONDITION.search(one)]


def check_view(case: Case, view: ReplyView) -> None:
    told = f"{case.mail.name}: {case.verdicts}"
    assert view.must_act == case.must_act, told
    if not case.mail.known:
        assert not view.slots, told
        return
    assert {one.label for one in view.owed} == case.labels(MISSING), told
    unreadable = any(one in (LOCKED, SHORTCUT) for one in case.mail.extra) and not case.complete
    problems = {one.label for one in view.problems}
    assert problems == case.labels(REJECTED) | ({"其他来件"} if unreadable else set()), told
    numbers = [one.number for one in view.problems] + [one.number for one in view.owed]
    assert numbers == list(range(1, len(numbers) + 1)), told
    said = [line for one in view.problems for line in (one.fix, one.wanted)]
    said += [*(one.how for one in view.owed), *view.wanted, *view.matters, *view.hints]
    said += [note for one in view.arrivals for note in one.notes]
    contradicting = reliefs if view.must_act else demands
    assert not contradicting("\n".join(said)), told
    for line in view.slots:
        slot = next(one for one in case.dossier.slots.values() if one.label == line.label)
        expected = {
            MISSING: "未收到", ANNOUNCED: "链接待核", ACCEPTED: "已通过", REJECTED: "需补正",
            HELD: "待核对",
        }[case.verdicts[slot.slot]]  # fmt: skip
        if not slot.required and slot.verdict is MISSING:
            expected = "自愿报送"
        assert line.status == expected, told


def test_the_view_of_every_dossier_agrees_with_itself(campaign: Campaign) -> None:
    seen = set()
    for case in every_dossier(campaign):
        now = case.arrival.arrived_at + timedelta(minutes=1)
        dossier = case.dossier if case.mail.known else None
        check_view(case, view_reply(case.kind, dossier, (case.arrival,), campaign, now))
        seen.add((case.mail.name, *(case.verdicts[slot] for slot in ("form", "text"))))
    assert len(seen) == len(MAILS) * 25


@cache
def enclosed_with(
    kind: ReplyKind, campaign_id: str, state: SlotVerdict
) -> tuple[tuple[str, bytes], ...]:
    """The form that goes along: its making takes longer than all the rest of a case."""
    campaign = _campaigns[campaign_id]
    slots = {one.slot: ACCEPTED for one in campaign.materials} | {"form": state}
    return form_to_enclose(campaign, kind, case_of(campaign, slots, MAILS[0]).dossier)


def shown(html: str) -> str:
    page = re.sub(r"<title>.*?</title>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"[ \t]+", "", page.replace("&nbsp;", ""))


def check_reply(case: Case) -> None:
    campaign, kind = case.campaign, case.kind
    enclosed: tuple[tuple[str, bytes], ...] = ()
    if case.mail.known and "form" in case.verdicts:
        enclosed = enclosed_with(kind, campaign.id, case.verdicts["form"])
    raw = compose_reply(
        ReplyRequest(
            kind=kind,
            number="YL2017-0012",
            message_id="<reply-1@example.test>",
            unit=UNIT if case.mail.known else None,
            to=SENDER,
            from_=OFFICE,
            arrivals=(case.arrival,),
            dossier=case.dossier if case.mail.known else None,
            campaign=campaign,
            now=case.arrival.arrived_at + timedelta(minutes=1),
            attachments=enclosed,
        )
    )
    mail = parse(raw)
    subject = str(mail["Subject"])
    attached = [str(one.get_filename()) for one in mail.iter_attachments()]
    asks = re.match(r"^【请(?:补正|补报|补充)】", subject) is not None
    told = f"{case.mail.name}: {case.verdicts} {subject}"
    assert asks == case.must_act, told
    if case.mail.known and case.owes:
        mends = bool(case.labels(REJECTED)) or (case.mail.asks and bool(case.mail.extra))
        assert subject.startswith("【请补正】" if mends else "【请补报】"), told
    for side in (part(mail, "plain"), shown(part(mail, "html"))):
        body, _, footer = side.partition("此件为系统自动生成")
        opening = body[: body.index("校验码见附件")]
        told = f"{case.mail.name}: {case.verdicts} {subject}\n{side}"
        assert footer, told
        first = re.split(r"需补正\n|【|未收到\n|请补充\n", opening)[0]
        listed = re.findall(r"(?m)^\s*(\d+)\.", opening)
        counted = [int(one) for one in re.findall(r"(\d+)(?:处需补正|项材料未收到)", first)]
        assert len(listed) == sum(counted), told
        waiting = re.findall(r"(\d+)处(?:我办尚不能认定|待补充)", first)
        if asks:
            assert not reliefs(body), told
            assert demands(first), told
            assert listed or waiting, told
        else:
            assert not demands(body), told
            assert not listed, told
            assert not waiting, told
        for label in case.labels(MISSING) if case.mail.known else ():
            assert label in opening, told
        assert ("随件附" in first) == bool(enclosed), told
        if kind is ReplyKind.RECEIPT:
            assert "齐全" in first, told
        else:
            assert "齐全" not in body, told
        if case.mail.late and case.mail.known and not case.mail.enquiry:
            assert "逾期" in first or kind is ReplyKind.RECEIPT, told
        assert not re.search(r"均据\s*(?:\n|$)", side), told
        sources = re.findall(r"依据：?\s*(?:以上各项均据)?(\S{2,14}〔[^”]{0,60})", side)
        assert len(sources) == len(set(sources)), told
    assert [name for name, _ in enclosed] == [one for one in attached if one != "来件登记.txt"]
    assert "来件登记.txt" in attached


def test_any_three_slots_in_any_states_are_written_alike_in_all_places(campaign: Campaign) -> None:
    slots = [one.slot for one in campaign.materials]
    for number, states in enumerate(orthogonal(len(slots), 3)):
        mail = MAILS[(number + number // 5) % len(MAILS)]
        check_reply(case_of(campaign, dict(zip(slots, states, strict=True)), mail))


@pytest.mark.parametrize("mail", MAILS, ids=lambda one: one.name)
def test_after_any_mail_two_slots_in_any_states_are_written_alike_in_all_places(
    campaign: Campaign, mail: Mail
) -> None:
    slots = [one.slot for one in campaign.materials]
    for states in orthogonal(len(slots), 2):
        check_reply(case_of(campaign, dict(zip(slots, states, strict=True)), mail))


def test_the_slots_of_a_folder_of_its_own_are_written_alike_in_all_places() -> None:
    """Welcome materials ask for nothing; what is one group's is asked of no other."""
    campaign = fire_drill()
    slots = [one.slot for one in campaign.materials_of(UNIT)]
    assert len(slots) == 6
    for number, states in enumerate(orthogonal(len(slots), 3)):
        mail = MAILS[(number + number // 5) % len(MAILS)]
        check_reply(case_of(campaign, dict(zip(slots, states, strict=True)), mail))
