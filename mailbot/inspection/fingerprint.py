"""Which readers measured it: the key under which facts are kept, so that none goes stale unseen.

A version number that somebody must remember to raise is forgotten: it stood still through 35
changes to the readers, and known files kept what the old ones had read. The code itself and the
versions of the libraries that read are never forgotten. What this cannot see is a library of
the operating system (libarchive, libmediainfo where the wheel brings none).
"""

import platform
import re
import sys
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import mailbot

# What makes facts of octets, below the package: folders whole, and single files. Attached mails
# are parted by the inbox's own parser.
CODE = (
    "formats",
    "inspection",
    "inbox/parting",
    "inbox/links",
    "files.py",
    "model.py",
)

# Distributions whose code reads what came. One that is not installed counts as absent, so facts
# go stale when an extra comes or goes. (tests/inspection/test_fingerprint.py holds the list to
# the imports.)
LIBRARIES = (
    "backports.zstd",
    "charset-normalizer",
    "cryptography",
    "defusedxml",
    "firecrawl-anydoc",
    "inflate64",
    "libarchive-c",
    "mail-parser",
    "msoffcrypto-tool",
    "numpy",
    "office-oxide",
    "olefile",
    "onnxruntime",
    "opencv-python-headless",
    "pdfminer.six",
    "pdfplumber",
    "pillow",
    "py7zr",
    "pybase64",
    "pycryptodomex",
    "pymediainfo",
    "pypdfium2",
    "pyppmd",
    "python-calamine",
    "rapidocr",
    "simplejpeg",
    "unrar2-cffi",
)


@cache
def readers_fingerprint() -> str:
    """16 hexadecimal digits that change with the readers. Computed once a process, from the
    sources (a few milliseconds); no reader is imported for it."""
    return fingerprint_of(Path(mailbot.__file__).parent)


def fingerprint_of(package: Path) -> str:
    """The fingerprint of the readers below `package`, with the libraries of this installation."""
    digest = sha256(platform.python_version().encode())
    installed = _installed()
    for library in LIBRARIES:
        known = installed.get(_plain(library)) or _version_of(library)
        digest.update(f"\0{library} {known}".encode())
    for path in _sources(package):
        digest.update(f"\0{path.relative_to(package).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _installed() -> dict[str, str]:
    """Versions by the names of the folders that installers leave (PEP 376, PEP 427): thirty times
    faster than reading each one's METADATA."""
    found: dict[str, str] = {}
    for folder in (Path(each) for each in sys.path if each):
        if folder.is_dir():
            for path in folder.glob("*.dist-info"):
                name, _, number = path.stem.partition("-")
                found.setdefault(_plain(name), number)
    return found


def _plain(name: str) -> str:
    """PEP 503: Pillow, pillow; pdfminer.six, pdfminer_six."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"


def _sources(package: Path) -> list[Path]:
    found = []
    for part in CODE:
        path = package / part
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found
