"""Documents that hold pictures and no text: scanned pages, or photos pasted together."""

from mailbot.campaign import Campaign
from mailbot.judgement.media import displayed_size, meets_size
from mailbot.judgement.writing import fold
from mailbot.model import Family, Inspected

_CHARACTERS = 20  # fewer on all pages: nobody typed them (the test for scans that measured best)
_PAGE_RATIO = (1.38, 1.45)  # A4 is 1.414; cameras make 1.33, 1.5 and 1.78
_ALBUM_WORDS = ("照片", "图片", "相片", "影像")


def is_without_text(inspected: Inspected) -> bool:
    """Whether what there is to read in a document must stand in its pictures."""
    if len(fold(inspected.text)) >= _CHARACTERS:
        return False
    if any(cell.text.strip() for grid in inspected.grids for cell in grid.cells if grid.is_table):
        return False
    return inspected.format == "pdf" or any(
        member.family is Family.PHOTO for member in inspected.members
    )


def is_album(inspected: Inspected, campaign: Campaign) -> bool:
    """Whether the pictures are photos: the name says so, or one is large and no A4 page."""
    if any(word in inspected.name for word in _ALBUM_WORDS):
        return True
    return any(
        meets_size(member, campaign) and not _is_page(member) for member in inspected.members
    )


def _is_page(picture: Inspected) -> bool:
    size = displayed_size(picture)
    return size is not None and _PAGE_RATIO[0] <= max(size) / min(size) <= _PAGE_RATIO[1]
