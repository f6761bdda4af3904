"""What the reading of a scan gives. Needs nothing of the extra."""

from dataclasses import dataclass, field

from mailbot.model import Grid

# Page number from 0, then x and y of four corners as shares of the page's width and height,
# clockwise from the upper left of the text as it is read.
Place = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReadScan:
    """What the pages of one file hold. `places` leads from `Grid.where(cell)` to the ink."""

    grids: tuple[Grid, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)
    seal: bool | None = None  # None: the pages cannot show one (see `seal.probe_seal`)
    seal_places: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The text, lines around the tables first, a table's row as one line."""
        lines: dict[tuple[int, int], list[str]] = {}
        for number, grid in enumerate(sorted(self.grids, key=lambda grid: grid.is_table)):
            for cell in grid.cells:
                if cell.text:
                    line = lines.setdefault((number, cell.row), [])
                    line.append(cell.text.replace("\n", " "))
        return "\n".join("\t".join(line) for line in lines.values())
