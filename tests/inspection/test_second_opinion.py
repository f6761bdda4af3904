"""Two readers on one .doc: what they do not agree on is not silently accepted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from make.forms import shipped_spec

from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.readers.content import DISPUTED, Draft, Limits
from mailbot.inspection.readers.doc import second as second_reader
from mailbot.inspection.readers.doc.second import SecondOpinion, read_second_opinion
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import Cell

SPEC = shipped_spec("jianghai-2017")
ROWS = [
    ["填报单位", "测试区安监局", "报出时间", "2017年7月3日"],
    ["总体情况", "演练场次", "12", ""],
    ["总体情况", "参演人数", "300", ""],
    ["填表人", "甲乙", "联系电话", "0371-67182119"],
]


def cells() -> Iterator[Cell]:
    for row, line in enumerate(ROWS):
        for column, text in enumerate(line):
            yield Cell(text, row, column)


def opinion(*, without: str = "") -> SecondOpinion:
    second = SecondOpinion()
    second.cells.update(text for line in ROWS for text in line if text and text != without)
    return second


def drafted(second: SecondOpinion) -> Draft:
    draft = Draft(Limits())
    draft.second_opinion = second
    draft.add_table(cells())
    return draft


def test_what_both_readers_found_is_sure() -> None:
    (grid,) = drafted(opinion()).finish().grids
    assert {cell.confidence for cell in grid.cells} == {1.0}


def test_a_field_that_only_one_reader_found_is_left_open_and_held_for_a_person() -> None:
    grids = drafted(opinion(without="300")).finish().grids
    fields = extract_fields(grids, SPEC)
    assert fields["overall.drills"].value == 12
    assert (fields["overall.participants"].value, fields["overall.participants"].raw) == (
        None,
        "300",
    )
    findings = judge_form(fields, SPEC, seal=True, arrived_on=None)
    unsure = [finding for finding in findings if finding.code == "FORM_FIELD_UNSURE"]
    assert [(finding.where, finding.actual) for finding in unsure] == [("表1 C3", "300")]


def test_a_cell_confirms_one_cell_and_not_two() -> None:
    second = SecondOpinion()
    second.cells["12"] = 1
    assert [second.confidence_in_cell("12"), second.confidence_in_cell("１２")] == [1.0, DISPUTED]
    assert second.confidence_in_cell("") == 1.0


def test_a_line_that_the_other_reader_lacks_is_disputed() -> None:
    second = SecondOpinion(text="填报单位:测试区安监局")
    assert second.confidence_in_line("填报单位：测试区 安监局") == 1.0
    assert second.confidence_in_line("填报单位：别区安监局") == DISPUTED


def test_octets_that_the_second_reader_cannot_read_leave_the_first_alone() -> None:
    assert read_second_opinion(b"\xd0\xcf\x11\xe0 and nothing else") is None


def test_without_the_library_there_is_no_second_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "office_oxide", None)
    assert read_second_opinion(b"") is None
    assert not second_reader.add_old_word(b"", Draft(Limits()))


DATA = Path(__file__).resolve().parent.parent / "data" / "documents"
needs_library = pytest.mark.skipif(
    second_reader.office_oxide is None, reason="office-oxide has no wheel for this machine"
)


@needs_library
@pytest.mark.parametrize("name", ["form.doc", "floating_pictures.doc"])
def test_the_second_reader_confirms_all_that_the_first_reads(name: str) -> None:
    document = read_document(DATA / name, "doc")
    assert document.faults == ()
    texts = [cell for grid in document.grids for cell in grid.cells if cell.text]
    assert texts
    assert {cell.confidence for cell in texts} == {1.0}


@needs_library
def test_what_the_first_reader_does_not_know_the_second_reads_alone() -> None:
    draft = Draft(Limits())
    assert second_reader.add_old_word((DATA / "form.doc").read_bytes(), draft)
    second = draft.finish()
    first = read_document(DATA / "form.doc", "doc")
    assert [cell.text for cell in second.grids[0].cells if cell.text] == [
        cell.text for cell in first.grids[0].cells if cell.text
    ]


@needs_library
@pytest.mark.samples
def test_both_readers_agree_on_every_sample(samples: Path) -> None:
    for path in sorted((samples / "tables").glob("*.doc")):
        second = read_second_opinion(path.read_bytes())
        assert second is not None
        assert second.cells
        document = read_document(path, "doc")
        assert {cell.confidence for grid in document.grids for cell in grid.cells} == {1.0}
