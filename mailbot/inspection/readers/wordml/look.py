"""How a run of WordprocessingML is shown, by what surrounds it and by its properties.

These come from the run, its character and paragraph styles, the table's style and the document's
defaults (ISO/IEC 29500-1, 17.7.2; on/off properties in several styles cancel each other, 17.7.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.inspection.readers.shown import PICTORIAL, SMALLEST, is_pale, is_unseen
from mailbot.inspection.readers.wordml.harmless import number
from mailbot.inspection.readers.wordml.styles import Styles

_NARROW = 20  # percent of a letter's width


_TWIPS_PER_HALF_POINT = 10


_TOGGLES = ("strike", "vanish")


Properties = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds a run."""

    paragraph: str = ""  # style ids
    table: str = ""
    paper: str = "FFFFFF"
    placeholder: bool = False
    raised: bool = False  # an exponent of a formula
    reversed: bool = False  # written from right to left, against its letters
    untold: bool = False  # something is done to it that is not known to be harmless
    in_cell: bool = False


class Look:
    """How a run is shown."""

    def __init__(self, direct: Properties, around: Around, styles: Styles) -> None:
        of_character = styles.run(direct.get("rstyle", ""))
        of_paragraph = styles.run(around.paragraph)
        of_table = styles.run(around.table)
        levels = (direct, of_character, of_paragraph, of_table, styles.defaults)

        def value(name: str) -> str:
            return next((level[name] for level in levels if name in level), "")

        def is_on(name: str) -> bool:
            if name in direct or name not in _TOGGLES:
                return value(name) == "on"
            if styles.defaults.get(name) == "on":
                return True
            through = (of_character, of_paragraph, of_table)
            return sum(level.get(name) == "on" for level in through) % 2 == 1

        size, raised = number(value("sz"), 21), value("vertalign")
        self.is_hidden = is_on("vanish")
        self.is_struck = is_on("strike") or is_on("dstrike")
        self.is_raised = raised in ("superscript", "subscript") or (
            abs(number(value("position"), 0)) >= 5
        )
        paper, ink = value("paper") or around.paper, value("color").upper()
        known = len(ink) == 6 and bool(paper)
        white = ink == "FFFFFF" and not paper
        self.is_invisible = size < 2 * SMALLEST or (known and is_unseen(ink, paper))
        # Letters that are pressed to a line, or set over one another (17.3.2.43 and 17.3.2.35).
        narrow = number(value("w"), 100) <= _NARROW
        over = number(value("spacing"), 0) <= -size * _TWIPS_PER_HALF_POINT / 2
        self.is_untold = around.untold or any(
            styles.is_untold(name)
            for name in (direct.get("rstyle", ""), around.paragraph, around.table)
        )
        marked = value("marked") == "on" and len(ink) != 6 and bool(paper)
        pale = (known and is_pale(ink, paper)) or (marked and is_pale("000000", paper))
        self.is_doubtful = self.is_untold or is_on("webhidden") or white or narrow or over or pale
        self.is_pictured = bool(PICTORIAL.search(value("font")))
