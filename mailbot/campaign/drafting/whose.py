"""Whose deadline a day of a notice is: everybody's, a group's, or one material's.

各区于11月30日前报送，重点单位于12月10日前报送: the words before a day say of whom it is asked.
请于6月20日前报送方案，7月5日前报送总结: those around it say of what.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailbot.campaign.drafting.deliverables import slots_named, written_first
from mailbot.campaign.drafting.said import Asked, Draft, Due

# What the words for a group of units end on.
GROUP = (
    r"(?:单位|企业|公司|学校|医院|部门|机构|区县|县区|市区|区|县|市|街道|乡镇|乡|镇|局|委|办|中队|大队|"
    r"支队|社区|村|园|院|站|所|处|集团|厂|矿|店|场|中心|旗|班组|小学|中学|高中|初中)"
)
_SUBJECT = re.compile(
    r"^(?:[(]?[一二三四五六七八九十\d]+[).、])?(?:其中|另外|此外)?[,:、;和及]?"
    rf"([\u4e00-\u9fff()]{{1,20}}?{GROUP})"
    r"(?:还|另外?|也)?"
    r"(?:应当?|须|要|请|一律)?(?:的?(?:材料)?(?:报送|上报|提交)?(?:时间|期限|时限))?"
    r"(?:可(?:以)?(?:适当)?(?:延期|延长|顺延|推迟|放宽|延迟)|(?:延期|延长|顺延|推迟|放宽|延迟))?(?:至|到)?"
    r"(?:于|在|最迟)?\s*$"
)
# Time that has to be asked for, or that only trouble gives, is no group's own.
_ASKED_FOR = re.compile(
    "申请|经[^,。;]{0,8}(?:同意|批准)|确|困难|特殊|原因|不能|无法|未能|如有|个别"
)
_GRANTED = re.compile("延期|延长|顺延|延至|宽限")
_EVERYBODY = re.compile(
    "^(?:请|望)?(?:各|全体|所有)?(?:有关|相关|参演|参赛|成员|报送|责任)?(?:单位|部门)$|"
    # 各活动举办单位: whoever does what the notice asks of all
    "^(?:请|望)?各[\u4e00-\u9fff]{0,6}(?:开展|举办|组织|参与|参加|承办|主办|申报|推荐|报名|参评|完成|实施)"
    "[\u4e00-\u9fff]{0,4}(?:单位|部门)$"
)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """A notice's days, each with whom or what it concerns; `main` is None where there is none."""

    main: Due | None
    groups: Mapping[str, Due]  # by the notice's own word for them
    materials: Mapping[str, Due]  # by slot
    others: Sequence[Due]  # that could be told to concern neither


def sort_deadlines(draft: Draft) -> Deadlines:
    """The notice's deadlines, the likeliest first, told apart."""
    if len(draft.deadlines) < 2:
        return Deadlines(next(iter(draft.deadlines), None), {}, {}, ())
    everybody = _addressed(draft.text)
    named = [
        (due, "" if (who := _subject(due)) in everybody else who, _slots(due, draft.materials))
        for due in draft.deadlines
    ]
    # Until when more time may be granted is nobody's day until it is (units.csv has it then).
    granted = [
        due
        for due, who, _ in named
        if _GRANTED.search(due.before) and (not who or _ASKED_FOR.search(due.before))
    ]
    named = [one for one in named if one[0] not in granted] or named
    of_all = [due for due, who, slots in named if not who and not slots]
    of_groups = [due for due, who, _ in named if who]
    of_materials = [due for due, who, slots in named if slots and not who]
    if of_all:
        main = of_all[0]
    elif of_groups:
        main = of_groups[0]
    else:
        main = max(of_materials, key=lambda due: due.moment)
    groups: dict[str, Due] = {}
    materials: dict[str, Due] = {}
    others: list[Due] = list(granted)
    for due, who, slots in named:
        if due is main:
            continue
        if who:
            groups.setdefault(who, due)
        elif slots:
            for slot in slots:
                materials.setdefault(slot, due)
        else:
            others.append(due)
    return Deadlines(main, groups, materials, others)


def _addressed(text: str) -> tuple[str, ...]:
    """学院 of 各学院：, where the notice goes to nobody else."""
    for line in text.split("\n")[:15]:
        if found := re.fullmatch(r"\s*各([^，,、：:各]{2,14})[：:]\s*", line):
            return (found[1], f"各{found[1]}")
    return ()


def _subject(due: Due) -> str:
    """Of whom it is asked by this day; "" where of all, or where the notice does not say."""
    before = re.sub(r"^(?:请|望)(?=各)", "", re.sub(r"\([市区县旗、]+\)", "", due.before))
    found = _SUBJECT.match(before)
    if found is None or _EVERYBODY.match(found[1]):
        return ""
    return found[1].removeprefix("各") if len(found[1]) > 2 else found[1]


def _slots(due: Due, asked: Sequence[Asked]) -> tuple[str, ...]:
    """The materials it is said of; none where it is said of most of them."""
    known = {one.slot for one in asked}
    # The day stands before what is asked (6月20日前报送方案), or behind it (方案于6月20日前报送).
    slots = [one for text in (due.before, due.behind) for one in slots_named(text)]
    if not slots and len(re.findall(r"\d月", due.source)) == 1:
        slots = [one.slot for one in written_first(due.source)]
    found = tuple(one for one in dict.fromkeys(slots) if one in known)
    return found if 2 * len(found) <= len(known) or len(known) < 3 else ()
