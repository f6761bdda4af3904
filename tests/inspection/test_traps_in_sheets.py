"""What a person sees is what is read, in every format of spreadsheets.

Each case is one field in one file: it is read as the screen shows it, or it is open and a finding
names its cell; never is anything else read. What must be read is read.
"""

from pathlib import Path

import pytest
from make.forms import shipped_spec
from make.traps.sheets import (
    LAYOUTS,
    SURROUNDINGS,
    TRAPPED,
    TRAPS,
    TWICE,
    Page,
    Surrounding,
    Trap,
    kind_of,
    trapped,
    untouched,
)
from make.traps.sheetwriters import ODF_CODES, WRITERS
from make.traps.words import EXPECTED

from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import FieldValue, Finding

SPEC = shipped_spec("zhengzhou-2017")
_BARE_FORMS = {"csv": ("plain_columns", "stacked")}  # no merged cells there


class Reading:
    """The fields of one file, and the findings by the places they name."""

    def __init__(self, path: Path, format_: str) -> None:
        document = read_document(path, format_)
        assert not document.faults, document.faults
        self.fields: dict[str, FieldValue] = extract_fields(document.grids, SPEC)
        self.findings: tuple[Finding, ...] = judge_form(
            self.fields, SPEC, seal=True, arrived_on=None
        )

    def said_of(self, key: str) -> str:
        """What is told of the very place of a field that is open."""
        places = set(self.fields[key].where.split("；"))
        return "\n".join(
            each.message
            for each in self.findings
            if each.where and places <= set(each.where.split("；"))
        )


class Tally:
    """Cases so far, and those that went wrong."""

    def __init__(self) -> None:
        self.cases = 0
        self.wrong: list[str] = []

    def add(
        self,
        reading: Reading,
        key: str,
        value: object,
        what: str,
        *,
        readable: bool,
        told: str = "",
    ) -> None:
        """Holds a field against what is on the screen: `value`, None where no number is."""
        self.cases += 1
        read = reading.fields[key]
        is_right = value is not None and (
            read.value == pytest.approx(value) if isinstance(value, float) else read.value == value
        )
        is_open = read.value is None and told in (said := reading.said_of(key)) and said != ""
        if not (is_right or (is_open and not readable)):
            said_so = reading.said_of(key)
            self.wrong.append(
                f"{what}: {key} = {read.value!r} of {read.raw!r} at {read.where}, not {value!r}; "
                f"told: {said_so!r}"
            )

    def hold(self) -> None:
        """Nothing was read wrong."""
        assert self.cases > 0
        assert self.wrong == []


def written(folder: Path, name: str, pages: list[Page]) -> Reading:
    """The pages as a file of this writer, read."""
    format_, write, _ = WRITERS[name]
    path = folder / f"form.{format_}"
    path.write_bytes(write(pages))
    return Reading(path, format_)


def can_say(name: str, trap: Trap) -> bool:
    """Whether the file format has what the trap needs."""
    if trap.needs not in WRITERS[name][2]:
        return False
    if name == "odfpy" and trap.needs == "formats":
        return trap.write(1.0, 1.0).code in ODF_CODES
    return True


def cases_of(name: str) -> list[str]:
    """The layouts this format can hold."""
    return list(_BARE_FORMS.get(name, LAYOUTS))


@pytest.mark.parametrize(
    ("name", "layout"), [(name, layout) for name in WRITERS for layout in cases_of(name)]
)
def test_a_figure_is_read_as_the_screen_shows_it(tmp_path: Path, name: str, layout: str) -> None:
    tally = Tally()
    for trap in TRAPS:
        if not can_say(name, trap):
            continue
        reading = written(tmp_path, name, [LAYOUTS[layout](trapped(trap))])
        for key, expected in EXPECTED.items():
            what = f"{name} {layout} {trap.name}"
            if layout == "side_by_side" and key == "overall.joint_drills":
                continue
            if key not in TRAPPED or trap.only not in ("", kind_of(key)):
                tally.add(reading, key, expected, what, readable=True)
                continue
            assert isinstance(expected, int | float)
            shown = trap.shown(float(expected), kind_of(key))
            tally.add(reading, key, shown, what, readable=trap.readable, told=trap.told)
    tally.hold()


@pytest.mark.parametrize(
    ("name", "layout"),
    [(name, layout) for name in WRITERS if name != "csv" for layout in cases_of(name)],
)
def test_what_is_hidden_is_not_read(tmp_path: Path, name: str, layout: str) -> None:
    tally = Tally()
    for around in SURROUNDINGS:
        if around.hides not in WRITERS[name][2]:
            continue
        reading = written(tmp_path, name, around.change(LAYOUTS[layout](untouched)))
        for key, expected in EXPECTED.items():
            tally.add(
                reading,
                key,
                expected,
                f"{name} {layout} {around.name}",
                readable=key not in around.opens,
            )
    tally.hold()


@pytest.mark.parametrize(
    ("name", "layout"), [(name, layout) for name in WRITERS for layout in cases_of(name)]
)
@pytest.mark.parametrize("around", TWICE, ids=lambda around: around.name)
def test_the_same_headings_twice_with_other_figures_are_a_contradiction(
    tmp_path: Path, name: str, layout: str, around: Surrounding
) -> None:
    [page] = around.change(LAYOUTS[layout](untouched))
    reading = written(tmp_path, name, [page])
    tally = Tally()
    for key, expected in EXPECTED.items():
        tally.add(reading, key, expected, f"{name} {layout} {around.name}", readable=False)
        if reading.fields[key].value is not None:
            places = reading.fields[key].where
            assert reading.fields[key].value == expected, (key, places)
    tally.hold()
