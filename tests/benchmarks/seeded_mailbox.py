"""A mailbox as an office has it on the deadline's day, the same for the same seed.

Of every five mails two bring three to five photographs of 12 megapixels, one a video, and two
tables, documents or a few words: about 12 MB a mail.
"""

import os
import random
from base64 import encodebytes
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
from make.media import make_video
from PIL import Image

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_photo

_PHOTOS, _VIDEOS = 12, 3  # drawn; each one that is sent differs in a comment
_VIDEO_MB = (10, 25)
_LINE_ENDS = b"\r\n"


def write_mailbox(maildir: Path, mails: int, seed: int = 2017) -> int:
    """Fill a Maildir; the octets that lie in it then. Arrival times are the files' own."""
    campaign = load_campaign(shipped_rules())
    chance = random.Random(seed)
    photographs = [_photograph(number) for number in range(_PHOTOS)]
    videos = [_video(maildir.parent, number) for number in range(_VIDEOS)]
    units = [unit.unit for unit in campaign.units if unit.expected]
    arrived = campaign.deadline - timedelta(days=2)
    total = 0
    for folder in ("cur", "new", "tmp"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    for number in range(mails):
        unit = units[number % len(units)]
        files = list(_files(chance, number, unit, campaign.form, photographs, videos))
        path = maildir / "cur" / f"{number:05}.seeded:2,"
        with path.open("wb") as file:
            for octets in mail_of(number, unit, files, arrived):
                total += file.write(octets)
        moment = (arrived + timedelta(minutes=number)).timestamp()
        os.utime(path, (moment, moment))
    return total


def _files(
    chance: random.Random,
    number: int,
    unit: str,
    form: object,
    photographs: list[bytes],
    videos: list[bytes],
) -> Iterator[tuple[str, bytes]]:
    mark = f"{number}-{chance.randrange(10**9)}".encode()
    if number % 5 in (0, 2):
        for each in range(chance.randint(3, 5)):
            octets = chance.choice(photographs)
            yield f"演练照片{each + 1}.jpg", _commented(octets, mark + b"-%d" % each)
    elif number % 5 == 1:
        size = chance.randint(*_VIDEO_MB) * 1_000_000
        yield "演练视频.mp4", _lengthened(chance.choice(videos), mark, size)
    elif number % 5 == 3:
        values = {"unit": unit, "drills_total": number % 40 + 1}
        yield "统计表.xlsx", write_form(form, values)  # type: ignore[arg-type]
        yield "演练方案.docx", plan(f"{unit}（{number}）")
        yield "评估总结.docx", summary(f"{unit}（{number}）")


def _photograph(seed: int) -> bytes:
    """12 megapixels with a sensor's noise, 3 to 4 MB."""
    small = Image.open(BytesIO(make_photo(1000, 750, seed)))
    pixels = np.asarray(small.convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC))
    noise = np.random.default_rng(seed).normal(0, 7, (3000, 4000, 1))
    noisy = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    output = BytesIO()
    Image.fromarray(noisy).save(output, "JPEG", quality=88)
    return output.getvalue()


def _commented(jpeg: bytes, text: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg[2:]


def _video(folder: Path, seed: int) -> bytes:
    path = folder / f"video-{seed}.mp4"
    make_video(path, 1920, 1080, seconds=4 + seed, noisy=True)
    octets = path.read_bytes()
    path.unlink()
    return octets


def _lengthened(mp4: bytes, mark: bytes, size: int) -> bytes:
    """With a box of random octets behind, as recorders leave them."""
    left = max(16, size - len(mp4) - 8)
    filling = random.Random(mark).randbytes(left)
    return mp4 + (left + 8).to_bytes(4, "big") + b"free" + filling


def mail_of(
    number: int, unit: str, files: list[tuple[str, bytes]], arrived: datetime
) -> Iterator[bytes]:
    """One mail of a unit with these files, in pieces."""
    boundary = b"=_seeded_%d" % number
    head = (
        f"From: =?utf-8?b?{encodebytes(unit.encode()).decode().strip()}?="
        f" <unit{number % 50}@example.test>\r\nTo: zzajyj@163.com\r\n"
        f"Subject: =?utf-8?b?{encodebytes(f'{unit}应急演练材料'.encode()).decode().strip()}?=\r\n"
        f"Date: {arrived:%a, %d %b %Y %H:%M:%S +0800}\r\nMessage-ID: <seeded-{number}@example.test>"
        "\r\nMIME-Version: 1.0\r\n"
    )
    yield head.encode() + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    yield b"--" + boundary + b"\r\nContent-Type: text/plain; charset=utf-8\r\n"
    yield b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    yield f"{unit}报送应急演练材料，请查收。\r\n".encode()
    for name, octets in files:
        word = encodebytes(name.encode()).decode().strip()
        yield b"\r\n--" + boundary + b"\r\nContent-Type: application/octet-stream\r\n"
        yield b"Content-Transfer-Encoding: base64\r\n"
        yield f'Content-Disposition: attachment; filename="=?utf-8?b?{word}?="\r\n\r\n'.encode()
        yield encodebytes(octets).replace(b"\n", _LINE_ENDS)
    yield b"\r\n--" + boundary + b"--\r\n"
