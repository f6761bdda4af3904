"""The one interface to documents: a file → text, grids of cells, embedded pictures."""

import errno
from collections.abc import Callable, Mapping
from pathlib import Path

from mailbot.inspection.identify.containers import zip_format
from mailbot.inspection.readers import excel, plaintext, word
from mailbot.inspection.readers.content import Document, Draft, EmbeddedPicture, Limits, Unreadable
from mailbot.inspection.readers.html import mht, page
from mailbot.inspection.readers.ods import document as ods
from mailbot.inspection.readers.pdf import document as pdf
from mailbot.inspection.readers.sheets import csv
from mailbot.inspection.readers.spreadsheetml import document as spreadsheetml
from mailbot.inspection.readers.unlocked import unlocked
from mailbot.inspection.readers.wordml import document as wordml

__all__ = ["READABLE", "Document", "EmbeddedPicture", "read_document"]

Reader = Callable[[Path, Limits], Document]

_READERS: Mapping[str, Reader] = {
    "docx": wordml.read_package,
    "odt": word.read_package,
    "pptx": word.read_package,
    "odp": word.read_package,
    "doc": word.read_compound,
    "wps": word.read_compound,
    "ppt": word.read_compound,
    "dps": word.read_compound,
    "rtf": word.read_rtf,
    "xlsx": excel.read_package,
    "xls": excel.read_compound,
    "et": excel.read_compound,
    "ods": ods.read_package,
    "spreadsheetml": spreadsheetml.read_file,
    "wordml": wordml.read_flat,
    "csv": csv.read_file,
    "txt": plaintext.read_file,
    "html": page.read_file,
    "mht": mht.read_file,
    "pdf": pdf.read_file,
}

READABLE = frozenset(_READERS)
_LOCKABLE = frozenset("docx xlsx pptx doc wps xls et ppt dps".split())

# The machine's faults, not the file's; olefile and zipfile raise OSError for both.
_MACHINE = {errno.ENOENT, errno.EACCES, errno.EIO, errno.EMFILE, errno.ENFILE}


def read_document(
    path: Path, format: str, *, max_text: int = 200_000, max_pictures: int = 200
) -> Document:
    """Reads a document whose format content sniffing has named (one of `READABLE`).

    Never raises for bad content: what was wrong stands in `faults` (encrypted, truncated,
    corrupt, bomb, limit, unsupported), with whatever could be read. Raises OSError for faults of
    the machine (no such file, disk error). A native parser may still abort the process or eat
    memory: run it in a worker with limits.
    """
    limits = Limits(max_text, max_pictures)
    document = _read(path, format, limits)
    if format in _LOCKABLE and any(fault.code == "encrypted" for fault in document.faults):
        with unlocked(path) as opened:
            if opened is not None:
                document = _read(opened, _format_inside(opened, format), limits)
    return document


def _format_inside(path: Path, format: str) -> str:
    """What an opened package is: the coat it came in told no more than its name."""
    with path.open("rb") as file:
        head = file.read(65_536)
    if not head.startswith(b"PK"):
        return format
    found = zip_format(path, head)
    return found if found in READABLE else format


def _read(path: Path, format: str, limits: Limits) -> Document:
    draft = Draft(limits)
    reader = _READERS.get(format)
    if reader is None:
        draft.fault("unsupported", format)
        return draft.finish()
    try:
        return reader(path, limits)
    except Unreadable as error:
        draft.fault(error.fault.code, error.fault.detail)
    except MemoryError:
        draft.fault("limit", "memory")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic (anydoc, calamine) is no Exception
        if isinstance(error, OSError) and error.errno in _MACHINE:
            raise
        draft.fault("corrupt", f"{type(error).__name__}: {error}"[:500])
    return draft.finish()
