"""What a person looks at, and what a unit is asked for beside its list of problems."""

from collections.abc import Iterable, Iterator, Mapping

from mailbot.campaign.types import Campaign
from mailbot.judgement.slots import WITHDRAWN
from mailbot.language import Words, say
from mailbot.model import ArrivalSummary, Dossier, Judged, SlotVerdict, Verdict
from mailbot.outbox.compose.file_outcomes import Placement
from mailbot.outbox.discretion import OF_ANOTHER
from mailbot.wording.held import held_words
from mailbot.wording.hints import listed
from mailbot.wording.items import own_errors, stray_rejects
from mailbot.wording.phrases import clean
from mailbot.wording.rules import fix_of, title_of

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
        "of_the_office": "来件由工作人员的邮箱发来，需指明属于哪个单位",
        "enquiry": "来件查询报送情况，需核实发件邮箱属于哪个单位",
    }
)
# What became of a mail that did not come whole, and what is wanted for it.
DEFECTS = {
    "sender_failed": (
        "收信服务器核验该邮件的发件人未通过，可能有人冒用您的邮箱，故不列出其主题和附件。",
        "如确系贵单位报送，请致电我办说明。",
    ),
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


def matters_of(
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
            open_ = slot.verdict is not SlotVerdict.ACCEPTED and not is_withdrawn(file.judged)
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
    yield from _from_elsewhere(dossier)
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
            wanted = say(DEFECTS.get(defect, ("", ""))[1])
            if wanted:  # what became of it stands in a note of its own
                yield (
                    say("邮件“{subject}”：{wanted}", subject=subject_of(arrival), wanted=wanted),
                    "",
                    True,
                )


def _from_elsewhere(dossier: Dossier | None) -> Iterator[tuple[str, str, bool]]:
    """What fills a slot and is not known to be the unit's own, by where it came from: it would
    else take it for settled, and not send its own."""
    labels: dict[tuple[str, str], list[str]] = {}
    for slot in dossier.slots.values() if dossier else ():
        for file in slot.files:
            for finding in file.judged.findings if file.counts else ():
                if finding.code == OF_ANOTHER:
                    key = (file.judged.name, finding.message)
                    labels.setdefault(key, []).append(slot.label)
    for (name, ask), found in labels.items():
        what = say("、").join(dict.fromkeys(found))
        words = say("{labels}：{name}，{ask}", labels=what, name=name, ask=ask)
        yield words, words, False


def _withdrawn(dossier: Dossier | None, names: Mapping[str, str]) -> Iterator[str]:
    """Each slot with those of its files that their sender took back."""
    for slot in dossier.slots.values() if dossier else ():
        files = [file.judged for file in slot.files if is_withdrawn(file.judged)]
        if files and slot.verdict is not SlotVerdict.ACCEPTED:
            shown = (names.get(one.sha256) or clean(one.name) for one in files)
            yield say("{label}（{listed}）", label=slot.label, listed=listed(shown))


def is_withdrawn(judged: Judged) -> bool:
    """Whether a file is held because its sender took it back."""
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


def subject_of(arrival: ArrivalSummary) -> str:
    """The subject of a mail as it is shown."""
    return clean(arrival.subject, 80) or say("（无主题）")
