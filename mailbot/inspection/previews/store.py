"""Where previews lie: `<blobs>/previews/<sha256[:2]>/<sha256>/<what>`, each whole or not there.

Nothing is flushed to the disk here: a preview that a power cut took is drawn again.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

THUMB = "thumb.jpg"  # of a photo: made when it is judged

_SHA256 = re.compile(r"[0-9a-f]{64}")
_WHAT = re.compile(r"[a-z]{1,8}(-[0-9a-f]{1,16})?\.(jpg|png|none)")


def preview_path(blobs: Path, sha256: str, what: str) -> Path:
    """Where the preview `what` (`thumb.jpg`, `page-0.jpg`) of a content lies, if it is there.

    ValueError for anything that is no such name: it may come from an address in a browser.
    """
    if not _SHA256.fullmatch(sha256) or not _WHAT.fullmatch(what):
        raise ValueError(f"no preview is called {what[:40]!r} of {sha256[:70]!r}")
    return previews_of(blobs, sha256) / what


def previews_of(blobs: Path, sha256: str) -> Path:
    """The folder of all previews of one content."""
    return blobs / "previews" / sha256[:2] / sha256


def keep_preview(blobs: Path, sha256: str, what: str, octets: bytes) -> None:
    """Put one preview in place; two that draw the same at once do no harm."""
    target = preview_path(blobs, sha256, what)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget_previews(blobs: Path, sha256: str) -> None:
    """Remove every preview of a content that is removed itself."""
    shutil.rmtree(previews_of(blobs, sha256), ignore_errors=True)
