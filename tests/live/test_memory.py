"""Memory, measured on the real process against dovecot: a 70 MB mail, and many mails waiting.

The long form has a thousand of them:
    MAILBOT_LOAD_MAILS=1000 sh tests/run.sh tests/live/test_memory.py -s
"""

import io
import json
import os
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.memory import Peaks, run_measured
from make.office import LONG_TEXT, OUR_ADDRESS, a_mail, opened, text_of
from make.smtp_sink import SmtpSink
from make.submitted import zipped
from PIL import Image

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, summary

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]

MAIN_MB, WORKER_MB = 150, 400
MAILS = int(os.environ.get("MAILBOT_LOAD_MAILS", "100"))


def tick(
    folder: Path, dovecot: PrivateDovecot, sink: SmtpSink, more: str = ""
) -> tuple[Peaks, dict[str, Any]]:
    """One `mailbot tick`, measured, and its counts."""
    folder.mkdir(exist_ok=True)
    config = folder / "mailbot.toml"
    config.write_text(
        f"""
[imap]
host = "localhost"
port = {dovecot.tls_port}
ca_file = "{dovecot.ca_file}"
username = "{dovecot.username}"
password = "{dovecot.password}"
[smtp]
host = "{sink.host}"
port = {sink.port}
security = "none"
from_address = "{OUR_ADDRESS}"
[outbox]
settle_seconds = 0
{more}
"""
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILBOT_")}
    command = [sys.executable, "-m", "mailbot", "--config", str(config), "tick", "--json"]
    peaks = run_measured(command, clean, timeout=3000)
    assert peaks.code == 0, peaks.output.decode()
    print(f"main {peaks.main:.0f} MB, processes {sorted(peaks.below.values())}")
    return peaks, json.loads(peaks.output[peaks.output.index(b"{") :])


def padded_video(octets: int) -> bytes:
    """A real MP4 with a `free` box of that size behind it, as editing programs leave them."""
    video = (files("mailbot.demo") / "media" / "video_1080.mp4").read_bytes()
    noise = random.Random(1).randbytes(octets - 8)
    return video + octets.to_bytes(4, "big") + b"free" + noise


def large_photo() -> bytes:
    """A picture of 48 million pixels, as today's telephones take them."""
    packed = io.BytesIO()
    Image.effect_noise((2000, 1500), 60).resize((8000, 6000)).convert("RGB").save(
        packed, "JPEG", quality=70
    )
    return packed.getvalue()


def test_a_mail_of_70_mb_passes_in_little_memory(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot
) -> None:
    photo = large_photo()
    brought = {
        "演练视频.mp4": padded_video(24_000_000),
        "现场照片.jpg": photo,
        "演练方案.docx": plan("金水区"),
        "材料.zip": zipped(
            {"演练评估总结.docx": summary("金水区"), "视频二.mp4": padded_video(9_000_000)}
        ),
    }
    missing = 51_200_000 - sum(len(content) for content in brought.values())
    brought["演练视频三.mp4"] = padded_video(missing)
    moment = campaign.deadline - timedelta(days=3)
    raw = a_mail("金水区演练材料", files=brought, date=moment)
    assert 69_000_000 < len(raw) < 72_000_000
    dovecot.deliver(raw, internaldate=moment)
    with SmtpSink() as sink:
        peaks, counts = tick(tmp_path, dovecot, sink)
    assert (counts["fetched"], counts["examined"], counts["sent"]) == (1, 1, 1)
    assert peaks.below, "no worker was seen"
    assert 20 < peaks.main < MAIN_MB
    assert 20 < peaks.worker < WORKER_MB


def small_mails(campaign: Campaign, start: int, count: int) -> Iterator[tuple[bytes, datetime]]:
    moment = campaign.deadline - timedelta(days=3)
    units = [unit.unit for unit in campaign.units]
    for number in range(start, start + count):
        unit = units[number % len(units)]
        raw = a_mail(
            f"{unit}演练材料（{number}）",
            f"{unit}第{number}次报送。{LONG_TEXT}",
            sender=f"clerk{number}@example.com",
            message_id=f"<load-{number}@example.com>",
            files={f"{unit}演练方案.txt": f"{unit}演练方案第{number}稿".encode() * 50},
        )
        yield raw, moment + timedelta(seconds=number)


def test_many_mails_waiting_take_no_more_memory_than_few(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot
) -> None:
    """A quarter of them first, in a ledger of its own; then all."""
    peak: list[float] = []
    arrived = 0
    for count in (MAILS // 4, MAILS):
        with dovecot.client() as client:
            for raw, at in small_mails(campaign, arrived, count - arrived):
                client.append("INBOX", raw, msg_time=at)
        arrived = count
        with SmtpSink() as sink:
            peaks, counts = tick(tmp_path / str(count), dovecot, sink)
        assert counts["examined"] == count
        peak.append(peaks.main)
    assert peak[1] < MAIN_MB
    assert peak[1] - peak[0] < 10, peak


def test_a_mail_over_the_limit_is_kept_by_its_headers_and_its_sender_told_how_to_send(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot
) -> None:
    moment = campaign.deadline - timedelta(days=3)
    raw = a_mail(
        "金水区演练材料",
        files={"演练视频.mp4": padded_video(3_000_000), "演练方案.docx": plan("金水区")},
        date=moment,
    )
    dovecot.deliver(raw, internaldate=moment)
    with SmtpSink() as sink:
        _, counts = tick(tmp_path, dovecot, sink, "[limits]\nmessage_bytes = 2000000\n")
        assert counts["examined"] == 1
        (reply,) = sink.messages
    told = text_of(reply.raw)
    told = told.replace("\n", "")
    assert "超过本邮箱可接收的大小" in told
    assert "压缩后重新报送，或分成几封邮件报送" in told
    assert "超大附件（下载链接）" in told
    assert "传输不完整" not in told
    assert opened(reply.raw)["To"].addresses[0].addr_spec == "clerk@example.com"
    spooled = [path for path in (tmp_path / "var" / "spool").rglob("*") if path.is_file()]
    assert [path.read_bytes().partition(b"\r\n\r\n")[0] for path in spooled] == [
        raw.partition(b"\r\n\r\n")[0]
    ]
