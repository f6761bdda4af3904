"""Names of units in a notice made for it: prefixes, suffixes, parts, other places, likenesses."""

from pathlib import Path

import pytest
from make.notices import write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.whose.names import NameMatch, UnitNames

IDENTITY = """
identity:
  strip_prefixes: [江省, 江城市, 江城]
  strip_suffixes: [人民政府, 办公室]
  sub_unit_words: [分局, 局, 处, 镇, 委, 公司]
  recipients: [市安办]
  other_places: [海州]
  not_followed_by: [域]
"""
UNITS = """unit,code,group,aliases,addresses,expected
东湖区,1,县区,,a@example.test,yes
南山区,2,县区,,b@example.test,yes
南川区,3,县区,,c@example.test,yes
市教育局,4,部门,教育局,d@example.test,yes
江城市水务局,5,部门,,e@example.test,yes
江城化工厂,6,企业,长江化工有限公司,f@example.test,yes
"""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder = tmp_path_factory.mktemp("names") / "rules"
    return load_campaign(write_notice(folder, units=UNITS, head=IDENTITY))


@pytest.fixture
def names(campaign: Campaign) -> UnitNames:
    return UnitNames(campaign)


def of(unit: str, matched: str, start: int = 0, *, part: bool = False) -> NameMatch:
    return NameMatch(unit, matched, part, False, start)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("东湖区", [of("东湖区", "东湖区")]),
        ("我是东湖区的", [of("东湖区", "东湖区", 2)]),
        ("我 是 东 湖 区", [of("东湖区", "东湖区", 2)]),
        ("我江省江城市东湖区人民政府办公室", [of("东湖区", "江省江城市东湖区人民政府办公室", 1)]),
        ("东湖区水务局", [of("东湖区", "东湖区水务局", part=True)]),
        ("东湖区镇", [of("东湖区", "东湖区")]),  # a word must stand before it
        ("东湖区红旗镇", [of("东湖区", "东湖区红旗镇", part=True)]),
        ("东湖区处置", [of("东湖区", "东湖区")]),  # 处 of one sign is part of another word
        ("东湖区化工公司", [of("东湖区", "东湖区化工公司", part=True)]),
        ("东湖区演练局", [of("东湖区", "东湖区")]),  # a clause about a drill
        ("东湖区经委", [of("东湖区", "东湖区经委", part=True)]),
        ("东湖区受委托", [of("东湖区", "东湖区")]),
        ("东湖区人民政府水务局", [of("东湖区", "东湖区人民政府")]),
        ("市安办和东湖区", [of("东湖区", "东湖区", 4)]),
        ("海州东湖区、南山区", [of("南山区", "南山区", 6)]),
        ("海州市东湖区", []),
        ("海州市教育局", []),
        ("东湖区域、南山区", [of("南山区", "南山区", 5)]),
        ("东湖区和南山区", [of("东湖区", "东湖区"), of("南山区", "南山区", 4)]),
        ("东湖区南山区", [of("东湖区", "东湖区南山区", part=True)]),
        (
            "东湖区南山区，南川区",
            [of("东湖区", "东湖区南山区", part=True), of("南川区", "南川区", 7)],
        ),
        (
            "南山区东湖区水务局",
            [of("南山区", "南山区东湖区水务局", part=True)],
        ),
        ("", []),
    ],
)
def test_a_naming_is_told_with_its_words_and_its_place(
    names: UnitNames, text: str, found: list[NameMatch]
) -> None:
    assert list(names.find(text)) == found


def test_words_far_before_a_name_change_nothing(names: UnitNames) -> None:
    far = "海州" + "的" * 50 + "东湖区"
    assert [one.start for one in names.find(far)] == [52]
    assert names.find("的" * 60 + "海州东湖区") == ()


@pytest.mark.parametrize(
    ("written", "match"),
    [
        ("市教育局", of("市教育局", "市教育局")),
        ("江城市教育局", of("市教育局", "江城市教育局")),
        ("江省江城市教育局", of("市教育局", "江省江城市教育局")),
        ("教育局", of("市教育局", "教育局")),
        ("江城市水务局", of("江城市水务局", "江城市水务局")),
        ("市水务局", of("江城市水务局", "市水务局")),
        ("水务局", None),
        ("江城市", None),
        ("江城", None),
        ("市东湖区", None),
        ("东湖区（盖章）", of("东湖区", "东湖区")),
        ("：东湖\n区。", of("东湖区", "东湖区")),
        ("东湖区域", None),
        ("东湖区人民政府", of("东湖区", "东湖区人民政府")),
        ("东湖区水务局", of("东湖区", "东湖区水务局", part=True)),
        ("东湖区（县）", of("东湖区", "东湖区")),
        ("水务局（东湖区）", of("东湖区", "东湖区")),
        ("东湖区水务局、东湖区", of("东湖区", "东湖区")),
        ("东湖区水务局、东湖区教委", of("东湖区", "东湖区水务局", part=True)),
        ("东湖区、南山区", NameMatch(None, "东湖区、南山区", ambiguous=True)),
        ("东湖区水务局/南山区", NameMatch(None, "东湖区水务局/南山区", ambiguous=True)),
        ("西湖区", None),
        ("", None),
        ("、", None),
    ],
)
def test_a_field_names_a_unit_as_a_whole(
    names: UnitNames, written: str, match: NameMatch | None
) -> None:
    assert names.match_name(written) == match
    known = match is not None and not match.sub_unit and not match.ambiguous
    assert names.is_known(written) is known


@pytest.mark.parametrize(
    ("written", "likeness"),
    [
        ("江城化工厂", 1),
        ("江城市化工厂", 0.5),
        ("江城化工", 0),  # too short to be sure of
        ("江城化工T", 0.5),
        ("江城工化厂", 0),
        ("长江化工有限公司", 1),
        ("长江化工有公司", 0.5),
        ("江化工有限公司", 0.5),
        ("长江化工有限公", 0.5),
        ("长江化工有限公司二", 0.5),
        ("的长江化工有限公司", 0.5),
        ("的江化工有限公司", 0.5),
        ("江长化工有限公司", 0),
        ("化工有限公司", 0),
        ("长江化工有限公司二厂", 0),
        ("长江化工有限公厂司", 0.5),
        ("东湖区", 0),
    ],
)
def test_one_character_more_less_or_another_makes_a_likeness(
    names: UnitNames, written: str, likeness: float
) -> None:
    assert names.likeness(written) == likeness


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("东湖区", True),
        ("东湖区（盖章）", True),
        ("南山区", False),  # one misread letter makes it 南川区
        ("南川区", False),
        ("市教育局", True),  # 教育局 is another name of the same unit
        ("西湖区", False),  # none of the list
        ("", False),
    ],
)
def test_a_name_stands_apart_that_no_misread_letter_makes_anothers(
    names: UnitNames, written: str, apart: bool
) -> None:
    assert names.stands_apart(written) is apart


@pytest.mark.parametrize(
    ("written", "organisation"),
    [
        ("某某公司", True),
        ("红旗镇 （盖章）", True),
        ("水务局。", True),
        ("演练", False),
        ("", False),
    ],
)
def test_an_organisation_ends_like_one(names: UnitNames, written: str, organisation: bool) -> None:
    assert names.is_organisation(written) is organisation


def test_a_notice_without_words_of_its_own_finds_names_alone(tmp_path: Path) -> None:
    plain = UnitNames(load_campaign(write_notice(tmp_path / "rules", units=UNITS)))
    assert list(plain.find("海州东湖区域")) == [of("东湖区", "东湖区", 2)]
    assert list(plain.find("东湖区水务局")) == [of("东湖区", "东湖区")]
    assert plain.match_name("江城市东湖区") is None


def test_a_name_of_two_units_is_nobodys(tmp_path: Path) -> None:
    units = UNITS.replace("东湖区,1,县区,,", "东湖区,1,县区,湖区,")
    campaign = load_campaign(write_notice(tmp_path / "rules", units=units))
    second = campaign.units[1].model_copy(update={"aliases": ("湖区",)})
    both = campaign.model_copy(update={"units": (campaign.units[0], second, *campaign.units[2:])})
    found = UnitNames(both)
    nobody = NameMatch(None, "湖区", ambiguous=True)
    assert found.match_name("湖区") == nobody
    assert list(found.find("我湖区")) == [NameMatch(None, "湖区", False, True, 1)]
    assert not found.is_known("湖区")
    assert not found.stands_apart("湖区")
