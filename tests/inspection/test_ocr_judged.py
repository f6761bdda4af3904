"""What becomes of a form that was read by machine: never rejected for what the machine missed."""

from dataclasses import replace
from pathlib import Path

import pytest
from make import facts

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.files import judge_file
from mailbot.judgement.whose.names import UnitNames
from mailbot.model import Cell, Family, Fault, Grid, Inspected, Judged, Kind, Verdict

VALUES = {
    "填报单位（盖章）": "东湖区人民政府",
    "报出时间": "2017年12月20日",
    "演练场次": "12",
    "参演人数": "345",
    "投入经费（万元）": "3.5",
    "填表人": "填表人甲",
    "联系电话": "0512-65210001",
}


@pytest.fixture(scope="module")
def jianghai() -> Campaign:
    return load_campaign(Path(__file__).resolve().parents[2] / "rules" / "jianghai-2017")


def grid_of(changes: dict[str, Cell] | None = None, extra: tuple[Cell, ...] = ()) -> Grid:
    cells = [Cell("2017年安全生产应急演练统计表", 0, 0, 1, 2)]
    for row, (label, value) in enumerate(VALUES.items(), 1):
        changed = (changes or {}).get(label)
        cells += [Cell(label, row, 0), replace(changed or Cell(value, 0, 0), row=row, column=1)]
    return Grid("表1", (*cells, *extra))


def photographed(grid: Grid, name: str = "微信图片_20170703101530.jpg") -> Inspected:
    text = "\n".join(cell.text for cell in grid.cells)
    return facts.facts_of(
        Family.PHOTO,
        "jpeg",
        name,
        facts={"width": 4000, "height": 3000, "ocr": True, "seal": True},
        text=text,
        grids=(grid,),
    )


def judged(inspected: Inspected, campaign: Campaign) -> Judged:
    return judge_file(inspected, campaign)


def test_a_photographed_form_is_the_form(jianghai: Campaign) -> None:
    verdict = judged(photographed(grid_of()), jianghai)
    assert (verdict.kind, verdict.verdict, verdict.slots) == (
        Kind.FORM,
        Verdict.ACCEPTED,
        ("form",),
    )
    assert verdict.fields["overall.drills"].value == 12
    assert verdict.facts["seal"] is True


def test_a_doubtful_number_is_held_not_taken(jianghai: Campaign) -> None:
    grid = grid_of({"演练场次": Cell("72", 0, 0, confidence=0.5)})
    verdict = judged(photographed(grid), jianghai)
    assert verdict.verdict is Verdict.HELD
    assert verdict.fields["overall.drills"].value is None
    assert verdict.fields["overall.drills"].raw == "72"


def test_illegible_ink_is_held_not_empty(jianghai: Campaign) -> None:
    grid = grid_of({"联系电话": Cell("□", 0, 0, confidence=0.0)})
    verdict = judged(photographed(grid), jianghai)
    assert verdict.verdict is Verdict.HELD
    assert {finding.code for finding in verdict.findings} == {"FORM_FIELD_UNSURE"}


def test_a_heading_the_machine_missed_is_held_not_rejected(jianghai: Campaign) -> None:
    grid = grid_of()
    without = replace(
        grid, cells=tuple(cell for cell in grid.cells if cell.text not in ("演练场次", "12"))
    )
    verdict = judged(photographed(without), jianghai)
    assert verdict.verdict is Verdict.HELD


def test_a_really_empty_cell_is_the_units_to_mend(jianghai: Campaign) -> None:
    verdict = judged(photographed(grid_of({"填表人": Cell("", 0, 0)})), jianghai)
    assert verdict.verdict is Verdict.REJECTED
    assert [finding.code for finding in verdict.findings] == ["FORM_FIELD_EMPTY"]


def test_an_empty_cell_beside_a_doubtful_one_may_be_the_machines_fault(jianghai: Campaign) -> None:
    grid = grid_of({"填表人": Cell("", 0, 0), "演练场次": Cell("72", 0, 0, confidence=0.5)})
    verdict = judged(photographed(grid), jianghai)
    assert verdict.verdict is Verdict.HELD
    assert {finding.code for finding in verdict.findings} == {"FORM_FIELD_UNSURE"}
    (message,) = [one.message for one in verdict.findings if "填表人" in one.message]
    assert "也可能是未能识别" in message
    assert message.count("请") == 2  # 已转请…；请…: no word of filling it in


def test_a_number_that_belongs_to_no_field_is_held(jianghai: Campaign) -> None:
    grid = grid_of(extra=(Cell("现场X练", 8, 0), Cell("41", 8, 1)))
    verdict = judged(photographed(grid), jianghai)
    assert verdict.verdict is Verdict.HELD
    assert any("41" in finding.message for finding in verdict.findings)


def test_where_a_number_found_no_column_no_other_is_sure_of_its_own(jianghai: Campaign) -> None:
    grid = grid_of(extra=(Cell("现场X练", 8, 0), Cell("41", 8, 1)))
    fields = judged(photographed(grid), jianghai).fields
    for key in ("overall.drills", "overall.participants", "overall.spend_wan"):
        assert fields[key].value is None
        assert fields[key].confidence < jianghai.form.confidence_bound
    assert fields["unit"].value == "东湖区人民政府"


def test_a_sum_that_comes_out_shows_that_figures_stand_where_they_belong(
    jianghai: Campaign,
) -> None:
    heads = ("市级部门", "县区政府", "乡镇街道", "企业", "其他")
    extra = [Cell("按组织单位分类", 8, 0, 1, 2)]
    for row, (label, count) in enumerate(zip(heads, "12225", strict=True), 9):
        extra.append(Cell(f"{label}演练场次", row, 0))
        extra.append(Cell(count, row, 1))
    extra += [Cell("现场X练", 14, 0), Cell("41", 14, 1)]
    fields = judged(photographed(grid_of(extra=tuple(extra))), jianghai).fields
    assert fields["overall.drills"].value == 12
    assert fields["overall.participants"].value is None


def test_sums_that_contradict_are_held(jianghai: Campaign) -> None:
    heads = ("市级部门", "县区政府", "乡镇街道", "企业", "其他")
    extra = [Cell("按组织单位分类", 8, 0, 1, 2)]
    for row, label in enumerate(heads, 9):
        extra.append(Cell(f"{label}演练场次", row, 0))
        extra.append(Cell("2", row, 1))
    verdict = judged(photographed(grid_of(extra=tuple(extra))), jianghai)
    assert "FORM_SUM_DRILLS" in {finding.code for finding in verdict.findings}
    assert verdict.verdict is Verdict.HELD


def test_a_picture_with_some_other_table_stays_a_photo(jianghai: Campaign) -> None:
    board = Grid("表1", (Cell("值班安排", 0, 0), Cell("星期一", 1, 0), Cell("甲", 1, 1)))
    verdict = judged(photographed(board, "照片1.jpg"), jianghai)
    assert verdict.kind is Kind.PHOTO


def test_a_picture_with_columns_of_the_form_is_no_photo(jianghai: Campaign) -> None:
    torn = Grid("表1", (Cell("演练场次", 0, 0), Cell("观靡人数", 0, 1, confidence=0.6)))
    verdict = judged(photographed(torn, "照片1.jpg"), jianghai)
    assert (verdict.kind, verdict.verdict) == (Kind.FORM, Verdict.HELD)
    assert "FORM_AS_PICTURE" in {finding.code for finding in verdict.findings}


def test_a_scanned_form_in_a_pdf_is_read(jianghai: Campaign) -> None:
    grid = grid_of()
    scan = replace(
        photographed(grid, "扫描0001.pdf"),
        family=Family.DOCUMENT,
        format="pdf",
        facts={"scanned": True, "ocr": True, "seal": False},
    )
    verdict = judged(scan, jianghai)
    assert (verdict.kind, verdict.verdict) == (Kind.FORM, Verdict.ACCEPTED)
    assert "FORM_SEAL_MISSING" in {finding.code for finding in verdict.findings}


def test_a_scanned_plan_is_still_for_a_person(jianghai: Campaign) -> None:
    scan = facts.document(
        "应急演练工作总结\n" + "基本情况 效果 问题 改进措施 " * 20,
        "扫描0002.pdf",
        facts={"scanned": True, "ocr": True, "seal": False},
    )
    verdict = judged(scan, jianghai)
    assert (verdict.kind, verdict.verdict) == (Kind.SUMMARY, Verdict.HELD)


def test_without_the_extra_a_scan_is_held(jianghai: Campaign) -> None:
    scan = facts.document(
        "", "统计表.pdf", facts={"scanned": True}, faults=(Fault("missing_extra", "mailbot[ocr]"),)
    )
    verdict = judged(scan, jianghai)
    assert (verdict.kind, verdict.verdict) == (Kind.FORM, Verdict.HELD)


def test_a_picture_of_the_form_inside_a_document_fills_the_slot(jianghai: Campaign) -> None:
    picture = replace(photographed(grid_of(), "image1.jpeg"), source="word/media/image1.jpeg")
    document = facts.document("2017年安全生产应急演练统计表", "统计表.docx", members=(picture,))
    verdict = judged(document, jianghai)
    assert (verdict.kind, verdict.verdict) == (Kind.FORM, Verdict.ACCEPTED)
    assert verdict.fields["overall.participants"].value == 345


def read_under_a_seal(text: str, confidence: float = 0.85) -> dict[str, Cell]:
    return {"填报单位（盖章）": Cell(text, 0, 0, confidence=confidence)}


@pytest.mark.parametrize("text", ["水区", "湖区", "东湖", "江海市应急管理局", "某某公司"])
@pytest.mark.parametrize("confidence", [0.85, 0.92, 0.999])
def test_a_unit_that_the_list_does_not_know_is_never_sure(
    jianghai: Campaign, text: str, confidence: float
) -> None:
    verdict = judged(photographed(grid_of(read_under_a_seal(text, confidence))), jianghai)
    assert verdict.verdict is Verdict.HELD
    unit = verdict.fields["unit"]
    assert (unit.value, unit.raw) == (None, text)
    assert unit.confidence < jianghai.form.confidence_bound
    assert any("填报单位" in one.message and text in one.message for one in verdict.findings)


@pytest.mark.parametrize("text", ["临溪县人民政府办公室", "江海市公安局", "东湖区", "北港市"])
def test_the_list_bears_out_a_name_that_was_read_under_a_seal(
    jianghai: Campaign, text: str
) -> None:
    verdict = judged(photographed(grid_of(read_under_a_seal(text))), jianghai)
    assert verdict.fields["unit"].value == text
    assert verdict.fields["unit"].confidence >= jianghai.form.confidence_bound


def test_a_short_name_on_which_the_readings_differ_is_not_borne_out(jianghai: Campaign) -> None:
    verdict = judged(photographed(grid_of(read_under_a_seal("东湖区", 0.5))), jianghai)
    assert verdict.fields["unit"].value is None
    assert verdict.verdict is Verdict.HELD


def test_a_name_one_letter_from_another_units_does_not_stand_apart(campaign: Campaign) -> None:
    names = UnitNames(campaign)
    assert names.stands_apart("金水区")
    assert not names.stands_apart("新密市")  # 新郑市
    assert not names.stands_apart("水区")


@pytest.mark.parametrize(
    "label", ["报出时间", "联系电话", "填表人", "演练场次", "投入经费（万元）"]
)
def test_what_was_read_under_a_seal_and_nothing_bears_out_is_held(
    jianghai: Campaign, label: str
) -> None:
    grid = grid_of({label: Cell(VALUES[label], 0, 0, confidence=0.85)})
    assert judged(photographed(grid), jianghai).verdict is Verdict.HELD
