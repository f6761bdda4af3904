"""How the reports came in, day by day, as a small picture that every mail client shows."""

import base64
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from PIL import Image, ImageDraw, ImageFont

from mailbot.campaign.types import Campaign
from mailbot.model import Dossier
from mailbot.wording.phrases import last_day

# A phone shows it at a quarter of its size: the letters are large enough to be read there.
WIDTH, HEIGHT = 1240, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 16, 28, 56
_COMPLETE, _PARTIAL, _NOTHING = "#2e8b57", "#e0a030", "#e4e7ea"
_INK, _DEADLINE = "#5f6368", "#b3261e"
_MOST_DAYS = 62


def count_by_day(
    board: Sequence[Dossier], campaign: Campaign, now: datetime
) -> list[tuple[date, int, int]]:
    """Day, complete and begun units at its end, for expected units, from the opening to today."""
    today = now.astimezone(campaign.zone).date()
    first = max(campaign.opening, today - timedelta(days=_MOST_DAYS - 1))
    counts = []
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        end = datetime.combine(day + timedelta(days=1), time(), campaign.zone)
        expected = [dossier for dossier in board if dossier.expected]
        complete = sum(one.completed_at is not None and one.completed_at < end for one in expected)
        begun = sum(one.first_arrival is not None and one.first_arrival < end for one in expected)
        counts.append((day, complete, begun - complete))
    return counts


def progress_chart(board: Sequence[Dossier], campaign: Campaign, now: datetime) -> bytes:
    """A PNG: a column a day, green complete, amber begun, grey nothing; a red line after the
    deadline's day. b"" before the opening, and where no unit is expected."""
    counts = count_by_day(board, campaign, now)
    expected = sum(dossier.expected for dossier in board)
    if not counts or not expected:
        return b""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=34)
    last = max(last_day(campaign), counts[-1][0])
    days = (last - counts[0][0]).days + 1
    step = (WIDTH - _LEFT - _RIGHT) / days
    full = HEIGHT - _TOP - _BOTTOM
    floor = HEIGHT - _BOTTOM

    def left_of(day: date) -> float:
        return _LEFT + step * (day - counts[0][0]).days

    def height_of(units: int) -> float:
        return full * units / expected

    for day, complete, begun in counts:
        left, right = left_of(day), left_of(day) + max(step - 4, 2)
        middle, top = floor - height_of(complete), floor - height_of(complete + begun)
        draw.rectangle((left, _TOP, right, floor), fill=_NOTHING)
        if begun:
            draw.rectangle((left, top, right, middle), fill=_PARTIAL)
        if complete:
            draw.rectangle((left, middle, right, floor), fill=_COMPLETE)
    draw.line((_LEFT - 6, floor, WIDTH - _RIGHT, floor), fill=_INK, width=2)
    line = left_of(last_day(campaign)) + step - 2
    if line >= _LEFT:
        draw.line((line, _TOP - 20, line, floor), fill=_DEADLINE, width=4)
    draw.text((_LEFT - 12, _TOP), str(expected), _INK, font, anchor="rm")
    draw.text((_LEFT - 12, floor), "0", _INK, font, anchor="rm")
    every = max(1, -(-days // 8))
    for offset in range(0, days, every):
        day = counts[0][0] + timedelta(days=offset)
        place = (left_of(day) + step / 2, floor + 14)
        draw.text(place, f"{day.month}-{day.day}", _INK, font, anchor="mt")
    packed = io.BytesIO()
    image.quantize(32).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def as_data_uri(png: bytes) -> str:
    """The picture inside a page that lies on disk; mail clients do not show these."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}" if png else ""
