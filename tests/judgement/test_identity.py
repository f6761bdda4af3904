"""Whose mail it is: names of units in fields and in free text, and the order of the sources."""

from typing import Any

import pytest

from mailbot.campaign.types import Campaign
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Evidence, Identity, judge_identity

AIRPORT = "郑州航空港经济综合实验区"
HIGH_TECH = "郑州高新技术产业开发区"


@pytest.fixture
def names(campaign: Campaign) -> UnitNames:
    return UnitNames(campaign)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("二七区", "二七区"),
        ("二 七 区", "二七区"),
        ("郑州市二七区人民政府", "二七区"),
        ("河南省郑州市中原区人民政府", "中原区"),
        ("中原区人民政府办公室", "中原区"),
        ("二七区安全生产监督管理局", "二七区"),
        ("二七区安监局（盖章）", "二七区"),
        ("二七区安委会办公室", "二七区"),
        ("金水区安全生产委员会办公室", "金水区"),
        ("二七区安监局（二七区安委办）", "二七区"),
        ("管城区", "管城回族区"),
        ("管城回族区安委办", "管城回族区"),
        ("荣阳市", "荥阳市"),
        ("荥阳市人民政府", "荥阳市"),
        ("新郑市", "新郑市"),
        ("经开区管委会", "郑州经济技术开发区"),
        ("郑州经济技术开发区管理委员会", "郑州经济技术开发区"),
        ("郑州高新区", HIGH_TECH),
        ("航空港区", AIRPORT),
        ("港区", AIRPORT),
        ("郑州航空港经济综合实验区管委会", AIRPORT),
        ("郑东新区管委会", "郑东新区"),
        ("郑州市城市管理局", "市城管局"),
        ("郑州市城管局", "市城管局"),
        ("市建委", "市城建委"),
        ("郑州市安全生产监督管理局", "市安监局"),
        ("郑州市公安局交通警察支队", "市交警支队"),
        ("共青团郑州市委", "团市委"),
    ],
)
def test_a_units_own_names_are_known(names: UnitNames, written: str, unit: str) -> None:
    match = names.match_name(written)
    assert match is not None
    assert (match.unit, match.sub_unit) == (unit, False)


@pytest.mark.parametrize(
    ("written", "parent"),
    [
        ("二七区城管局", "二七区"),
        ("郑州市二七区城市管理局", "二七区"),
        ("金水区花园路街道办事处", "金水区"),
        ("新郑市公安局", "新郑市"),
        ("荥阳市高新区", "荥阳市"),
        ("中牟县官渡镇人民政府", "中牟县"),
        ("市公安局金水分局", "市公安局"),
    ],
)
def test_a_part_of_a_unit_is_not_the_unit(names: UnitNames, written: str, parent: str) -> None:
    match = names.match_name(written)
    assert match is not None
    assert (match.unit, match.sub_unit) == (parent, True)


@pytest.mark.parametrize(
    "written", ["新区", "洛阳高新区", "洛阳市公安局", "安监局", "花园路街道办事处", "", "中原区域"]
)
def test_a_name_that_is_nobodys_matches_nothing(names: UnitNames, written: str) -> None:
    assert names.match_name(written) is None


@pytest.mark.parametrize("written", ["郑州市水区", "郑州市七区", "市水区", "郑州市中原"])
def test_a_name_with_its_beginning_cut_off_is_nobodys(names: UnitNames, written: str) -> None:
    assert names.match_name(written) is None


@pytest.mark.parametrize(
    ("text", "sub_unit"),
    [
        ("二七区处置演练", False),  # 处 is part of another word
        ("二七区所有单位参演", False),
        ("二七区队伍集结", False),
        ("二七区城管局参演", True),
        ("二七区侯寨乡参演", True),
    ],
)
def test_in_running_text_only_whole_words_make_a_part_of_a_unit(
    names: UnitNames, text: str, sub_unit: bool
) -> None:
    (match,) = names.find(text)
    assert (match.unit, match.sub_unit) == ("二七区", sub_unit)


@pytest.mark.parametrize(
    ("written", "likeness"),
    [
        (HIGH_TECH, 1),
        (f" {HIGH_TECH}（盖章）", 1),
        ("郑州高新技木产业开发区", 0.5),  # another character
        ("郑州高新技术产业开区", 0.5),  # one missing
        ("郑州高新技术产业开发区区", 0.5),  # one more
        ("郑州州高新技术产业开发区", 0.5),
        ("郑州高新木技产业开发区", 0),  # two
        ("郑州高新技术产业区", 0),
        ("二七区", 0),  # too short to be sure of
        ("", 0),
    ],
)
def test_how_like_a_name_is_to_those_on_the_list(
    names: UnitNames, written: str, likeness: float
) -> None:
    assert names.likeness(written) == likeness


def test_two_units_in_one_field_are_ambiguous(names: UnitNames) -> None:
    match = names.match_name("二七区、金水区")
    assert match is not None
    assert match.ambiguous


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("郑州高新区与洛阳高新区", [HIGH_TECH]),
        ("洛阳市公安局", []),
        ("报送至郑州市安委办", []),
        ("新密市安委办", ["新密市"]),
        ("中原区域应急演练", []),
        ("新郑机场应急演练", []),
        ("新郑市公安局", ["新郑市"]),
        ("郑州市二七区和郑州市城管局", ["二七区", "市城管局"]),
    ],
)
def test_names_in_free_text(names: UnitNames, text: str, units: list[str]) -> None:
    assert [match.unit for match in names.find(text)] == units


def test_every_name_in_the_list_is_matched_by_itself(names: UnitNames, campaign: Campaign) -> None:
    for unit in campaign.units:
        for written in (unit.unit, *unit.aliases):
            match = names.match_name(written)
            assert match is not None
            assert (match.unit, match.sub_unit) == (unit.unit, False), written


def _judge(names: UnitNames, **known: Any) -> Identity:
    return judge_identity(Evidence(address="clerk@example.test", **known), names)


OWN: dict[str, Any] = {"address_status": "confirmed", "address_unit": "金水区"}
BOUND: dict[str, Any] = {"address_status": "provisional", "address_unit": "金水区"}
SIGNED = "市安委办：\n    现将我区演练材料报送至市安监局，请查收。\n金水区安监局\n2017年7月3日"
LIST = "附件是金水区的演练材料，参演单位有市公安局、市消防支队、二七区。"


@pytest.mark.parametrize(
    ("known", "unit", "source"),
    [
        ({"assigned_unit": "上街区", "form_units": ("二七区",)}, "上街区", "assigned"),
        (OWN, "金水区", "address"),
        (OWN | {"form_units": ("金水区安监局",)}, "金水区", "address"),
        (OWN | {"subject": "金水区城管局演练照片"}, "金水区", "address"),
        ({"body": "金水区也派人观摩了演练。"}, "金水区", "body"),  # nothing else is said
        ({"subject": "二七区演练材料", "body": "金水区也派人观摩了演练。"}, "二七区", "subject"),
        (BOUND | {"body": "二七区也派人观摩了演练。"}, "金水区", "provisional_address"),
        (OWN | {"body": "二七区：\n材料附后。"}, "金水区", "address"),
        (OWN | {"body": "材料附后。\n请联系二七区安监局"}, "金水区", "address"),
        (OWN | {"body": "材料附后。\n二七区安监局\n" + "1\n" * 6}, "金水区", "address"),
        ({"form_units": (" ", "金水区")}, "金水区", "form"),
        (OWN | {"body": "二七区也派人观摩了演练。"}, "金水区", "address"),
        (OWN | {"body": "本次演练与二七区联合举行，材料附后。"}, "金水区", "address"),
        ({"form_units": ("郑州市金水区人民政府",)}, "金水区", "form"),
        ({"form_units": ("金水区",), "subject": "与二七区联合演练材料"}, "金水区", "form"),
        ({"subject": "关于报送二七区应急演练材料的函"}, "二七区", "subject"),
        ({"subject": "转发: 回复：管城区演练统计表"}, "管城回族区", "subject"),
        ({"subject": "报送市安监局", "body": SIGNED}, "金水区", "body"),
        ({"body": LIST}, "金水区", "body"),
        ({"body": "报送单位：中牟县\n联系人：填表人甲"}, "中牟县", "body"),
        ({"file_names": ("金水区统计表.xls", "二七区方向.jpg")}, "金水区", "file_name"),
        (BOUND | {"subject": "补充照片"}, "金水区", "provisional_address"),
        (BOUND | {"subject": "金水区补充照片"}, "金水区", "subject"),
        (OWN | {"address_unit": "二七区", "form_units": ("二七区城管局",)}, "二七区", "address"),
        ({"form_units": ("二七区",), "subject": "二七区城管局演练"}, "二七区", "form"),
        ({"subject": "二七区演练", "body": "报送单位：二七区城管局"}, "二七区", "subject"),
        ({"file_names": ("二七区城管局照片.zip", "二七区统计表.xls")}, "二七区", "file_name"),
    ],
)
def test_the_first_source_that_names_a_unit_decides(
    names: UnitNames, known: dict[str, Any], unit: str, source: str
) -> None:
    identity = _judge(names, **known)
    assert (identity.unit, identity.source, identity.held_reasons) == (unit, source, ())


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({}, "unknown_unit"),
        ({"subject": "演练材料", "body": "请查收附件。"}, "unknown_unit"),
        ({"subject": "洛阳高新区演练材料"}, "unknown_unit"),
        ({"form_units": ("花园路街道办事处",), "subject": "金水区演练"}, "unknown_unit"),
        ({"form_units": ("二七区城管局",)}, "sub_unit"),
        ({"subject": "二七区城管局演练照片"}, "sub_unit"),
        # A bureau in the subject; what names the district beside it is weaker.
        ({"subject": "二七区城管局演练", "body": "报送单位：二七区"}, "sub_unit"),
        ({"subject": "二七区城管局演练", "file_names": ("二七区统计表.xls",)}, "sub_unit"),
        (BOUND | {"subject": "金水区城管局演练"}, "sub_unit"),
        ({"body": "报送单位：二七区城管局", "file_names": ("二七区方案.doc",)}, "sub_unit"),
        (BOUND | {"form_units": ("金水区城管局",)}, "sub_unit"),
        ({"form_units": ("金水区",), "subject": "二七区演练材料"}, "unit_conflict"),
        ({"form_units": ("金水区", "二七区")}, "unit_conflict"),
        ({"form_units": ("二七区", "二七区城管局")}, "sub_unit"),
        (OWN | {"form_units": ("二七区、金水区",)}, "unit_conflict"),
        (OWN | {"body": "材料附后。\n二七区安监局\n" + "1\n" * 5}, "unit_conflict"),
        (OWN | {"body": "现将二七区材料报送，请查收。"}, "unit_conflict"),
        (OWN | {"body": "填报单位：二七区"}, "unit_conflict"),
        ({"form_units": ("二七区、金水区",)}, "unit_conflict"),
        (OWN | {"form_units": ("二七区",)}, "unit_conflict"),
        (OWN | {"subject": "二七区应急演练材料"}, "unit_conflict"),
        (OWN | {"file_names": ("二七区统计表.xls",)}, "unit_conflict"),
        (BOUND | {"form_units": ("二七区",)}, "unit_conflict"),
    ],
)
def test_what_is_unclear_is_held_and_names_no_unit(
    names: UnitNames, known: dict[str, Any], reason: str
) -> None:
    identity = _judge(names, **known)
    assert (identity.unit, identity.held_reasons) == (None, (reason,))


@pytest.mark.parametrize(
    ("body", "unit"),
    [
        ("材料附后。\n二七区安监局 张\n2017年7月3日", "二七区"),
        ("材料附后。\n我区与二七区合办", None),
        ("材料附后。\n演练地点在二七区", None),
        ("现将二七区、金水区材料报送。\n金水区", "金水区"),  # the signature is stronger
        ("现将二七区材料报送，金水区协同", "二七区"),
        ("报送单位：某厂\n材料附后。\n金水区安监局", "金水区"),
    ],
)
def test_a_signature_or_the_words_of_handing_over_name_the_sender(
    names: UnitNames, body: str, unit: str | None
) -> None:
    identity = _judge(names, body=body)
    assert identity.unit == unit
    assert identity.source == ("body" if unit else "")


def test_a_quoted_mail_names_nobody(names: UnitNames) -> None:
    body = "这是我区的材料\n\n在 2017年7月1日，市安委办 写道：\n> 二七区：请补正"
    identity = _judge(names, body=body)
    assert identity.held_reasons == ("unknown_unit",)
    assert not identity.named
    assert identity.mentions == ("二七区",)


def test_a_display_name_is_shown_to_a_person_and_decides_nothing(names: UnitNames) -> None:
    identity = _judge(names, sender_name="二七区安监局")
    assert identity.held_reasons == ("unknown_unit",)
    assert identity.mentions == ("二七区",)


def test_two_units_in_one_form_are_no_naming(names: UnitNames) -> None:
    identity = _judge(names, form_units=("二七区、金水区",))
    assert not identity.named
    assert identity.mentions == ("二七区", "金水区")


def test_an_address_alone_is_no_naming_by_the_mail(names: UnitNames) -> None:
    assert not _judge(names, **OWN).named
    assert _judge(names, **OWN, subject="金水区材料").named
