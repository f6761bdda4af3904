"""Labels of a form read by machine: mended where one character was misread, values never."""

import pytest
from make.forms import shipped_spec

from mailbot.judgement.form.recognised_words import mended
from mailbot.model import Cell, Grid

SPEC = shipped_spec("jianghai-2017")


def text_of(text: str, confidence: float) -> str:
    (grid,) = mended([Grid("表1", (Cell(text, 2, 3, confidence=confidence),))], SPEC)
    (cell,) = grid.cells
    assert (cell.row, cell.column, cell.confidence) == (2, 3, confidence)
    return cell.text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("观靡人数", "观摩人数"),
        ("观靡人数（人）：5604", "观摩人数(人)：5604"),
        ("投人经费（元）：45000", "投入经费(元)：45000"),  # and no 45000万元
        ("参演人欢(万人次)", "参演人数(万人次)"),
        ("多部门联动综台演练场次", "多部门联动综合演练场次"),
    ],
)
def test_a_label_one_character_off_is_mended(read: str, meant: str) -> None:
    assert text_of(read, 0.9) == meant


def test_a_long_label_is_mended_however_sure_the_machine_was() -> None:
    assert text_of("按组积单位分", 0.998) == "按组织单位分类"


def test_a_semicolon_before_a_number_was_a_colon() -> None:
    assert text_of("演练场次；1002", 0.9) == "演练场次：1002"


@pytest.mark.parametrize(
    ("read", "confidence", "mended"),
    [
        ("参演人教", 0.96, True),
        ("参演人教", 0.97, False),
        ("观摩教", 0.5, False),  # three characters are like too much
        ("按组积单位", 0.97, True),  # five characters are seldom another label
        ("参寅人教", 0.5, False),  # two characters off
        ("参演人教次", 0.5, False),
    ],
)
def test_how_sure_and_how_long_a_slip_may_be(read: str, confidence: float, mended: bool) -> None:
    assert (text_of(read, confidence) != read) is mended


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("桌战演练", "桌战演练"),  # like 桌面 and 实战
        ("实面演练", "实面演练"),
        ("实战演习", "实战演练"),
        ("实践演练", "实践演练"),  # a label as it stands, though like another
    ],
)
def test_what_is_like_two_labels_or_one_itself_stays_as_it_was_read(read: str, meant: str) -> None:
    labels = {"桌面演练": (), "实战演练": (), "实践演练": ()}
    fields = tuple(
        one.model_copy(update={"path": (label,)})
        for one, label in zip(SPEC.fields, labels, strict=False)
    )
    spec = SPEC.model_copy(update={"labels": labels, "fields": fields})
    (grid,) = mended([Grid("表1", (Cell(read, 0, 0, confidence=0.5),))], spec)
    assert grid.cells[0].text == meant


def test_a_label_that_was_read_with_certainty_is_another_label() -> None:
    assert text_of("参演车数", 0.999) == "参演车数"


@pytest.mark.parametrize(
    "text", ["1234", "：12", "", "江海市教育局", "张晓明", "0512-65210001", "场欢"]
)
def test_values_and_short_words_stay_as_they_were_read(text: str) -> None:
    assert text_of(text, 0.5) == text


def test_the_other_set_of_characters_is_the_same_label() -> None:
    assert text_of("市級部門", 0.999) == "市级部门"


def test_a_colon_that_begins_a_line_belongs_to_the_one_above() -> None:
    assert text_of("多部门联动综合演练场次(场)\n:38场", 0.99) == "多部门联动综合演练场次(场):38场"
