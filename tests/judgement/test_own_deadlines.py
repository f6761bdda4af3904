"""What is asked of whom until when: welcome materials, groups, maxima, deadlines and grace."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.notices import PHOTO, PLAN, UNITS, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.slots import Contribution, Standing
from mailbot.model import Dossier, Judged, Kind, Verdict

END = datetime.fromisoformat("2026-11-30T23:59:59+08:00")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
PRESS = {**PLAN, "slot": "press", "kind": "document", "label": "新闻稿", "required": False}
LICENCE = {**PLAN, "slot": "licence", "kind": "document", "only_groups": ["企业"]}


def a_file(slot: str, number: int = 0) -> Judged:
    kind = Kind.PHOTO if slot == "photo" else Kind.DOCUMENT
    name = f"{slot}{number}"
    return Judged(
        name=name,
        sha256=name.ljust(64, "0"),
        size=1,
        kind=kind,
        format="-",
        verdict=Verdict.ACCEPTED,
        facts={},
        slots=(slot,),
    )


def dossier_of(
    campaign: Campaign, unit: str, now: datetime, *came: tuple[datetime, Judged]
) -> Dossier:
    contributions = [
        Contribution(number, moment, "a@example.test", Standing.OWN, (judged,))
        for number, (moment, judged) in enumerate(came)
    ]
    return judge_dossier(unit, True, contributions, campaign, now)


def asking(folder: Path, **parts: Any) -> Campaign:
    parts.setdefault("materials", [PHOTO])
    return load_campaign(write_notice(folder / "rules", **parts))


def test_what_is_welcome_is_no_part_of_complete(tmp_path: Path) -> None:
    campaign = asking(tmp_path, materials=[PHOTO, PRESS])
    dossier = dossier_of(campaign, "东湖区", END, (END - DAY, a_file("photo")))
    assert (dossier.state, dossier.punctuality) == ("complete", "on_time")
    assert dossier.slots["press"].verdict == "missing"
    late = dossier_of(
        campaign, "东湖区", END + DAY, (END - DAY, a_file("photo")), (END + DAY, a_file("press"))
    )
    assert (late.slots["press"].verdict, late.punctuality) == ("accepted", "on_time")


def test_a_material_of_one_group_is_no_slot_of_the_others(tmp_path: Path) -> None:
    campaign = asking(tmp_path, materials=[PHOTO, LICENCE])
    assert list(dossier_of(campaign, "东湖区", END).slots) == ["photo"]
    assert list(dossier_of(campaign, "江城化工", END).slots) == ["photo", "licence"]
    half = dossier_of(campaign, "江城化工", END, (END - DAY, a_file("photo")))
    assert half.state == "incomplete"


@pytest.mark.parametrize(("count", "told"), [(2, 0), (3, 1)])
def test_more_than_the_maximum_is_told_and_rejects_nothing(
    tmp_path: Path, count: int, told: int
) -> None:
    campaign = asking(tmp_path, materials=[{**PHOTO, "maximum": 2}])
    came = [(END - DAY, a_file("photo", number)) for number in range(count)]
    slot = dossier_of(campaign, "东湖区", END, *came).slots["photo"]
    assert (slot.verdict, slot.accepted_count) == ("accepted", count)
    assert [(one.code, one.severity) for one in slot.findings] == [
        ("SLOT_ABOVE_MAXIMUM", "warning")
    ] * told


GROUP = 'groups: {企业: {deadline: "2026-11-20T23:59:59+08:00"}}\n'
OWN = (
    UNITS.replace("expected\n", "expected,deadline\n")
    .replace(",yes\n", ",yes,\n")
    .replace("nanshan@example.test,yes,", "nanshan@example.test,yes,2026-12-10T23:59:59+08:00")
)


@pytest.mark.parametrize(
    ("unit", "deadline"),
    [("东湖区", END), ("南山区", END + 10 * DAY), ("江城化工", END - 10 * DAY)],
)
@pytest.mark.parametrize(("grace", "days"), [("", 0), ("grace_days: 2\n", 2)])
def test_each_unit_is_on_time_by_its_own_deadline(
    tmp_path: Path, unit: str, deadline: datetime, grace: str, days: int
) -> None:
    campaign = asking(tmp_path, head=GROUP + grace, units=OWN)
    last = deadline + days * DAY
    for moment, expected in ((last, "on_time"), (last + SECOND, "late")):
        dossier = dossier_of(campaign, unit, moment, (moment, a_file("photo")))
        assert (dossier.punctuality, dossier.deadline) == (expected, deadline)
    assert dossier_of(campaign, unit, last).punctuality == "pending"
    assert dossier_of(campaign, unit, last + SECOND).punctuality == "none"


def test_a_material_has_a_deadline_of_its_own(tmp_path: Path) -> None:
    early = {**PLAN, "deadline": "2026-11-10T23:59:59+08:00"}
    campaign = asking(tmp_path, materials=[PHOTO, early])
    limit = datetime.fromisoformat(early["deadline"])
    photo, plan = a_file("photo"), a_file("plan")
    for moment, expected in ((limit, "on_time"), (limit + SECOND, "supplemented_late")):
        dossier = dossier_of(campaign, "东湖区", END, (limit, photo), (moment, plan))
        assert (dossier.state, dossier.punctuality) == ("complete", expected)
    waiting = [
        dossier_of(campaign, "东湖区", now, (limit, photo)) for now in (limit, limit + SECOND)
    ]
    assert [one.punctuality for one in waiting] == ["pending", "partial"]
    # Who sent nothing is asked by the deadline of the whole.
    assert dossier_of(campaign, "东湖区", limit + SECOND).punctuality == "pending"
