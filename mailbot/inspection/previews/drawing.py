"""Previews of a stored file drawn when a person looks at it, in a confined worker.

    InspectionPool(1, …, inspect=draw) .submit(Drawing(…))

What is asked for by name: `thumb.jpg` `large.jpg` of a photo, `frame-0.jpg` to `frame-2.jpg` of a
video, `page-0.jpg` … of a PDF, `crop-….png` of a place on a scan. What cannot be drawn leaves
`….none` beside it, so that a file no decoder bears is not tried at every look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pypdfium2
from PIL import Image

from mailbot.inspection.media.photo import probe_photo
from mailbot.inspection.ocr.boxes import Place
from mailbot.inspection.ocr.crops import cut_crops
from mailbot.inspection.previews.encoding import LARGE_SIDE, THUMB_SIDE, encode_jpeg
from mailbot.inspection.previews.frames import FRAMES, read_frames
from mailbot.inspection.previews.large import open_large
from mailbot.inspection.previews.outline import Outline, outline
from mailbot.inspection.previews.store import keep_preview, preview_path
from mailbot.inspection.tasks import Task
from mailbot.model import Family, Fault, Inspected

MAX_PAGES = 30
_PAGE_SIDE = 1400  # pixels: an A4 page that can be read on a desktop's screen
_MAX_PIXELS = 100_000_000


@dataclass(frozen=True)
class Drawing(Task):
    """One preview of one stored file. Plain data, as every task."""

    sha256: str = ""  # of the file, which is its name in the store
    format: str = ""  # as it was measured
    what: str = ""  # the preview's name
    places: tuple[tuple[str, Place], ...] = ()  # crops by name, and what they show (`ocr_places`)


def nothing(what: str) -> str:
    """The name that says: this preview cannot be drawn."""
    return f"{what.rpartition('.')[0]}.none"


def draw(task: Task) -> Inspected:
    """Draws a `Drawing` and keeps it; the fault `unsupported` or `corrupt` where it cannot. An
    `Outline` is answered as `outline` says.

    The answer has no facts: whoever asked looks into the store. OSError for faults of the machine.
    """
    if isinstance(task, Outline):
        return outline(task)
    assert isinstance(task, Drawing)
    answer = Inspected(
        name=task.what, sha256=task.sha256, size=0, family=Family.UNKNOWN, format=task.format
    )
    if preview_path(task.blobs, task.sha256, task.what).is_file():
        return answer  # with another that was asked for before
    try:
        drawn = _draw(task)
    except MemoryError:
        drawn, answer = {}, replace(answer, faults=(Fault("limit", "memory"),))
    except Exception as error:  # decoders raise at will
        if isinstance(error, OSError) and error.errno:
            raise
        drawn, answer = {}, replace(answer, faults=(Fault("corrupt", str(error)[:200]),))
    for what, octets in drawn.items():
        keep_preview(task.blobs, task.sha256, what, octets)
    if task.what not in drawn:
        keep_preview(task.blobs, task.sha256, nothing(task.what), b"")
        answer = replace(answer, faults=answer.faults or (Fault("unsupported", task.format),))
    return answer


def _draw(task: Drawing) -> dict[str, bytes]:
    what, _, number = task.what.partition(".")[0].partition("-")
    draw_it = _WAYS.get(what)
    return draw_it(task, number) if draw_it else {}


def _thumb(task: Drawing, _number: str) -> dict[str, bytes]:
    drawn: dict[str, bytes] = {}

    def show(image: Image.Image, orientation: int) -> None:
        drawn[task.what] = encode_jpeg(image, THUMB_SIDE, orientation)

    probe_photo(task.path, task.format, task.limits.photo_pixels, show)
    return drawn


def _large(task: Drawing, _number: str) -> dict[str, bytes]:
    with open_large(task.path, task.format, LARGE_SIDE, _MAX_PIXELS) as (image, orientation):
        return {task.what: encode_jpeg(image, LARGE_SIDE, orientation)}


def _frames(task: Drawing, _number: str) -> dict[str, bytes]:
    """All of them at once: opening the file is what costs."""
    frames = read_frames(task.path)
    named = {
        f"frame-{number}.jpg": encode_jpeg(frame, THUMB_SIDE) for number, frame in enumerate(frames)
    }
    return named if len(named) <= FRAMES else {}


def _page(task: Drawing, number: str, side: int = _PAGE_SIDE) -> dict[str, bytes]:
    if task.format != "pdf":
        return {}
    with pypdfium2.PdfDocument(task.path) as document:
        wanted = int(number or "0", 16)
        if wanted >= min(len(document), MAX_PAGES):
            return {}
        page = document[wanted]
        # A page may claim any size.
        scale = min(4.0, side / max(*page.get_size(), 1))
        return {task.what: encode_jpeg(page.render(scale=scale).to_pil(), side)}


def _crops(task: Drawing, _number: str) -> dict[str, bytes]:
    """All of them at once: decoding the page is what costs."""
    names = [what for what, _ in task.places]
    return dict(zip(names, cut_crops(task.path, [place for _, place in task.places]), strict=True))


_WAYS: dict[str, Callable[[Drawing, str], dict[str, bytes]]] = {
    "thumb": _thumb,
    "large": _large,
    "frame": _frames,
    "page": _page,
    "sheet": partial(_page, side=THUMB_SIDE),
    "crop": _crops,
}


def drawing(
    blobs: Path,
    sha256: str,
    format: str,
    what: str,
    places: Mapping[str, Place] | None = None,
) -> Drawing:
    """The task that draws one preview; ValueError where no preview has this name."""
    preview_path(blobs, sha256, what)
    return Drawing(
        path=blobs / sha256[:2] / sha256,
        name=what,
        blobs=blobs,
        sha256=sha256,
        format=format,
        what=what,
        places=tuple((places or {}).items()),
    )
