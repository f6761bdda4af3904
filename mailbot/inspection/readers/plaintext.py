"""Plain text in whatever charset; runs of tab-separated lines in it are tables."""

from itertools import groupby
from pathlib import Path

from mailbot.formats.text.charsets import decode_unlabelled
from mailbot.inspection.readers.content import Document, Draft, Limits
from mailbot.model import Cell

# Text, markup and csv are read whole: a larger one is no document.
MAX_OCTETS = 32 * 1024 * 1024


def read_file(path: Path, limits: Limits) -> Document:
    """txt: a paragraph a line; lines of as many tabs each are a table."""
    draft = Draft(limits)
    text = decode_unlabelled(read_octets(path, draft)).replace("\0", "")
    for tabs, group in groupby(
        text.splitlines(), key=lambda line: line.strip(" \u3000").count("\t")
    ):
        lines = list(group)
        if tabs and len(lines) > 1:
            draft.add_table(
                Cell(value.strip(), row, column)
                for row, line in enumerate(lines)
                for column, value in enumerate(line.split("\t"))
                if value.strip()
            )
        else:
            for line in lines:
                draft.add_paragraph(line)
    return draft.finish()


def read_octets(path: Path, draft: Draft) -> bytes:
    """The file's octets; of a file that is far too large, the beginning, and a fault."""
    with path.open("rb") as file:
        data = file.read(MAX_OCTETS + 1)
    if len(data) > MAX_OCTETS:
        draft.fault("limit", f"text of more than {MAX_OCTETS} bytes")
    return data[:MAX_OCTETS]
