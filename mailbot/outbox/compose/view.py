"""What a reply says, as plain data that both templates print: text and HTML say the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.judgement.not_the_file import CODE as NOT_ITSELF
from mailbot.judgement.withdrawal import WITHDRAWN
from mailbot.language import Words, in_its_language, say
from mailbot.model import (
    BODY_NAME,
    ArrivalSummary,
    Dossier,
    Judged,
    Kind,
    ReplyKind,
    Slot,
    SlotVerdict,
    Verdict,
)
from mailbot.outbox.compose.file_outcomes import Placement, Tone
from mailbot.wording.items import (
    Owed,
    Problem,
    fix_of,
    held_words,
    list_doubtful_figures,
    list_hints,
    list_owed,
    list_problems,
    listed,
    own_errors,
    stray_rejects,
    title_of,
    without_relief,
)
from mailbot.wording.phrases import (
    clean,
    expiry_words,
    format_moment,
    format_size,
    measured,
    provider_name,
    shown_names,
)

MAX_FILES = 8  # listed per mail: a receipt fits a phone; the register that goes along has all

MOST_REGISTERED = 200  # an archive may hold two thousand

_STATUS: dict[SlotVerdict, tuple[str, Tone]] = {
    SlotVerdict.ACCEPTED: ("已通过", "good"),
    SlotVerdict.REJECTED: ("需补正", "bad"),
    SlotVerdict.MISSING: ("未收到", "bad"),
    SlotVerdict.ANNOUNCED: ("链接待核", "wait"),
    SlotVerdict.HELD: ("待核对", "wait"),
}
_HELD_REASONS = Words(
    {
        "unknown_unit": (
            "来件的主题、正文、附件中未能辨认出报送单位；请直接回复本邮件写明报送单位全称，以便登记"
        ),
        "unit_conflict": "来件中出现了不同的单位名称，需核实属于哪个单位",
        "sub_unit": "统计表的填报单位为下属单位，需核实是否代表本级报送",
        "withdrawal": (
            "来信要求撤回或作废此前报送的材料，所指材料已暂停采用，由我办核实；如需更换，请直接报送新的文件"
        ),
        "enquiry": "来件查询报送情况，需核实发件邮箱属于哪个单位",
    }
)
# What became of a mail that did not come whole, and what is wanted for it.
_DEFECTS = {
    "too_many_parts": (
        "该邮件的附件过多，只核验了前1000个，其余的已整体收存，转请人工查看。",
        "请将材料打包为一个压缩包后重新报送。",
    ),
    "truncated": (
        "该邮件传输不完整，末尾的附件可能没有收到；如有未列入“来件登记”的附件，请重新报送。",
        "",
    ),
    "too_large": (
        "该邮件超过本邮箱可接收的大小，只收到了邮件标题，正文和附件均未收到。",
        "请将附件压缩后重新报送，或分成几封邮件报送，大的视频请用邮箱的超大附件（下载链接）报送。",
    ),
}


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One required material and where it stands."""

    label: str
    status: str
    tone: Tone
    detail: str


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file that arrived. `depth` 1 and more: it lay inside the file above it."""

    name: str
    detail: str  # measured, size
    sha256: str
    status: str
    tone: Tone
    depth: int


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One announced link."""

    name: str
    detail: str  # provider, printed size
    expiry: str
    expired: bool


@dataclass(frozen=True, slots=True)
class ArrivalView:
    """One mail and what it brought."""

    arrived_at: datetime
    subject: str
    files: tuple[FileLine, ...]
    omitted: int
    links: tuple[LinkLine, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """Everything a reply says besides the fixed sentences of the templates."""

    problems: tuple[Problem, ...]
    owed: tuple[Owed, ...]
    figures: tuple[str, ...]  # of the form, to be looked at again by the unit
    wanted: tuple[str, ...]  # held, and the unit is asked for something that settles it
    matters: tuple[str, ...]  # what a person looks at
    slots: tuple[SlotLine, ...]
    unused: tuple[str, ...]  # rejected, but the material is there: for information
    hints: tuple[str, ...]
    arrivals: tuple[ArrivalView, ...]
    register: str = ""  # every file with its checksum, whole: it goes along as a file
    brought: bool = True  # something for a slot, or a link: there is material that is 已收到

    @property
    def must_act(self) -> bool:
        """Whether the unit has to do something: subject, opening and list agree on it."""
        return bool(self.problems or self.owed or self.wanted)


@in_its_language
def view_reply(
    kind: ReplyKind,
    dossier: Dossier | None,
    arrivals: tuple[ArrivalSummary, ...],
    campaign: Campaign,
    now: datetime,
) -> ReplyView:
    """Everything the reply says. A receipt asks for nothing, but under a condition."""
    names = shown_names(arrivals)
    asked = dossier if kind is ReplyKind.CORRECTION else None
    problems = list_problems(campaign, asked, arrivals, names) if asked else ()
    placed = Placement(campaign, dossier, arrivals, asks=kind is not ReplyKind.RECEIPT)
    said = {problem.source for problem in problems}
    owed = list_owed(campaign, asked, len(problems) + 1, said) if asked else ()
    every = tuple(dict.fromkeys(_matters(campaign, dossier, arrivals, placed, names)))
    settled = kind is ReplyKind.RECEIPT
    wanted = () if settled else tuple(words for words, _, asks in every if asks)
    fitting = without_relief if problems or owed or wanted else str
    hints = (
        (
            *(one.message for slot in dossier.slots.values() for one in slot.findings),
            *list_hints(campaign, placed.worth_a_hint(), names),
        )
        if dossier
        else ()
    )
    figures = (
        list_doubtful_figures(campaign, dossier, placed.worth_a_hint(), names) if dossier else ()
    )
    shown = tuple(_arrival(one, placed, campaign, now, settled) for one in arrivals)
    return ReplyView(
        problems=tuple(replace(one, fix=fitting(one.fix)) for one in problems),
        owed=owed,
        figures=figures,
        wanted=tuple(map(fitting, wanted)),
        matters=tuple(
            fitting(why if settled else words)
            for words, why, asks in every
            if why and (settled or not asks)
        ),
        slots=tuple(_slot_line(slot) for slot in dossier.slots.values()) if dossier else (),
        unused=placed.unused(names),
        hints=tuple(map(fitting, hints)),
        arrivals=tuple(map(_shortened, shown)),
        register=register_of(shown, campaign),
        brought=any(one.links or placed.counts_for_something(one) for one in arrivals),
    )


def _slot_line(slot: Slot) -> SlotLine:
    if slot.waived:
        return SlotLine(slot.label, say("免报"), "plain", say("经核定，你单位无需报送该项"))
    status, tone = say(_STATUS[slot.verdict][0]), _STATUS[slot.verdict][1]
    if not slot.required and slot.verdict is SlotVerdict.MISSING:
        return SlotLine(slot.label, say("自愿报送"), "plain", "")
    count = slot.accepted_count
    if count and slot.verdict is SlotVerdict.MISSING:
        status = say("数量不足")
    detail = ""
    if slot.verdict is SlotVerdict.ACCEPTED:
        detail = listed(clean(file.judged.name, 60) for file in slot.files if file.counts)
    elif slot.verdict is SlotVerdict.REJECTED:
        detail = say("收到的文件尚不符合要求")
    elif slot.verdict is SlotVerdict.ANNOUNCED:
        detail = say("已收到下载链接，待我办下载核验")
    elif slot.verdict is SlotVerdict.HELD:
        taken_back = all(_is_withdrawn(file.judged) for file in slot.files)
        detail = say("来信要求撤回，由我办核实") if taken_back else say("已收到，由我办人工核对")
    if slot.minimum > 1 and slot.verdict is not SlotVerdict.ACCEPTED:
        detail = say("{detail}，", detail=detail) if detail else ""
        detail += say("应有{minimum}份，已通过{count}份", minimum=slot.minimum, count=count)
    return SlotLine(slot.label, status, tone, detail)


def _matters(
    campaign: Campaign,
    dossier: Dossier | None,
    arrivals: Iterable[ArrivalSummary],
    placed: Placement,
    names: dict[str, str],
) -> Iterator[tuple[str, str, bool]]:
    """Each matter with what the unit is asked for, the matter alone, whether the unit is asked."""
    withdrawn = list(_withdrawn(dossier, names))
    for arrival in arrivals:
        for reason in arrival.held_reasons:
            if (reason == "withdrawal" and withdrawn) or (
                reason == "sub_unit" and _is_told(arrival)
            ):
                continue
            words = _HELD_REASONS.get(reason, say("来件情况需人工核对"))
            yield words, words, reason == "unknown_unit"
    if withdrawn:
        words = say("来信要求撤回、已暂停采用的文件：{names}", names=say("；").join(withdrawn))
        yield words, words, False
    for slot in dossier.slots.values() if dossier else ():
        for file in slot.files:
            name = names.get(file.judged.sha256) or clean(file.judged.name)
            open_ = slot.verdict is not SlotVerdict.ACCEPTED and not _is_withdrawn(file.judged)
            if file.judged.verdict is Verdict.HELD and open_:
                yield _held(
                    campaign, file.judged, say("{label}：{name}", label=slot.label, name=name)
                )
            if file.shown_only:
                which = say(
                    "{label}：{name}与此前已通过的材料由不同邮箱报送，以何者为准",
                    label=slot.label,
                    name=name,
                )
                yield which, which, False
        if slot.links and slot.verdict is not SlotVerdict.ACCEPTED:
            which = say("{label}：以下载链接报送的文件，待下载后核验", label=slot.label)
            yield which, which, False
    strays: dict[tuple[str, str, bool], list[Judged]] = {}
    for judged in placed.held_strays():
        strays.setdefault(held_words(campaign, judged), []).append(judged)
    for alike in strays.values():
        yield _held(campaign, alike[0], listed(names[judged.sha256] for judged in alike))
    for judged in stray_rejects(None, arrivals) if dossier is None else ():
        finding = own_errors(judged)[0]
        why = say(
            "{names}，{title_of}", names=names[judged.sha256], title_of=title_of(campaign, finding)
        )
        yield say("{why}。{fix_of}", why=why, fix_of=fix_of(campaign, finding, judged)), why, True
    for arrival in arrivals:
        for defect in dict.fromkeys(arrival.defects):
            wanted = say(_DEFECTS.get(defect, ("", ""))[1])
            if wanted:  # what became of it stands in a note of its own
                yield (
                    say("邮件“{subject}”：{wanted}", subject=_subject(arrival), wanted=wanted),
                    "",
                    True,
                )


def _withdrawn(dossier: Dossier | None, names: Mapping[str, str]) -> Iterator[str]:
    """Each slot with those of its files that their sender took back."""
    for slot in dossier.slots.values() if dossier else ():
        files = [file.judged for file in slot.files if _is_withdrawn(file.judged)]
        if files and slot.verdict is not SlotVerdict.ACCEPTED:
            shown = (names.get(one.sha256) or clean(one.name) for one in files)
            yield say("{label}（{listed}）", label=slot.label, listed=listed(shown))


def _is_withdrawn(judged: Judged) -> bool:
    found = any(finding.code == WITHDRAWN for finding in judged.findings)
    return found and judged.verdict is Verdict.HELD


def _is_told(arrival: ArrivalSummary) -> bool:
    """Whether a file of it says itself that it is a sub-unit's."""
    every = (one for top in arrival.files for one in top.walk())
    return any(finding.code == "FORM_SUB_UNIT" for one in every for finding in one.findings)


def _held(campaign: Campaign, judged: Judged, name: str) -> tuple[str, str, bool]:
    why, fix, asks = held_words(campaign, judged)
    return (
        say("{name}，{why}", name=name, why=why) + (say("。{fix}", fix=fix) if fix else ""),
        say("{name}，{why}", name=name, why=why),
        asks,
    )


def _shortened(arrival: ArrivalView) -> ArrivalView:
    """The register as it stands in the mail: short; whole in the file that goes along."""
    shown = arrival.files[:MAX_FILES]
    return replace(arrival, files=shown, omitted=len(arrival.files) - len(shown))


def register_of(arrivals: Iterable[ArrivalView], campaign: Campaign) -> str:
    """Every file and link of these mails with size and SHA-256, as a plain text."""
    lines = [say("来件登记"), ""]
    for arrival in arrivals:
        lines.append(
            say(
                "{moment}\u3000{subject}",
                moment=format_moment(arrival.arrived_at, campaign.zone),
                subject=arrival.subject,
            )
        )
        for file in arrival.files[:MOST_REGISTERED]:
            inset = "  " * (file.depth + 1)
            lines.append(
                say(
                    "{inset}{name}\u3000{detail}\u3000{status}",
                    inset=inset,
                    name=file.name,
                    detail=file.detail,
                    status=file.status,
                )
            )
            lines.append(f"{inset}  SHA-256 {file.sha256}")
        if left := len(arrival.files) - MOST_REGISTERED:
            lines += [say("  另有{left}个文件已收存", left=left)] if left > 0 else []
        lines += [
            say(
                "  链接：{name}\u3000{detail}\u3000{expiry}",
                name=link.name,
                detail=link.detail,
                expiry=link.expiry,
            )
            for link in arrival.links
        ]
        lines.append("")
    return "\r\n".join(lines)


def _subject(arrival: ArrivalSummary) -> str:
    return clean(arrival.subject, 80) or say("（无主题）")


def _brings_files(arrival: ArrivalSummary) -> bool:
    return any(one.name != BODY_NAME or one.slots for one in arrival.files)


def _arrival(
    arrival: ArrivalSummary, placed: Placement, campaign: Campaign, now: datetime, settled: bool
) -> ArrivalView:
    lines = [line for judged in arrival.files for line in _file_lines(judged, placed, 0)]
    today = now.astimezone(campaign.zone).date()
    links = []
    for link in arrival.links:
        expiry = expiry_words(link.expires, today)
        size = say("，{format_size}", format_size=format_size(link.size)) if link.size else ""
        links.append(
            LinkLine(
                name=clean(link.name or say("未标明文件名")),
                detail=provider_name(link) + size,
                expiry=expiry,
                expired=expiry.endswith(say("已过期")),
            )
        )
    instead = (_instead(one) for top in arrival.files for one in top.walk())
    notes = [note for note in instead if note] if settled else []
    for defect in dict.fromkeys(arrival.defects):
        cut_by_us = defect == "truncated" and "too_many_parts" in arrival.defects
        if defect in _DEFECTS and not cut_by_us:
            became, wanted = map(say, _DEFECTS[defect])
            perhaps = (
                say("如有需要补充或更换的材料，{wanted}", wanted=wanted)
                if settled and wanted
                else ""
            )
            notes.append(became + perhaps)
    if (
        not arrival.enquiry
        and "withdrawal" not in arrival.held_reasons
        and "too_large" not in arrival.defects
        and not links
        and not _brings_files(arrival)
    ):
        notes.append(say("该邮件中未见附件、下载链接或文字材料。"))
    return ArrivalView(
        arrived_at=arrival.arrived_at,
        subject=_subject(arrival),
        files=tuple(lines),
        omitted=0,
        links=tuple(links),
        notes=tuple(notes),
    )


def _instead(judged: Judged) -> str:
    """What came in place of a file (a shortcut) to a dossier that wants nothing any more."""
    found = next((one for one in judged.findings if one.code == NOT_ITSELF), None)
    if found is None:
        return ""
    what, _, advice = clean(found.message, 300).partition(say("。"))
    return say(
        "{name}：{what}。如需报送该文件，{advice}",
        name=clean(judged.name),
        what=what,
        advice=advice,
    )


def _file_lines(judged: Judged, placed: Placement, depth: int) -> list[FileLine]:
    """A file and what lay in it; of a document's inside only what can fill a slot."""
    if judged.kind is Kind.OTHER and judged.verdict is Verdict.ACCEPTED:
        return []
    status, tone = placed.status(judged)
    details = [part for part in (measured(judged), format_size(judged.size)) if part]
    lines = [
        FileLine(
            name=clean(judged.name),
            detail=" · ".join(details),
            sha256=judged.sha256,
            status=status,
            tone=tone,
            depth=depth,
        )
    ]
    container = judged.kind in (Kind.ARCHIVE, Kind.MAIL)
    for member in judged.members:
        if container or member.slots:
            lines += _file_lines(member, placed, depth + 1)
    return lines
