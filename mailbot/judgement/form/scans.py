"""Documents that hold pictures and no text: scanned pages, or photos pasted together; and what
of a scanned form that was read by machine only a person can settle."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailbot.campaign.forms import FormSpec, SumCheck
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.contents import is_number
from mailbot.judgement.form.fields import recognise_form
from mailbot.judgement.form.labels import Vocabulary
from mailbot.judgement.form.recognised_words import mended
from mailbot.judgement.media import displayed_size, is_read_by_machine, meets_size
from mailbot.judgement.writing import fold
from mailbot.language import say
from mailbot.model import ILLEGIBLE, Cell, Family, FieldValue, Finding, Grid, Inspected, Severity

_CHARACTERS = 20  # fewer on all pages: nobody typed them (the test for scans that measured best)
_PAGE_RATIO = (1.38, 1.45)  # A4 is 1.414; cameras make 1.33, 1.5 and 1.78
_LONG_LABEL, _FEWEST_COLUMNS = 4, 2  # 人数 alone stands in every list
_ROUNDED = 0.005  # of sums in 万元
_ALBUM_WORDS = ("照片", "图片", "相片", "影像")


def is_without_text(inspected: Inspected) -> bool:
    """Whether what there is to read in a document must stand in its pictures."""
    if is_read_by_machine(inspected) and inspected.facts.get("scanned") is True:
        return True  # what was read tells the form; of anything else only its title counts
    if len(fold(inspected.text)) >= _CHARACTERS:
        return False
    if any(cell.text.strip() for grid in inspected.grids for cell in grid.cells if grid.is_table):
        return False
    return inspected.format == "pdf" or any(
        member.family is Family.PHOTO for member in inspected.members
    )


def is_album(inspected: Inspected, campaign: Campaign) -> bool:
    """Whether the pictures are photos: the name says so, or one is large and no A4 page."""
    if any(word in inspected.name for word in _ALBUM_WORDS):
        return True
    return any(
        meets_size(member, campaign) and not _is_page(member) for member in inspected.members
    )


def _is_page(picture: Inspected) -> bool:
    size = displayed_size(picture)
    return size is not None and _PAGE_RATIO[0] <= max(size) / min(size) <= _PAGE_RATIO[1]


def read_form(inspected: Inspected, campaign: Campaign) -> Inspected | None:
    """The file, or the first picture inside it, that is the form and was read by machine."""
    for one in (inspected, *inspected.members):
        if is_read_by_machine(one) and recognise_form(
            mended(one.grids, campaign.form), one.text, one.name or inspected.name, campaign.form
        ):
            return one
    return None


def resembles_form(inspected: Inspected, spec: FormSpec) -> bool:
    """Whether a picture's table has columns of the form, though too little of it was read to
    know it for one: it may not pass for a photo of a drill."""
    if not is_read_by_machine(inspected):
        return False
    vocabulary = Vocabulary(spec)
    columns = {field.path[-1] for field in spec.fields if field.place == "table"}
    met = {
        label
        for grid in mended(inspected.grids, spec)
        for cell in grid.cells
        if grid.is_table and len(fold(cell.text)) >= _LONG_LABEL
        for group in vocabulary.match(cell.text) or ()
        for label in group & columns
    }
    return len(met) >= _FEWEST_COLUMNS


def with_empty_doubted(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Where a machine was unsure of one field, another that it saw nothing in may be the
    machine's fault too (a page cut off, pale ink): the unit is not told that it left it out."""
    if not any(finding.code == "FORM_FIELD_UNSURE" for finding in findings):
        return findings
    return tuple(
        replace(
            finding,
            code="FORM_FIELD_UNSURE",
            severity=Severity.WARNING,
            message=finding.message.partition(say("。"))[0]
            + say("，也可能是未能识别。已转请人工核对；请同时报送可编辑的统计表"),
        )
        if finding.code == "FORM_FIELD_EMPTY"
        else finding
        for finding in findings
    )


def as_doubtful_sums(findings: tuple[Finding, ...], spec: FormSpec) -> tuple[Finding, ...]:
    """A sum that does not come out of what a machine read is no error of the unit's yet."""
    sums = {check.code for check in spec.checks if isinstance(check, SumCheck)}
    return tuple(
        replace(finding, severity=Severity.WARNING)
        if finding.code in sums and finding.severity is Severity.ERROR
        else finding
        for finding in findings
    )


def _strays(
    fields: Mapping[str, FieldValue], grids: tuple[Grid, ...]
) -> Iterator[tuple[Grid, Cell]]:
    """Numbers of the form's tables that belong to no field."""
    used = {place for value in fields.values() for place in re.split("[；、]", value.where)}
    for grid in grids:
        if grid.is_table and any(grid.where(cell) in used for cell in grid.cells):
            for cell in grid.cells:
                if grid.where(cell) not in used and (
                    cell.text == ILLEGIBLE or is_number(cell.text)
                ):
                    yield grid, cell


def with_columns_doubted(
    fields: Mapping[str, FieldValue], grids: tuple[Grid, ...], spec: FormSpec
) -> dict[str, FieldValue]:
    """Where a number of the table found no column, another may stand in a wrong one: a creased
    page breaks the grid, and each figure is read with all certainty. Only a sum that comes out
    shows that its figures are where they belong."""
    if not any(True for _ in _strays(fields, grids)):
        return dict(fields)
    borne_out: set[str] = set()
    for check in spec.checks:
        if isinstance(check, SumCheck):
            numbers = [fields[key].value for key in (check.total, *check.parts)]
            known = [number for number in numbers if isinstance(number, int | float)]
            if len(known) == len(numbers) and abs(sum(known[1:]) - known[0]) < _ROUNDED < known[0]:
                borne_out |= {check.total, *check.parts}
    of_table = {one.key for one in spec.fields if one.place == "table"}
    return {
        key: replace(read, value=None, confidence=min(read.confidence, spec.confidence_bound / 2))
        if key in of_table and key not in borne_out and read.value is not None
        else read
        for key, read in fields.items()
    }


def doubts(
    fields: Mapping[str, FieldValue],
    grids: tuple[Grid, ...],
    findings: tuple[Finding, ...],
    spec: FormSpec,
) -> tuple[Finding, ...]:
    """For a person: numbers that were read and belong to no field, and sums that contradict, be
    it by the unit's hand or the machine's eye."""
    stray = tuple(
        Finding(
            "FORM_FIELD_UNSURE",
            Severity.WARNING,
            cell.text,
            say("能够辨认的栏目和数字"),
            grid.where(cell),
            say(
                "{where}：识别为“{words}”，未能对应到栏目。已转请人工核对；请同时报送可编辑的统计表",
                where=grid.where(cell),
                words=cell.text,
            ),
        )
        for grid, cell in _strays(fields, grids)
    )
    sums = {check.code for check in spec.checks if isinstance(check, SumCheck)}
    against = tuple(
        Finding(
            "FORM_FIELD_UNSURE",
            Severity.WARNING,
            finding.actual,
            finding.expected,
            finding.where,
            say(
                "{actual}，可能识别有误。已转请人工核对；请同时报送可编辑的统计表",
                actual=finding.actual,
            ),
        )
        for finding in findings
        if finding.code in sums
    )
    return stray + against
