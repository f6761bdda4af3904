"""A second form with repeating rows: a sign-in sheet beside plan and photos."""

import re
from pathlib import Path
from typing import Any

import pytest
from make import facts
from make.notices import PHOTO, PLAN, a_rule, write_notice

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.judgement.files import judge_file
from mailbot.judgement.form.values import parse_value
from mailbot.model import Cell, Grid, Judged

ROSTER = """
title: 消防演练签到表
recognised_by: [签到表]
confirmed: true
labels:
  填报单位: [单位名称]
  填表人: []
  姓名: [签名]
fields:
  - {key: unit, path: [填报单位], type: unit, place: header, required: true}
  - {key: clerk, path: [填表人], type: person, place: footer}
rows:
  key: people
  heading: [序号, 姓名, 单位, 电话]
  minimum: 2
  fields:
    - {key: name, path: [姓名], type: person, required: true}
    - {key: phone, path: [电话], type: phone}
    - {key: role, path: [单位], type: choice, choices: [指挥部, 救援组]}
"""
SIGNIN = {**PLAN, "slot": "signin", "kind": "form", "form": "roster.yaml", "label": "签到表"}
HEADING = ("序号", "签名", "单位", "电话")


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    return load_campaign(
        write_notice(
            tmp_path / "rules",
            materials=[PHOTO, SIGNIN],
            documents=[{"kind": "signin", "titles": ["签到表"]}],
            files={"roster.yaml": ROSTER},
        )
    )


def sheet(*lines: tuple[str, ...], name: str = "附件2.xlsx") -> Any:
    rows = [("消防演练签到表",), ("填报单位", "东湖区"), HEADING, *lines]
    cells = tuple(
        Cell(text, row, column)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if text
    )
    text = "\n".join("\t".join(line) for line in rows)
    return facts.document(text, name, grids=(Grid("Sheet1", cells),))


GOOD = (("1", "甲某", "指挥部", "13800138000"), ("2", "乙某", "救援组", ""))


def judged(campaign: Campaign, *lines: tuple[str, ...]) -> Judged:
    return judge_file(sheet(*lines), campaign)


def test_each_filled_row_is_a_record_with_its_cells(campaign: Campaign) -> None:
    found = judged(campaign, *GOOD)
    assert (found.kind, found.slots, found.verdict) == ("form", ("signin",), "accepted")
    rows = found.facts["rows"]
    assert isinstance(rows, dict)
    people: Any = rows["people"]
    assert [one["name"]["value"] for one in people] == ["甲某", "乙某"]
    assert people[0]["phone"] == {
        "value": "13800138000",
        "raw": "13800138000",
        "where": "Sheet1 D4",
        "confidence": 1.0,
    }
    assert people[1]["phone"]["value"] is None


@pytest.mark.parametrize(
    "after",
    [("",), ("填表人：丙某",), ("填表人", "丙某")],
    ids=["empty row", "footer", "two cells"],
)
def test_the_rows_end_at_an_empty_row_and_at_the_footer(
    campaign: Campaign, after: tuple[str, ...]
) -> None:
    found = judged(campaign, *GOOD, after, ("3", "丁某", "救援组", ""))
    rows: Any = found.facts["rows"]
    assert len(rows["people"]) == 2


@pytest.mark.parametrize(
    ("lines", "code", "where"),
    [
        (GOOD[:1], "FORM_ROWS_TOO_FEW", "序号、姓名、单位、电话"),
        ((), "FORM_ROWS_TOO_FEW", "序号、姓名、单位、电话"),
        ((GOOD[0], ("2", "", "救援组", "")), "FORM_FIELD_EMPTY", "Sheet1 第5行"),
        ((GOOD[0], ("2", "乙某", "后勤组", "")), "FORM_FIELD_UNREADABLE", "Sheet1 C5"),
        ((GOOD[0], ("2", "乙某", "救援组", "12")), "FORM_FIELD_UNREADABLE", "Sheet1 D5"),
    ],
)
def test_what_is_wrong_in_a_row_names_its_cell(
    campaign: Campaign, lines: tuple[tuple[str, ...], ...], code: str, where: str
) -> None:
    found = judged(campaign, *lines)
    assert [(one.code, one.where) for one in found.findings] == [(code, where)]
    assert found.verdict == "rejected"


def test_a_rule_can_be_asked_of_the_second_forms_slot(tmp_path: Path) -> None:
    campaign = load_campaign(
        write_notice(
            tmp_path / "rules",
            materials=[SIGNIN],
            rules=[a_rule("file_size", "signin", maximum_mb=0.01)],
            files={"roster.yaml": ROSTER},
        )
    )
    assert [one.code for one in judged(campaign, *GOOD).findings] == ["R_TESTED"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "path: [姓名], type: person",
            "path: [姓明], type: person",
            "is no word of the heading (序号、姓名、单位、电话)",
        ),
        (", choices: [指挥部, 救援组]}", "}", "`choices` go with the type choice"),
        ("type: choice,", "type: text,", "`choices` go with the type choice"),
    ],
)
def test_a_wrong_column_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = write_notice(
        tmp_path / "rules", materials=[SIGNIN], files={"roster.yaml": ROSTER.replace(old, new)}
    )
    with pytest.raises(SettingsError, match=re.escape(said)):
        load_campaign(folder)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("percent", "95%", 95),
        ("percent", "９５．５％", 95.5),
        ("percent", "百分之九十五", 95),
        ("percent", "0.95", None),  # 95% or 0.95%?
        ("number", "-3.5", -3.5),
        ("number", "12", 12),
        ("number", "约12", None),
        ("choice", "救援组 ", "救援组"),
        ("choice", "救援", None),
        # 11010519491231002X is the example of GB 11643-1999 itself.
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("id_number", "110105194912310021", None),
        ("id_number", "11010519491331002X", None),
    ],
)
def test_a_value_is_read_or_is_none(kind: str, text: str, value: object) -> None:
    assert parse_value(kind, text, choices=("指挥部", "救援组")) == value


@pytest.mark.parametrize(
    ("written", "heading", "value"),
    [
        ("95%", "完好率", 95),
        ("95", "完好率", None),
        ("95", "完好率（%）", 95),
        ("95%", "完好率（%）", 95),
        ("0.95", "完好率（%）", None),
        ("1", "完好率（%）", None),
        ("0", "完好率（%）", 0),
    ],
)
def test_a_percentage_needs_its_sign_in_the_cell_or_the_heading(
    written: str, heading: str, value: float | None
) -> None:
    assert parse_value("percent", written, heading) == value
