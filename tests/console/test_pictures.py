"""The front page's pictures of the console are those that the pages make."""

from pathlib import Path

import pytest
from make.chromium import REPOSITORY
from make.pictures import PICTURES, take
from PIL import Image

SHIPPED = REPOSITORY / "deploy" / "pictures"
_LARGEST = 60_000  # octets: a front page loads at once


def test_the_front_page_shows_them_and_they_are_small() -> None:
    front = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert {file.stem for file in SHIPPED.iterdir()} == set(PICTURES)
    for name in PICTURES:
        assert f"](deploy/pictures/{name}.png)" in front
        assert (SHIPPED / f"{name}.png").stat().st_size < _LARGEST


def test_they_are_made_anew_as_they_are_shown(tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
    for made in take(tmp_path):
        with Image.open(made) as new, Image.open(SHIPPED / made.name) as old:
            assert new.size == old.size
            assert (
                len(new.convert("RGB").resize((40, 40)).getcolors(1600) or ()) > 10
            )  # no empty page
