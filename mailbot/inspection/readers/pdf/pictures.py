"""Pictures inside a PDF, by pdfium: JPEG as it stands, everything else re-encoded as PNG."""

import io
from pathlib import Path

import pypdfium2
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from mailbot.inspection.readers.content import Draft
from mailbot.inspection.readers.pictures import is_picture

MAX_PAGES = 200
MAX_PIXELS = 100_000_000
# Rules, bullets and gradients are drawn as tiny images; no photograph or seal is this small.
_MIN_SIDE = 32


def add_pictures(path: Path, draft: Draft) -> None:
    """The pictures of every page in drawing order; one shown on several pages stands once."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        draft.fault("corrupt", f"pdf pictures: {error}")
        return
    with document:
        for number in range(min(len(document), MAX_PAGES)):
            if not _add_page(document, number, draft):
                return


def _add_page(document: pypdfium2.PdfDocument, number: int, draft: Draft) -> bool:
    """Adds one page's pictures; False when the draft takes no more."""
    count = 0
    try:
        page = document[number]
        for image in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
            width, height = image.get_px_size()
            if min(width, height) < _MIN_SIDE:
                continue
            count += 1
            source = f"第{number + 1}页 图{count}"
            if width * height > MAX_PIXELS:
                draft.fault("limit", f"{source}: {width}x{height} pixels")
                continue
            data = _encoded(image)
            if is_picture(data) and not draft.add_picture(source, data):
                return False
    except (pypdfium2.PdfiumError, ValueError, OSError) as error:
        draft.fault("corrupt", f"pdf pictures, page {number + 1}: {error}")
    return True


def _encoded(image: pypdfium2.PdfImage) -> bytes:
    target = io.BytesIO()
    image.extract(target, fb_format="png")
    return target.getvalue()
