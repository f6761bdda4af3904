"""A unit whose every field is an attack: whichever page is reached by a link, it stands as text."""

import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from docx import Document
from make.browsing import Browser
from make.morning import FIGURES, a_morning
from PIL import Image

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_docx, write_form

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}<b onclick=alert(3)>"
NAME = HOSTILE.replace("/", "")
# Letters as they are read elsewhere bring their own looks, in a frame that can do nothing.
LETTERS = re.compile(r"/(outbox/\d+/letter|replies/\d+/page)$")
_MOST = 400


class Markup(HTMLParser):
    """What a browser would act on: scripts, handlers, addresses; and where it can go from here."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.links: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        addresses = [at[name].strip() for name in ("href", "src", "action") if at.get(name)]
        self.links.update(at[name] for name in ("href", "src") if at.get(name))
        if (
            any(name.startswith("on") or name in ("style", "srcdoc") for name in at)
            or (tag == "script" and not at.get("src", "").startswith("/static/"))
            or tag in ("base", "object", "embed")
            or any(re.match(r"(?i)[a-z]+:|//", one) for one in addresses)
        ):
            self.acts.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def photo() -> bytes:
    written, image = io.BytesIO(), Image.new("RGB", (1920, 1080), "red")
    exif = image.getexif()
    for tag in (271, 272, 306):  # make, model, date
        exif[tag] = HOSTILE
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


def document() -> bytes:
    found = Document(io.BytesIO(write_docx([f"金水区演练方案{HOSTILE}"], [[HOSTILE, HOSTILE]])))
    found.core_properties.author = HOSTILE
    written = io.BytesIO()
    found.save(written)
    return written.getvalue()


def packed() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(f"../{NAME}/{NAME}.jpg", photo())
    return written.getvalue()


@pytest.fixture
def browser(tmp_path: Path, campaign: Campaign) -> Iterator[Browser]:
    with a_morning(tmp_path, campaign) as morning:
        form = write_form(campaign.form, {**FIGURES, "filled_by": HOSTILE, "phone": HOSTILE})
        morning.table.receive(
            f"中原区{HOSTILE}",
            f"{HOSTILE}\nhttps://pan.baidu.com/s/1abc{HOSTILE}",
            sender=f'"{NAME.replace(chr(34), "")}" <evil@example.com>',
            files={
                f"{NAME}.xlsx": form,
                f"{NAME}.docx": document(),
                f"{NAME}.jpg": photo(),
                f"{NAME}.zip": packed(),
                "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            },
        )
        ledger = morning.table.office.ledger
        with ledger.transaction():
            ledger.execute("UPDATE replies SET error_text = ?, error_code = ?", (HOSTILE, HOSTILE))
            ledger.execute("UPDATE arrivals SET last_error = ?", (HOSTILE,))
        morning.browser.log_in("admin")
        yield morning.browser


def test_whatever_a_unit_writes_is_text_on_every_page_that_can_be_reached(browser: Browser) -> None:
    """And what is no page of ours is a picture that we made, or comes to be saved."""
    seen: set[str] = set()
    waiting = ["/todo", "/mails?q=script", "/board?q=<script>", "/decide?unit=中原区"]
    shown = 0
    while waiting and len(seen) < _MOST:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = browser.client.get(address, follow_redirects=False)
        assert answer.status_code < 500, address
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            found = Markup()
            found.feed(answer.text)
            assert found.acts == [] or LETTERS.search(address), (address, found.acts[:3])
            assert "script-src 'self'" in answer.headers["content-security-policy"] or (
                LETTERS.search(address)
            )
            shown += "alert(1)" in found.text
            links = (urljoin(address, one).partition("#")[0] for one in found.links)
            waiting += [re.sub(r"([?&])todo=\w+", "", one) for one in links]
        elif answer.status_code == 200 and not address.startswith("/static/"):
            saved = answer.headers.get("content-disposition", "").startswith("attachment")
            assert saved or kind == "image/jpeg", (address, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(seen) < _MOST
    assert shown > 15
