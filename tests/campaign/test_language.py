"""What a notice may ask: every test of the language on both sides of its bounds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make import facts
from make.notices import HEAD, PHOTO, PLAN, UNITS, a_rule, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.judgement.files import judge_file
from mailbot.model import Inspected, Severity

VIDEO = {"slot": "video", "label": "视频", "accumulates": True, "how": "请报送视频", "source": "-"}
MB = 1_000_000


def campaign_with(folder: Path, *rules: dict[str, Any], **more: Any) -> Campaign:
    materials = more.pop("materials", [PHOTO, PLAN, VIDEO])
    documents = more.pop("documents", [{"kind": "plan", "titles": ["演练方案"]}])
    return load_campaign(
        write_notice(folder, rules=list(rules), materials=materials, documents=documents, **more)
    )


def film(**measured: Any) -> Inspected:
    return replace(facts.video(), facts={"width": 1920, "height": 1080, **measured})


def picture(taken_at: str | None = None, size: int = 3 * MB, **more: Any) -> Inspected:
    photo = facts.photo(**more, size=size)
    return replace(photo, facts={**photo.facts, "taken_at": taken_at})


def a_plan(pages: int | None = None, name: str = "演练方案.docx") -> Inspected:
    text = "演练方案\n" + "一、目的：检验预案。\n" * 30
    return replace(facts.document(text, name), facts={"pages": pages} if pages else {})


SIZES = a_rule("file_size", "photo", minimum_mb=1, maximum_mb=2.5)
LENGTHS = a_rule("duration", "video", minimum_s=30, maximum_s=600)
NAMES = a_rule("file_name", "plan", contains=["unit", "date"])
PATTERN = a_rule("file_name", "plan", pattern="^[0-9]{2}-")
DAYS = a_rule("taken_between", "photo", **{"from": "2026-11-01", "to": "2026-11-30"})
PAGES = a_rule("page_count", "plan", minimum=2, maximum=5)
EITHER = a_rule(
    "any_of",
    "photo",
    rules=[
        {"test": "size", "operator": ">=", "width": 1920, "height": 1080},
        {"test": "file_size", "minimum_mb": 2},
    ],
)
BOTH = a_rule("all_of", "photo", rules=EITHER["rules"])


@pytest.mark.parametrize(
    ("rule", "file", "met"),
    [
        (SIZES, picture(size=1 * MB), True),
        (SIZES, picture(size=1 * MB - 1), False),
        (SIZES, picture(size=int(2.5 * MB)), True),
        (SIZES, picture(size=int(2.5 * MB) + 1), False),
        (LENGTHS, film(duration_s=30.0), True),
        (LENGTHS, film(duration_s=29.9), False),
        (LENGTHS, film(duration_s=600.0), True),
        (LENGTHS, film(duration_s=600.1), False),
        (LENGTHS, film(), True),  # what nobody could measure is not too short
        (NAMES, a_plan(name="东湖区演练方案6月16日.docx"), True),
        (NAMES, a_plan(name="江城化工有限公司演练方案20261116.docx"), True),
        (NAMES, a_plan(name="演练方案6月16日.docx"), False),
        (NAMES, a_plan(name="东湖区演练方案.docx"), False),
        (NAMES, a_plan(name="东湖区演练方案第3稿.docx"), False),
        (PATTERN, a_plan(name="07-演练方案.docx"), True),
        (PATTERN, a_plan(name="演练方案07-.docx"), False),
        (DAYS, picture("2026-11-01T00:00:00"), True),
        (DAYS, picture("2026-10-31T23:59:59"), False),
        (DAYS, picture("2026-11-30T23:59:59"), True),
        (DAYS, picture("2026-12-01T00:00:00"), False),
        (DAYS, picture("2026-11-30T16:00:00+00:00"), False),  # the next day here
        (DAYS, picture(None), True),
        (PAGES, a_plan(2), True),
        (PAGES, a_plan(1), False),
        (PAGES, a_plan(5), True),
        (PAGES, a_plan(6), False),
        (PAGES, a_plan(None), True),
        (EITHER, picture(width=1920, height=1080, size=10), True),
        (EITHER, picture(width=640, height=480, size=2 * MB), True),
        (EITHER, picture(width=640, height=480, size=2 * MB - 1), False),
        (BOTH, picture(width=1920, height=1080, size=2 * MB), True),
        (BOTH, picture(width=1920, height=1080, size=2 * MB - 1), False),
        (BOTH, picture(width=640, height=480, size=2 * MB), False),
    ],
)
def test_a_test_of_files_holds_on_both_sides_of_its_bounds(
    tmp_path: Path, rule: dict[str, Any], file: Inspected, met: bool
) -> None:
    judged = judge_file(file, campaign_with(tmp_path / "rules", dict(rule)))
    codes = [one.code for one in judged.findings]
    assert codes.count("R_TESTED") == (0 if met else 1)
    assert "R_TESTED" in codes or judged.verdict == "accepted"


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("plan 16 June.docx", True),
        ("plan June 16th.docx", True),
        ("plan_16-jun-2026.docx", True),
        ("plan 16.06.2026.docx", True),
        ("plan 2026-06-16.docx", True),
        ("plan 6.16.docx", True),
        ("plan 32 June.docx", False),
        ("plan of 16 Junior teams.docx", False),
        ("plan 16.docx", False),
        ("plan 16.13.2026.docx", False),
        ("marching plan 16.docx", False),
    ],
)
def test_a_day_is_found_in_an_english_name(name: str, met: bool, tmp_path: Path) -> None:
    rule = a_rule("file_name", "plan", contains=["date"])
    campaign = campaign_with(
        tmp_path, rule, head="language: en\n", documents=[{"kind": "plan", "titles": ["plan"]}]
    )
    file = replace(a_plan(name=name), name=name)
    assert (not judge_file(file, campaign).findings) is met


def test_without_a_date_the_severity_is_the_one_that_is_named(tmp_path: Path) -> None:
    campaign = campaign_with(tmp_path / "rules", dict(DAYS, when_absent="notice"))
    (finding,) = judge_file(picture(None), campaign).findings
    assert (finding.code, finding.severity) == ("R_TESTED", Severity.NOTICE)
    assert "2026年11月1日至2026年11月30日" in finding.expected


def test_a_finding_tells_what_was_met_and_what_is_wanted(tmp_path: Path) -> None:
    campaign = campaign_with(tmp_path / "rules", dict(SIZES))
    (finding,) = judge_file(picture(size=int(2.5 * MB) + 1), campaign).findings
    assert finding.actual == "2.5MB（2500001字节）"
    assert finding.expected == "1至2.5MB"


def test_a_rule_for_the_slot_goes_before_one_for_its_kind(tmp_path: Path) -> None:
    site = {**PHOTO, "slot": "site", "kind": "photo", "label": "现场照片"}
    general = a_rule("file_size", "photo", "R_ALL", maximum_mb=1)
    own = a_rule("file_size", "site", "R_SITE", maximum_mb=5)
    campaign = campaign_with(tmp_path / "rules", general, own, materials=[PHOTO, site])
    on_site = judge_file(picture(name="现场照片3.jpg", size=4 * MB), campaign)
    assert (on_site.slots, on_site.findings) == (("site",), ())
    other = judge_file(picture(name="IMG_1.jpg", size=4 * MB), campaign)
    assert other.slots == ("photo",)
    assert [one.code for one in other.findings] == ["R_ALL"]


PRESS = {"slot": "press", "kind": "document", "required": False, "label": "新闻稿"} | {
    "how": "欢迎报送新闻稿",
    "source": "-",
}
LICENCE = {"slot": "licence", "kind": "document", "label": "营业执照"} | {
    "how": "请报送营业执照",
    "source": "-",
    "only_groups": ["企业"],
}
OWN_DOCUMENTS = [
    {"kind": "press", "titles": ["新闻稿", "报道"]},
    {"kind": "licence", "titles": ["营业执照"]},
]


@pytest.mark.parametrize(
    ("name", "text", "slots"),
    [
        ("附件1.docx", "关于东湖区消防演练的报道\n" + "演练有序。" * 40, ("press",)),
        ("东湖区新闻稿.docx", "昨日东湖区组织演练。" * 30, ("press",)),
        ("营业执照.docx", "统一社会信用代码等内容" * 20, ("licence",)),
    ],
)
def test_a_document_of_the_folders_own_is_known_by_title_and_name(
    tmp_path: Path, name: str, text: str, slots: tuple[str, ...]
) -> None:
    campaign = campaign_with(
        tmp_path / "rules", materials=[PHOTO, PRESS, LICENCE], documents=OWN_DOCUMENTS
    )
    judged = judge_file(facts.document(text, name), campaign)
    assert (judged.kind, judged.slots, judged.verdict) == ("document", slots, "accepted")


def test_contents_can_be_asked_of_a_document_of_the_folders_own(tmp_path: Path) -> None:
    group = a_rule("keywords", "press", "PRESS_WHO", name="通讯员", words=["通讯员"])
    campaign = campaign_with(
        tmp_path / "rules", group, materials=[PHOTO, PRESS], documents=OWN_DOCUMENTS[:1]
    )
    text = "新闻稿\n" + "昨日东湖区组织演练，秩序良好。" * 20
    said = judge_file(facts.document(text), campaign)
    assert [one.code for one in said.findings] == ["PRESS_WHO"]
    assert not judge_file(facts.document(text + "通讯员 某某"), campaign).findings


# ---- what `rules check` refuses ----------------------------------------------------------------

DEADLINE = UNITS.replace("expected\n", "expected,deadline\n").replace(",yes\n", ",yes,{}\n")


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"materials": [{**PHOTO, "slot": "roster"}]}, "needs a kind: photo, video"),
        ({"materials": [{**PHOTO, "slot": "phot"}]}, "did you mean photo?"),
        ({"materials": [{**PHOTO, "maximum": 2, "minimum": 3}]}, "maximum: is below the minimum"),
        ({"materials": [{**PHOTO, "maximun": 2}]}, "did you mean maximum?"),
        ({"materials": [{**PHOTO, "only_groups": ["企"]}]}, "did you mean 企业?"),
        ({"materials": [{**PHOTO, "except_groups": ["企"]}]}, "did you mean 企业?"),
        ({"materials": [{**PHOTO, "form": "x.yaml"}]}, "no slot of kind form"),
        ({"head": "groups: {学校: {}}\n"}, "no unit has the group '学校'"),
        (
            {"head": 'groups: {企业: {deadline: "2026-10-01T00:00:00+08:00"}}\n'},
            "groups.企业.deadline: is before the opening",
        ),
        ({"head": 'groups: {企业: {deadline: "2026-12-01T00:00:00"}}\n'}, "needs a time zone"),
        ({"units": UNITS.replace("expected", "expected,deadlin")}, "did you mean deadline?"),
        ({"units": DEADLINE.replace("{}", "tomorrow")}, "no time with a zone"),
        (
            {"units": DEADLINE.replace("{}", "2026-10-01T00:00:00+08:00")},
            "units.csv:2: deadline: is before the opening",
        ),
        ({"rules": [a_rule("file_size", "photo")]}, "needs minimum_mb or maximum_mb"),
        ({"rules": [a_rule("duration", "video", minimum_s=9, maximum_s=3)]}, "is below minimum_s"),
        ({"rules": [a_rule("file_name", "photo")]}, "needs `contains` or `pattern`"),
        ({"rules": [a_rule("file_name", "photo", pattern="(")]}, "no regular expression"),
        ({"rules": [a_rule("file_name", "photo", pattern=r"(a)\1")]}, "no regular expression"),
        (
            {
                "rules": [
                    a_rule("taken_between", "photo", **{"from": "2026-11-02", "to": "2026-11-01"})
                ]
            },
            "to: is before `from`",
        ),
        ({"rules": [a_rule("page_count", "plans", minimum=2)]}, "did you mean plan?"),
        ({"rules": [a_rule("file_siz", "photo", maximum_mb=2)]}, "did you mean file_size?"),
        (
            {"rules": [a_rule("any_of", "photo", rules=[{"test": "size"}] * 2)]},
            "operator: is required",
        ),
        ({"documents": [{"kind": "pres", "titles": ["报道"]}]}, "no slot pres"),
        ({"head": "language: fr\n"}, "'zh' or 'en', not 'fr'"),
        ({"head": "grace_days: -1\n"}, "grace_days"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_allowed(
    tmp_path: Path, part: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_campaign(write_notice(tmp_path / "rules", **part))
    assert said in str(caught.value)
    assert "rules/" in str(caught.value)


def test_a_folder_without_a_form_needs_no_form_file(tmp_path: Path) -> None:
    assert load_campaign(write_notice(tmp_path / "rules")).form.fields == ()
    form = {**PLAN, "slot": "form", "label": "统计表"}
    with pytest.raises(SettingsError, match=r"form\.yaml"):
        load_campaign(write_notice(tmp_path / "other", materials=[form]))


def test_a_sentence_that_is_not_the_notices_is_named_with_its_line(tmp_path: Path) -> None:
    quoted = {**PHOTO, "basis": "notice", "source": "照片不少于3张"}
    notice = {"notice.txt": "各单位报送照片\n不少于 3 张，视频……"}
    assert load_campaign(write_notice(tmp_path / "good", materials=[quoted], files=notice))
    wrong = {**quoted, "source": "照片不少于5张"}
    with pytest.raises(SettingsError) as caught:
        load_campaign(write_notice(tmp_path / "bad", materials=[wrong], files=notice))
    line = 1 + len(HEAD.splitlines()) + 1
    assert "notice.txt has no such sentence: '照片不少于5张'" in str(caught.value)
    number = int(str(caught.value).split("campaign.yaml:")[1].split(":")[0])
    text = (tmp_path / "bad" / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    assert number > line - 2
    assert text[number - 1].strip() == "source: 照片不少于5张"


def test_a_copy_with_other_units_knows_those(tmp_path: Path) -> None:
    """Units are added by command while the campaign runs: the copy must not look in an old list."""
    campaign = load_campaign(write_notice(tmp_path / "rules"))
    assert campaign.unit_named("西山区") is None
    added = campaign.units[0].model_copy(update={"unit": "西山区"})
    copy = campaign.model_copy(update={"units": (*campaign.units, added)})
    assert copy.unit_named("西山区") == added
    assert campaign.unit_named("西山区") is None
    assert copy.unit_named("东湖区") == campaign.units[0]
