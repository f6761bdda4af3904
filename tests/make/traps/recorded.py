"""Trapped forms as LibreOffice writes them in formats that nothing here can write: .doc, .pdf.

`python tests/make/traps/recorded.py` makes tests/data/documents/traps.zip anew (needs soffice).
Every file has another trap in each field, so that few files hold every trap in every layout.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from make.traps.words import (
    GRID,
    LAYOUTS,
    LINES,
    TRAPS,
    Form,
    Values,
    with_hidden_row,
    write_docx,
)

RECORDED = Path(__file__).resolve().parents[2] / "data" / "documents" / "traps.zip"
FORMATS = ("doc", "pdf")
_KEYS = tuple(key for key, *_ in (*GRID, *LINES))


def mixed() -> Iterator[tuple[str, Form]]:
    """Forms by name: traps in turn over the fields, and one with a row that is too low to see."""
    for number, layout in enumerate(LAYOUTS):
        for styled in (False, True):
            traps = [trap for trap in TRAPS if trap.styled == styled]
            turn = islice(cycle(traps), 2 * number, None)
            for file in range(-(-len(traps) // len(_KEYS))):
                values = Values(dict(zip(_KEYS, turn, strict=False)))
                yield f"{layout}-{'styles' if styled else 'runs'}-{file}", LAYOUTS[layout](values)
        row = with_hidden_row(LAYOUTS[layout](Values({})), "before", "flat")
        yield f"{layout}-runs-row", row


def record() -> None:
    """Writes all as .docx, has them converted, and packs the outcome."""
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(RECORDED, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        here = Path(folder)
        for name, form in mixed():
            (here / f"{name}.docx").write_bytes(write_docx(form, "styles" in name))
        for format_ in FORMATS:
            command = ["soffice", f"-env:UserInstallation={(here / 'profile').as_uri()}"]
            command += ["--headless", "--convert-to", format_, "--outdir", folder]
            command += [str(path) for path in sorted(here.glob("*.docx"))]
            subprocess.run(command, check=True, timeout=600, stdout=subprocess.DEVNULL)
            for path in sorted(here.glob(f"*.{format_}")):
                if format_ == "doc" or "styles" not in path.name:  # a page keeps no styles
                    archive.write(path, path.name)


if __name__ == "__main__":
    record()
