"""How good a claim its labels give a cell to a field: small grids, each with one trap."""

from typing import Any

import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.candidates import Candidate
from mailbot.judgement.form.labels import Vocabulary
from mailbot.judgement.form.layout import Board
from mailbot.judgement.form.matching import match_field
from mailbot.model import Cell, Grid

SPEC = shipped_spec("zhengzhou-2017")
DRILLS, PEOPLE, MONEY = "overall.drills", "overall.participants", "overall.spend_wan"
ENTERPRISE = "by_organiser.enterprise."


def claim(
    lines: tuple[str, ...], at: str, key: str, spec: FormSpec = SPEC, note: str = ""
) -> Candidate | None:
    """The claim of one cell (B3) of a grid to one field."""
    vocabulary = Vocabulary(spec)
    board = Board(grid_of_lines(*lines), vocabulary, note)
    where = (int(at[1:]) - 1, "ABCDEF".index(at[0]))
    place = next(one for one in board.places if one.at == where)
    field = next(one for one in spec.fields if one.key == key)
    (pair,) = place.pairs or (None,)
    return match_field(field, place, pair, board.steps(place), board, vocabulary)


def address(at: tuple[int, int]) -> str:
    return f"{'ABCDEF'[at[1]]}{at[0] + 1}"


def told(found: Candidate | None) -> str:
    """The value; by which labels (左 to its left, 上 above it, 内 in the cell itself, the last
    label of the path starred); how near the nearest is and how far all of them; then what speaks
    against the claim."""
    if found is None:
        return "-"
    side = {"left": "左", "up": "上", "own": "内"}
    labels = sorted(
        f"{side[axis]}{address(at)}{'*' * (at == found.innermost)}"
        for axis, at in found.labelled_by
    )
    counted = {
        "缺": found.missing,
        "免": found.unsaid,
        "外": found.beyond,
        "隔字": found.strange,
        "争": found.conflicts,
        "空": found.spread,
        "隔": found.between,
    }
    near = f"{found.nearest[0]}/{found.nearest[1]}/{found.distance}"
    return " ".join(
        [str(found.value), *labels, near, *(f"{word}{n:d}" for word, n in counted.items() if n)]
    )


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        # Section over measure over figure; the measure alone; a heading over the label.
        (("总体情况*1,2", "举办次数|参演人数", "12|300"), "A3", DRILLS, "12 上A1 上A2* 0/1/3"),
        (("举办次数|参演人数", "12|300"), "B2", PEOPLE, "300 上B1* 0/1/1 缺1"),
        (("总体情况|", "举办次数|12"), "B2", DRILLS, "12 上A1 左A2* 0/1/2 空1"),
        # Another label over it hides the section, as does one between the two.
        (("总体情况|", "企业|", "举办次数|12"), "B3", DRILLS, "12 左A3* 0/1/1 缺1 争1"),
        (("举办次数",), "A1", PEOPLE, "-"),
        # Nobody prints 举办次数 under 现场: there is no other measure of it.
        (("现场|5",), "B1", "by_form.live", "5 左A1 0/1/1 缺1 免1"),
        # Two labels in one cell are of the field that both are of.
        (("企业举办次数|6",), "B1", ENTERPRISE + "drills", "6 左A1* 0/1/2 缺1"),
        (("企业举办次数|6",), "B1", DRILLS, "-"),
        # A text that is no label takes nothing from one that is.
        (("某文字|6|举办次数|12",), "D1", DRILLS, "12 左C1* 0/1/1 缺1"),
        # 政府及部门 hides nothing from a cell that has met 企业.
        (
            ("按组织单位分类|政府及部门|举办次数|企业|参演人数|8",),
            "F1",
            ENTERPRISE + "participants",
            "8 左A1 左D1 左E1* 0/1/8",
        ),
        # The measures at the table's top stand on the far side of the section's heading.
        (("举办次数|参演人数", "总体情况*1,2", "12|300"), "A3", DRILLS, "12 上A1* 上A2 0/1/3 外1"),
        (("||总体情况", "举办次数||12"), "C2", DRILLS, "12 上C1 左A2* 0/1/3"),  # on another side
    ],
)
def test_the_labels_that_govern_a_cell_claim_it(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        (
            ("企业|演练统计表", "举办次数|6"),
            "B2",
            ENTERPRISE + "drills",
            "6 上A1 左A2* 0/1/2 缺1",
        ),
        # a heading of two words, one of them another field's
        (
            ("按组织单位分类政府及部门|演练统计表", "参演人数|300"),
            "B2",
            ENTERPRISE + "participants",
            "300 左A2* 0/1/1 缺2",
        ),
        # over 企业, beside a measure that stands in the cell itself
        (
            ("按组织单位分类|演练统计表", "企业|举办次数：6"),
            "B2",
            ENTERPRISE + "drills",
            "6 上A1 内B2* 左A2 0/0/2",
        ),
        # 政府及部门 does not stand between 企业 and their section
        (
            ("按组织单位分类*1,2|演练统计表*2,1", "政府及部门*1,2", "企业|举办次数|6"),
            "C3",
            ENTERPRISE + "drills",
            "6 上A1 左A3 左B3* 0/1/5",
        ),
    ],
)
def test_the_headings_over_a_label_beside_the_cell_claim_it_too(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        (("企业举办次数：6",), "A1", ENTERPRISE + "drills", "6 内A1* 0/0/0 缺1"),
        (("企业举办次数：6",), "A1", DRILLS, "-"),  # 企业 is none of its headings
        (("总体情况", "举办次数：6"), "A2", DRILLS, "6 上A1 内A2* 0/0/1"),
        (("企业|举办次数：6",), "B1", DRILLS, "6 内B1* 0/0/0 缺1"),  # no label beside it claims it
        (("填表人|联系电话：0371-67182119",), "B1", "phone", "0371-67182119 内B1* 0/0/0"),
        (("报出时间：2017年|7月3日",), "A1", "reported_on", "None 内A1* 0/0/0"),
    ],
)
def test_a_label_in_the_cell_itself_is_the_nearest(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        # 6 is the 直接投入; 8 is the 企业's, and what lies beyond 直接投入 is not asked.
        (("直接投入|6|企业|8",), "D1", ENTERPRISE + "spend_wan", "8.0 左C1 0/1/1 缺2"),
        (
            ("按组织单位分类|直接投入|6|企业|8",),
            "E1",
            ENTERPRISE + "spend_wan",
            "8.0 左D1 0/1/1 缺2",
        ),
        # but what stands over the cell is
        (
            ("|||按组织单位分类", "|||5", "|||4", "直接投入|6|企业|8"),
            "D4",
            ENTERPRISE + "spend_wan",
            "8.0 上D1 左C4 0/1/4 缺1 隔2",
        ),
        # no value between the two: one heading of two words
        (("直接投入|企业|8",), "C1", ENTERPRISE + "spend_wan", "8.0 左A1* 左B1 0/1/3 缺1"),
        # the measure is met first: the figure before it is another measure's of 企业
        (("企业|6|直接投入|8",), "D1", ENTERPRISE + "spend_wan", "8.0 左A1 左C1* 0/1/4 缺1 隔1"),
        # a heading above is of no line
        (("||企业", "举办次数|6|8"), "C2", ENTERPRISE + "drills", "8 上C1 左A2* 0/1/3 缺1 隔1"),
        (
            ("||举办次数", "||5", "企业||8"),
            "C3",
            ENTERPRISE + "drills",
            "8 上C1* 左A3 0/2/4 缺1 隔1",
        ),
        # the same heading once more says nothing against it
        (
            ("按组织单位分类|企业|6|企业|8",),
            "E1",
            ENTERPRISE + "drills",
            "8 左A1 左D1 0/1/5 缺1 隔1",
        ),
        (("举办次数|6|企业举办次数：8",), "C1", ENTERPRISE + "drills", "8 内C1* 0/0/0 缺1"),
    ],
)
def test_a_label_with_a_value_of_its_own_in_the_line_is_of_that_value(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        # By way of 参演人数 no text lies before 总体情况.
        (
            ("总体情况*1,2", "举办次数|详见附件", "参演人数|300"),
            "B3",
            PEOPLE,
            "300 上A1 左A3* 0/1/3 隔1",
        ),
        # Nothing lies there at all: its own way counts, though the label's is longer.
        (("总体情况*1,2", "举办次数|", "参演人数|300"), "B3", PEOPLE, "300 上A1 左A3* 0/1/3"),
        # On both ways lies a text.
        (
            ("总体情况*1,2", "某文字|详见附件", "举办次数|", "参演人数|300"),
            "B4",
            PEOPLE,
            "300 上A1 左A4* 0/1/4 隔字1 隔1",
        ),
        # The label itself is reached over one.
        (
            ("总体情况*1,3", "举办次数||详见附件", "参演人数|同上|300"),
            "C3",
            PEOPLE,
            "300 上A1 左A3* 1/2/4 隔字2 隔2",
        ),
        # Not by way of 举办次数, but of 企业, whatever else stands over it.
        (
            ("按组织单位分类*1,2", "|详见附件", "|举办次数", "企业|8"),
            "B4",
            ENTERPRISE + "drills",
            "8 上A1 上B3* 左A4 0/1/5",
        ),
        (
            ("按组织单位分类*1,2", "|详见附件", "现场|举办次数", "企业|8"),
            "B4",
            ENTERPRISE + "drills",
            "8 上A1 上B3* 左A4 0/1/5",
        ),
        # The label is in the cell: there is no other way.
        (("总体情况", "详见附件", "参演人数：300"), "A3", PEOPLE, "300 上A1 内A3* 0/0/2 隔字1 隔1"),
    ],
)
def test_a_text_where_a_figure_belongs_is_gone_round_by_the_cells_own_label(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


@pytest.mark.parametrize(
    ("lines", "at", "key", "expected"),
    [
        # As near as the field's own label, or behind a value of its own.
        (("企业|举办次数|12",), "C1", DRILLS, "12 左B1* 0/1/1 缺1 争1"),
        (("企业|5|举办次数|12",), "D1", DRILLS, "12 左C1* 0/1/1 缺1"),
        (("|||总体情况", "企业|5|举办次数|12"), "D2", DRILLS, "12 上D1 左C2* 0/1/2"),
        # No nearer than the farther of its own two.
        (("|||总体情况", "企业|举办次数|6|12"), "D2", DRILLS, "12 上D1 左B2* 0/1/3 争1 隔1"),
        # Behind a text, and the head of no column.
        (("|企业", "|某文字", "举办次数|12"), "B3", DRILLS, "12 左A3* 0/1/1 缺1"),
        # At the head of the line, however far: the section above is no nearer.
        (("||总体情况", "||举办次数", "企业||12"), "C3", DRILLS, "12 上C1 上C2* 0/1/3 争1"),
        # Over the other figures, but at the head of its column: 10 is of the 政府及部门.
        (
            ("|政府及部门|企业", "举办次数|1|2", "参演人数|10|20"),
            "B3",
            PEOPLE,
            "10 左A3* 0/1/1 缺1 争1",
        ),
        # There is no such field as 政府及部门 · 观摩人数.
        (
            ("|政府及部门|企业", "举办次数|1|2", "观摩人数|10|20"),
            "B3",
            "overall.observers",
            "10 左A3* 0/1/1 缺1",
        ),
        # Of what measure the 总体情况 is, is not said.
        (
            ("|政府及部门|企业", "举办次数|1|2", "总体情况|10|20"),
            "B3",
            DRILLS,
            "10 左A3 0/1/1 缺1",
        ),
        # A line of the footer claims what it is as near to as the field's own label.
        (("|总体情况", "|举办次数", "填表人|12"), "B3", DRILLS, "12 上B1 上B2* 0/1/3 争1"),
        (("||总体情况", "||举办次数", "填表人||12"), "C3", DRILLS, "12 上C1 上C2* 0/1/3"),
        (("||总体情况", "||举办次数", "填表人|张三|12"), "C3", DRILLS, "12 上C1 上C2* 0/1/3"),
        # 企业 is nearer to the figure than the section that spans both.
        (("总体情况*1,2", "|企业", "举办次数|12"), "B3", DRILLS, "12 上A1 左A3* 0/1/3 争1"),
        # The section stands over the label, 企业 over the figure.
        (("总体情况|企业", "举办次数|12"), "B2", DRILLS, "12 上A1 左A2* 0/1/2 争1"),
        # What lies beyond the section's own heading is of some other section.
        (("企业", "总体情况", "举办次数", "12"), "A4", DRILLS, "12 上A2 上A3* 0/1/3"),
        (("填表人", "总体情况", "举办次数", "12"), "A4", DRILLS, "12 上A2 上A3* 0/1/3"),
        # Without 企业 nobody knows that the section is its own.
        (
            ("现场", "按组织单位分类", "举办次数", "12"),
            "A4",
            ENTERPRISE + "drills",
            "12 上A2 上A3* 0/1/3 缺1 争1",
        ),
    ],
)
def test_labels_of_other_fields_that_are_as_near_speak_against_the_claim(
    lines: tuple[str, ...], at: str, key: str, expected: str
) -> None:
    assert told(claim(lines, at, key)) == expected


def test_a_line_of_the_footer_with_two_headings_needs_both() -> None:
    fields = tuple(
        one.model_copy(update={"path": ("填表人", "联系电话")}) if one.key == "phone" else one
        for one in SPEC.fields
    )
    spec = SPEC.model_copy(update={"fields": fields})
    number = "0371-67182119"
    assert told(claim((f"联系电话|{number}",), "B1", "phone", spec)) == "-"
    both = claim((f"填表人|联系电话|{number}",), "C1", "phone", spec)
    assert told(both) == f"{number} 左A1 左B1* 0/1/3"


@pytest.mark.parametrize(
    ("lines", "at", "key", "note", "value"),
    [
        (("举办次数|直接投入", "12|45000"), "B2", MONEY, "元", 4.5),
        (("举办次数|直接投入", "12|4.5"), "B2", MONEY, "", 4.5),
        (("举办次数|直接投入（万元）", "12|4.5"), "B2", MONEY, "元", 4.5),  # its own goes before
        (("总体情况（万元）*1,2", "举办次数|直接投入（元）", "12|45000"), "B3", MONEY, "", 4.5),
        (("总体情况（元）*1,2", "举办次数|直接投入", "12|45000"), "B3", MONEY, "", 4.5),
        (("直接投入（元）：45000",), "A1", MONEY, "", 4.5),
        (("举办次数|直接投入", "（场）|（元）", "12|45000"), "B3", MONEY, "", 4.5),
        (("直接投入|45000|元",), "B1", MONEY, "", 4.5),
        (("直接投入|45|区级补助6元",), "B1", MONEY, "", 45.0),  # a text, and no unit
        (("直接投入|45|6",), "B1", MONEY, "", 45.0),
        (("直接投入|45",), "B1", MONEY, "", 45.0),
        (("参演人数|1.2",), "B1", PEOPLE, "万人次/万元", 12_000),
        (("参演人数（千人次）|1.2",), "B1", PEOPLE, "万人次/万元", 1_200),
        (("举办次数|3",), "B1", DRILLS, "万人次/万元", 3),
        (("参演人数|3",), "B1", PEOPLE, "万元", 3),
        (("举办次数|14人",), "B1", DRILLS, "", None),  # people are no drills, whatever the note
        (("举办次数|14人",), "B1", DRILLS, "万人次", None),
        (("参演人数|14人",), "B1", PEOPLE, "", 14),
        (("报出时间|2017|年|7|月|3|日",), "B1", "reported_on", "", "2017-07-03"),
        (("报出时间|2017年7月3日|8",), "B1", "reported_on", "", "2017-07-03"),
        (("报出时间|2017|年|7|填表人|3|日",), "B1", "reported_on", "", None),
        (("填表人|2017|年|7|月|3|日",), "B1", "filled_by", "", None),  # no name, and no date
    ],
)
def test_the_unit_of_a_cell_is_told_by_what_is_nearest(
    lines: tuple[str, ...], at: str, key: str, note: str, value: Any
) -> None:
    found = claim(lines, at, key, note=note)
    assert found is not None
    assert found.value == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("lines", "raw"),
    [
        (("报出时间|2017|年|7|月|3|日",), "2017年7月3日"),
        (("报出时间|2017|年|某月",), "2017"),
        (("报出时间|2017年7月3日|8",), "2017年7月3日"),
        (("报出时间：2017年|7月3日",), "2017年"),
    ],
)
def test_the_parts_of_a_date_are_joined_only_where_they_make_one(
    lines: tuple[str, ...], raw: str
) -> None:
    at = "A1" if "：" in lines[0] else "B1"
    found = claim(lines, at, "reported_on")
    assert found is not None
    assert found.raw == raw


@pytest.mark.parametrize(
    ("kind", "label", "text", "value"),
    [
        ("number", "用时（分钟）", "4分30秒", 4.5),
        ("number", "用时（小时）", "90分钟", 1.5),
        ("number", "用时", "4分30秒", None),
        ("percent", "完好率（%）", "95", 95),
        ("percent", "完好率", "95", None),
    ],
)
def test_a_number_takes_its_unit_of_the_forms_own_label(
    kind: Any, label: str, text: str, value: float | None
) -> None:
    """On the sheet itself the label may stand without it."""
    field = SPEC.fields[2].model_copy(update={"type": kind, "path": (label,)})
    spec = SPEC.model_copy(update={"fields": (field,), "labels": {label: ("用时", "完好率")}})
    found = claim((f"{label[:3].strip('（')}|{text}",), "B1", field.key, spec)
    assert found is not None
    assert found.value == value


def test_the_value_kept_behind_the_text_is_read_in_the_same_unit() -> None:
    vocabulary = Vocabulary(SPEC)
    field = next(one for one in SPEC.fields if one.key == MONEY)
    for stored, value in (("45678", 4.5678), ("", None)):
        cells = (Cell("直接投入（元）", 0, 0), Cell("45,678", 0, 1, stored=stored))
        board = Board(Grid("表1", cells), vocabulary)
        place = next(one for one in board.places if one.at == (0, 1))
        found = match_field(field, place, None, board.steps(place), board, vocabulary)
        assert found is not None
        assert (found.value, found.stored) == (4.5678, value)
