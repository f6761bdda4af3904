"""One workbook with the tables of several units: told apart by 填报单位, never mixed."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines
from openpyxl import Workbook

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_form
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.fields import extract_fields
from mailbot.judgement.form.files import judge_table
from mailbot.judgement.form.several_units import several_units, table_of_a_unit, tables_by_unit
from mailbot.judgement.materials import DocumentJudgement
from mailbot.model import Family, FieldValue, Grid, Inspected, Severity, Verdict

Judge = Callable[[dict[str, tuple[str, int]]], DocumentJudgement]


def sheet_values(unit: str, drills: int) -> dict[str, str | int | float]:
    return {
        "unit": unit,
        "reported_on": "2017-07-03",
        "filled_by": "应急办",
        "phone": "0371-60000000",
        "overall.drills": drills,
        "overall.participants": drills * 40,
        "overall.spend_wan": 2.5,
        "overall.joint_drills": 1,
    }


def workbook(campaign: Campaign, sheets: dict[str, tuple[str, int]]) -> bytes:
    """Sheet name → (填报单位, drills), each a whole table; without the hidden names of our form."""
    book = Workbook()
    book.remove(book.active)
    for title, (unit, drills) in sheets.items():
        form = write_form(campaign.form, sheet_values(unit, drills))
        source = openpyxl.load_workbook(io.BytesIO(form)).worksheets[0]
        sheet = book.create_sheet(title)
        for row in source.iter_rows():
            for cell in row:
                if cell.value is not None:
                    sheet.cell(cell.row, cell.column, cell.value)
        for merged in source.merged_cells.ranges:
            sheet.merge_cells(str(merged))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.fixture
def judge(campaign: Campaign, tmp_path: Path) -> Judge:
    def judged(sheets: dict[str, tuple[str, int]]) -> DocumentJudgement:
        path = tmp_path / "统计表.xlsx"
        path.write_bytes(workbook(campaign, sheets))
        document = read_document(path, "xlsx")
        inspected = Inspected(
            path.name,
            "0" * 64,
            1,
            Family.DOCUMENT,
            "xlsx",
            grids=document.grids,
            text=document.text,
        )
        judgement = judge_table(inspected, campaign, date(2017, 7, 4))
        assert judgement is not None
        return judgement

    return judged


def test_two_districts_in_one_workbook_are_left_to_a_person(judge: Judge) -> None:
    judged = judge({"一": ("金水区", 3), "二": ("二七区", 4)})
    assert judged.verdict is Verdict.HELD
    assert [finding.code for finding in judged.findings] == ["FORM_SEVERAL_UNITS"]
    assert "金水区、二七区" in judged.findings[0].actual
    assert judged.fields["overall.drills"].value is None


def test_a_districts_own_table_counts_beside_those_of_its_streets(judge: Judge) -> None:
    streets = {"丰产路": ("丰产路街道办事处", 1), "花园路": ("花园路街道办事处", 2)}
    judged = judge({**streets, "汇总": ("金水区", 3)})
    assert judged.verdict is Verdict.ACCEPTED
    assert judged.fields["unit"].raw == "金水区"
    assert judged.fields["overall.drills"].value == 3
    said = next(one for one in judged.findings if one.code == "FORM_SEVERAL_UNITS")
    assert said.severity == "notice"
    assert "按“汇总”表核验" in said.message


def test_the_same_unit_twice_with_other_figures_contradicts_itself(judge: Judge) -> None:
    judged = judge({"初稿": ("金水区", 3), "定稿": ("金水区", 4)})
    codes = {finding.code for finding in judged.findings}
    assert "FORM_FIELD_CONTRADICTORY" in codes
    assert "FORM_SEVERAL_UNITS" not in codes


# ---- the tables one by one, as grids --------------------------------------------------------

SPEC = shipped_spec("zhengzhou-2017")


def table(unit: str, *figures: str, title: str = "") -> Grid:
    """A table with so many of the whole's figures."""
    measures = ("举办次数", "参演人数", "直接投入", "观摩人数")[: max(len(figures), 1)]
    return grid_of_lines(
        f"填报单位|{unit}",
        f"总体情况*1,{len(measures)}",
        "|".join(measures),
        "|".join(figures),
        title=title or unit,
    )


JINSHUI, ERQI = table("金水区", "3", "40", "2"), table("二七区", "4", "50", "1")

CONTRADICTORY = {"unit": FieldValue(None, "金水区 / 二七区", "金水区 B1；二七区 B1")}


def by_unit(*grids: Grid) -> list[str]:
    return list(tables_by_unit(extract_fields(grids, SPEC), grids, SPEC))


@pytest.mark.parametrize(
    ("grids", "units"),
    [
        ((JINSHUI, ERQI), ["金水区", "二七区"]),
        ((JINSHUI, ERQI, table("金水区", "9", "9", "9")), ["金水区", "二七区"]),
        ((JINSHUI, table("二七区", "4", "50")), []),  # two figures are no table of its own
        ((JINSHUI, table("金水区", "4", "50", "1")), []),
        ((JINSHUI,), []),
        ((JINSHUI, table("", "4", "50", "1")), []),
        ((table("", "3", "40", "2"), table("", "4", "50", "1")), []),
    ],
)
def test_a_table_of_three_figures_is_a_units_own(grids: tuple[Grid, ...], units: list[str]) -> None:
    assert by_unit(*grids) == units


def test_where_a_form_asks_for_two_figures_two_make_a_table() -> None:
    kept = ("unit", "overall.drills", "overall.participants")
    spec = SPEC.model_copy(update={"fields": tuple(one for one in SPEC.fields if one.key in kept)})
    for figures, units in ((("4", "50"), ["金水区", "二七区"]), (("4", ""), [])):
        grids = (table("金水区", "3", "40"), table("二七区", *figures))
        assert list(tables_by_unit(CONTRADICTORY, grids, spec)) == units


def test_what_is_no_table_of_a_unit() -> None:
    lines = grid_of_lines("填报单位：二七区", "举办次数：4  参演人数：50  直接投入：1")
    cover = grid_of_lines("填报单位|二七区", "报出时间|2017年7月3日", "填表人|张三")
    for other in (replace(lines, is_table=False), cover, table("", "4", "50", "1")):
        assert tables_by_unit(CONTRADICTORY, (JINSHUI, other), SPEC) == {}
        told = tables_by_unit(CONTRADICTORY, (JINSHUI, other, ERQI), SPEC)
        assert told == {"金水区": JINSHUI, "二七区": ERQI}


@pytest.mark.parametrize(
    "unit",
    [
        None,  # a form that asks for none
        FieldValue("金水区", "金水区", "甲 B1"),
        FieldValue("金水区", "金水区", "甲 B1；甲 C1"),
        FieldValue(None, "", "甲 B1"),
        FieldValue(None, "", ""),
    ],
)
def test_a_file_whose_unit_does_not_contradict_itself_is_one_table(
    unit: FieldValue | None,
) -> None:
    fields = {} if unit is None else {"unit": unit}
    assert tables_by_unit(fields, (JINSHUI, ERQI), SPEC) == {}


def test_copies_of_our_own_form_are_told_apart_where_none_contradicts() -> None:
    """Of sheets with our hidden names the fullest speaks: they never contradict each other."""
    names = {"unit": (0, 1), "overall.drills": (3, 0), "overall.participants": (3, 1)}
    ours = [replace(one, names={**names, "overall.spend_wan": (3, 2)}) for one in (JINSHUI, ERQI)]
    assert by_unit(*ours) == ["金水区", "二七区"]
    stated = {"unit": FieldValue("金水区", "金水区", "甲 B1")}
    assert tables_by_unit(stated, (ours[0], ERQI), SPEC) == {}
    assert tables_by_unit({}, ours, SPEC) == {}


@pytest.mark.parametrize(
    ("units", "own"),
    [
        (("金水区", "丰产路街道办事处"), "金水区"),
        (("丰产路街道办事处", "金水区"), "金水区"),
        (("金水区丰产路街道办事处", "金水区"), "金水区"),
        (("金水区", "二七区"), None),
        (("金水区丰产路街道办事处", "金水区花园路街道办事处"), None),
        (("某公司", "某厂"), None),
        (("金水区、二七区", "金水区"), "金水区"),  # the first names no one unit
    ],
)
def test_the_one_unit_of_the_list_counts(
    campaign: Campaign, units: tuple[str, ...], own: str | None
) -> None:
    tables = {unit: table(unit, "1", "2", "3") for unit in units}
    chosen = table_of_a_unit(tables, campaign)
    assert (chosen and chosen.title) == own


@pytest.mark.parametrize(("count", "more"), [(2, False), (6, False), (7, True)])
def test_six_units_are_named_and_the_rest_counted(count: int, more: bool) -> None:
    units = [f"第{number}街道" for number in "一二三四五六七"][:count]
    said = several_units(dict.fromkeys(units, JINSHUI), chosen=None)
    names = "、".join(units[:6]) + "等" * more
    assert said.actual == f"文件内有{count}个单位的统计表（{names}）"
    assert said.severity is Severity.WARNING
    assert "须由工作人员核对" in said.message
