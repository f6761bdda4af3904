"""The pictures of the console in the front page: `python -m make.pictures ../deploy/pictures`, from
`tests`.

Taken of a morning's office, so that they show what the pages show and no person's data.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from mailbot.campaign.folder import load_campaign
from make.chromium import REPOSITORY, a_browser, a_page, listening
from make.morning import a_morning

PICTURES = {"todo": ("/todo", 375, 700), "unit": ("/units/中原区", 820, 700)}
_COLOURS = 64  # flat pages: a palette is a quarter of the size


def take(folder: Path, addresses: dict[str, tuple[str, int, int]] = PICTURES) -> list[Path]:
    """Write one PNG an address; where they are."""
    written = []
    campaign = load_campaign(REPOSITORY / "rules" / "zhengzhou-2017")
    with (
        tempfile.TemporaryDirectory() as place,
        a_browser() as browser,
        a_morning(Path(place), campaign) as morning,
        listening(morning.browser.app) as address,
    ):
        for name, (path, width, height) in addresses.items():
            with a_page(browser, address, width, user="admin") as page:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(path)
                shot = Image.open(io.BytesIO(page.screenshot()))
            file = folder / f"{name}.png"
            shot.convert("RGB").quantize(_COLOURS).save(file, optimize=True)
            written.append(file)
    return written


if __name__ == "__main__":
    for one in take(Path(sys.argv[1])):
        print(one)
