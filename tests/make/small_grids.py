"""Small grids as lines of text: cells parted by |, `text*rows,columns` where merged; and the files
of such grids with what must come of each."""

from pathlib import Path

from mailbot.model import Cell, Grid

DATA = Path(__file__).resolve().parent.parent / "data"


def grid_of_lines(*lines: str, title: str = "表1") -> Grid:
    """An empty entry is no cell; below a merged cell one stands for each line it covers."""
    cells = []
    for row, line in enumerate(lines):
        column = 0
        for entry in line.split("|"):
            text, _, spans = entry.strip().partition("*")
            height, width = map(int, spans.split(",")) if spans else (1, 1)
            if text:
                cells.append(Cell(text, row, column, height, width))
            column += width
    return Grid(title, tuple(cells))


def small_grids(file: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
    """The grids of a file of `tests/data`, each with its lines of `what: expected`."""
    text = (DATA / file).read_text("utf-8").split("\n\n", 1)[1]
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [
        (
            tuple(line.removeprefix("|") for line in block if line.startswith("|")),
            dict(line.split(": ", 1) for line in block if not line.startswith("|")),
        )
        for block in blocks
    ]
