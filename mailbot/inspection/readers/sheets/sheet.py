"""A sheet as its file has it, whatever the format: what `seen` makes cells of.

Of a look only that is kept which decides on what a person sees. What a reader does not know to be
harmless it notes as a doubt (`Style.doubts`, `Stored.doubts`, `Sheet.doubts`): a look that nobody
thought of leaves a figure open, it does not pass for none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mailbot.inspection.readers.sheets.colours import BLACK, WHITE, Colour, is_faint, is_lost
from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.shown import MAYBE_HIDDEN

Value = float | str | bool | None
Rectangle = tuple[int, int, int, int]  # top, left, bottom, right; all inclusive

# Below these nothing can be read: heights in points, widths in characters.
LEAST_HEIGHT, LEAST_WIDTH = 3.0, 0.5

# Codes of judgement/form/doubted_cells: the cell stands twice in the file, with different
# contents; something about its look that is not known; signs of a font of pictures.
TWICE, UNKNOWN_LOOK, SIGNS = "cell_twice", "look_unknown", "sign_unknown"
CROSSED = "struck_possible"  # a line of the border goes across the cell


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a cell's text with what its own formatting does to it."""

    text: str
    struck: bool = False
    raised: bool = False  # superscript or subscript
    invisible: bool = False  # hidden, or in the colour of what lies behind
    ink: Colour | None = None  # its own colour, where it has one
    own: bool = False  # it has a font of its own, which goes before the cell's

    def before(self, grounds: tuple[Colour | None, ...]) -> "Run":
        """The run before what lies behind its cell."""
        if self.ink is None or self.invisible or not is_faint(self.ink, grounds):
            return self
        if is_lost(self.ink, grounds):
            return replace(self, invisible=True)
        return replace(self, text=self.text + MAYBE_HIDDEN) if self.text.strip() else self


@dataclass(frozen=True, slots=True)
class Style:
    """What of a cell's style decides on what is seen."""

    code: str = GENERAL  # of its number format
    struck: bool = False
    raised: bool = False
    invisible: bool = False
    ink: Colour | None = BLACK  # None where it is not known
    grounds: tuple[Colour | None, ...] = (WHITE,)  # the colours that lie behind the text
    tiny: bool = False
    points: float = 11.0  # the size of its letters
    shrinks: bool = False  # the text is made small enough to fit
    indent: float = 0.0  # in characters
    doubts: tuple[str, ...] = ()

    def settled(self) -> "Style":
        """The style with what its colours make of the text."""
        if self.invisible or not is_faint(self.ink, self.grounds):
            return self
        if is_lost(self.ink, self.grounds):
            return replace(self, invisible=True)
        return replace(self, doubts=(*self.doubts, "hidden_possible"))


PLAIN = Style()


@dataclass(slots=True)
class Stored:
    """A cell as the file has it. `formula` without a leading =; "" where there is none."""

    value: Value
    style: Style = PLAIN
    runs: tuple[Run, ...] = ()  # of a text whose pieces are formatted apart
    formula: str = ""
    calculated: bool = True  # the result of the formula was saved
    is_date: bool = False  # a text that is a date already, in ISO form
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reformat:
    """What a conditional format may do to an area; its condition is not worked out."""

    area: Rectangle
    changes: bool = False  # shows another text, or none, whatever the cell's own look is
    inks: tuple[Colour | None, ...] = ()
    grounds: tuple[tuple[Colour | None, ...], ...] = ()


@dataclass(slots=True)
class Sheet:
    """A sheet as the file has it; rows and columns count from 0."""

    title: str
    cells: dict[tuple[int, int], Stored] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # first: last
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    collapsed_rows: set[int] = field(default_factory=set)
    collapsed_columns: set[int] = field(default_factory=set)
    print_areas: list[Rectangle] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)  # points, where the file says
    column_widths: list[tuple[int, int, float]] = field(default_factory=list)  # first, last
    default_height: float | None = None
    default_width: float | None = None
    reformatted: list[Reformat] = field(default_factory=list)
    covered: list[Rectangle] = field(default_factory=list)  # under a picture or another object
    doubts: tuple[str, ...] = ()  # of every cell
    date1904: bool = False
    recalculates: bool = False  # the program that opens it works out every formula anew
    hides_zeros: bool = False
    shows_formulas: bool = False

    def put(self, at: tuple[int, int], stored: Stored) -> None:
        """A cell; where there is one already, with something else in it, programs differ on
        which of the two they show."""
        before = self.cells.get(at)
        if before is not None and (before.value, before.formula) != (stored.value, stored.formula):
            stored.doubts += (TWICE,)
        self.cells[at] = stored

    def widths(self, most: int) -> Iterator[tuple[int, float]]:
        """Column and width in characters, as far as the file says, of the first so many."""
        for first, last, width in self.column_widths:
            yield from ((column, width) for column in range(first, min(last + 1, most)))

    def width(self, column: int) -> float | None:
        """A column's width in characters; None where the file does not say."""
        return next(
            (width for first, last, width in self.column_widths if first <= column <= last),
            self.default_width,
        )

    def needs_other_sheets(self) -> bool:
        """Whether a formula must be worked out that speaks of another sheet."""
        return any(
            "!" in each.formula and (self.recalculates or not each.calculated)
            for each in self.cells.values()
        )
