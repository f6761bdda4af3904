"""One workbook with the tables of several units: told apart by 填报单位, never mixed."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_form
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.files import judge_table
from mailbot.judgement.materials import DocumentJudgement
from mailbot.model import Family, Inspected, Verdict

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
