"""`mailbot --version`: what a report of a fault must name."""

import platform
import re
import sqlite3
import ssl
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mailbot

# What reads mail and files, by the names they are installed under; the rest follows from these.
_LIBRARIES = (
    *("imapclient", "mail-parser", "pydantic", "sqlite-utils", "openpyxl", "python-calamine"),
    *("python-docx", "firecrawl-anydoc", "office-oxide", "pdfplumber", "pypdfium2", "pillow"),
    *("pymediainfo", "py7zr"),
)
_EXTRAS = {
    "rar": ("unrar2-cffi", "libarchive-c"),
    "ocr": ("rapidocr", "onnxruntime", "opencv-python-headless"),
}


def versions() -> Iterator[str]:
    """First mailbot's own, alone on its line; then the ground it stands on, and what reads."""
    yield mailbot.__version__
    yield f"Python {platform.python_version()} on {platform.platform()}"
    yield f"SQLite {sqlite3.sqlite_version}, {ssl.OPENSSL_VERSION}"
    yield ", ".join(f"{name} {_installed(name) or 'missing'}" for name in _LIBRARIES)
    for extra, names in _EXTRAS.items():
        found = [f"{name} {_installed(name)}" for name in names if _installed(name)]
        yield f"[{extra}] {', '.join(found) or 'not installed'}"


def _installed(name: str) -> str:
    return _distributions().get(name, "")


@cache
def _distributions() -> dict[str, str]:
    """What is installed, by the names of its folders: `name-version.dist-info` (PyPA, Recording
    installed projects). importlib.metadata would read every description for it."""
    found: dict[str, str] = {}
    for place in reversed([Path(one) for one in sys.path if one]):
        for folder in place.glob("*.dist-info"):
            name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
            found[re.sub(r"[-_.]+", "-", name).lower()] = version
    return found
