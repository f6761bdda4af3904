"""How the blank form is laid out, whatever it is written as: sections one under another, their
fields side by side under nested headings, on the columns of one landscape A4 page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField, SealCheck, SumCheck
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import say
from mailbot.model import FieldValue, Finding
from mailbot.wording.phrases import harmless as unseen_left_out

_MOST_LEAVES = 12  # columns of values side by side; a section with more continues below
_MOST_IN_A_ROW = 6  # fields without a section; with more their labels stand beside them
_LONGEST_TEXT = 1000
_LEAST_COLUMNS = 4  # header and footer have two pairs of label and value a row
_MOST_ROWS = 500  # drawn empty
# What neither a worksheet nor XML 1.0 can hold (2.2 Characters).


@dataclass(frozen=True, slots=True)
class Block:
    """Fields of one section that stand side by side."""

    section: str
    leaves: tuple[FormField, ...]

    def headings(self, one: FormField) -> tuple[str, ...]:
        """The labels over a field, below its section."""
        return one.path[1:] or one.path

    @property
    def depth(self) -> int:
        """Rows of headings."""
        return max(len(self.headings(one)) for one in self.leaves)

    @property
    def in_pairs(self) -> bool:
        """Whether each label has its value beside it, two pairs a row: many fields without a
        common heading, as most annexed tables have them, would make one row of narrow columns."""
        return not self.section and self.depth == 1 and len(self.leaves) > _MOST_IN_A_ROW


def blocks_of(spec: FormSpec) -> Iterator[Block]:
    """The table's fields by section, in parts that fit side by side, groups kept whole."""
    table = [one for one in spec.fields if one.place == "table"]
    for section, of_section in groupby(table, key=lambda one: one.path[0] if one.path[1:] else ""):
        part: list[FormField] = []
        for _, group in groupby(of_section, key=lambda one: one.path[1:2] or one.path):
            leaves = list(group)
            if part and len(part) + len(leaves) > _MOST_LEAVES:
                yield Block(section, tuple(part))
                part = []
            part += leaves
        yield Block(section, tuple(part))


def column_count(leaves: Sequence[int]) -> int:
    """So many columns that every section divides them about evenly."""
    most = max([*leaves, 6])
    for times in (1, 2, 3):
        spans = [_spans(edges_of(most * times, [1] * count)) for count in leaves]
        if all(max(one) - min(one) <= max(one) / 3 for one in spans):
            return most * times
    return most * 3


def columns_of(spec: FormSpec, blocks: Sequence[Block]) -> int:
    """The columns of the whole page. Where it has repeating rows alone each of their headings has
    one of its own, so that a row put in by hand is like the others."""
    heading = [len(spec.rows.heading)] if spec.rows else []
    leaves = [len(block.leaves) for block in blocks if not block.in_pairs]
    if not leaves and heading:
        return max(_LEAST_COLUMNS, *heading)
    return column_count([*leaves, *heading])


def row_columns(rows: FormRows) -> tuple[tuple[str, RowField | None], ...]:
    """Each heading of the repeating rows, with the field that stands under it; None: no field of
    the form, a running number."""
    by_word = {one.path[0]: one for one in rows.fields}
    return tuple((word, by_word.get(word)) for word in rows.heading)


def rows_to_draw(rows: FormRows, filled: int = 0) -> int:
    """So many rows that the least number and some more have room, below what is filled in."""
    return max(20, min(rows.minimum + 10, _MOST_ROWS), filled + 5)


def edges_of(columns: int, weights: Sequence[int]) -> list[int]:
    """Where the parts begin and end when columns are shared out by weight."""
    whole = sum(weights)
    return [round(sum(weights[:index]) * columns / whole) for index in range(len(weights) + 1)]


def _spans(edges: Sequence[int]) -> list[int]:
    return [end - start for start, end in pairwise(edges)]


def label_in_pair(spec: FormSpec, one: FormField) -> str:
    """The label that stands beside a value: 投入经费（万元）, 填报单位（盖章）."""
    unit = one.unit if one.place == "table" else ""
    return one.path[-1] + (say("（{unit}）", unit=unit) if unit else "") + seal_mark(spec, one)


def seal_mark(spec: FormSpec, one: FormField) -> str:
    """（盖章） behind the unit's label, where the form asks for a seal."""
    sealed = any(isinstance(check, SealCheck) for check in spec.checks)
    return say("（盖章）") if sealed and one.type == "unit" else ""


def sums_of(spec: FormSpec) -> dict[str, tuple[str, ...]]:
    """Total → its parts, by the first check that says so."""
    sums: dict[str, tuple[str, ...]] = {}
    for check in spec.checks:
        if isinstance(check, SumCheck):
            sums.setdefault(check.total, tuple(check.parts))
    return sums


def harmless(text: str) -> str:
    """What a cell can hold: nothing that is not seen, and not endless."""
    return unseen_left_out(text)[:_LONGEST_TEXT]


def concerns(finding: Finding, one: FormField, read: FieldValue | None) -> bool:
    """Whether a finding is about this field: it names its cell first, or its labels."""
    first, *_ = finding.where.split("、")
    return (read is not None and bool(first) and first == read.where) or (
        f"“{label_of(one)}”" in finding.message
    )


def reason_of(finding: Finding) -> str:
    """A finding's message without the cell's address, which is that of the file sent in."""
    return finding.message.removeprefix(say("{where}：", where=finding.where))
