"""mailbot as its operator runs it, and the materials of a unit that is in order."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_photo
from make.dovecot import PrivateDovecot
from make.office import OUR_ADDRESS
from make.smtp_sink import SmtpSink


def media(name: str) -> bytes:
    return (files("mailbot.demo") / "media" / name).read_bytes()


def table(campaign: Campaign, unit: str, **changed: str | int) -> bytes:
    values: dict[str, str | int | float] = {
        "unit": unit,
        "reported_on": "2017-07-03",
        "filled_by": "应急办",
        "phone": "0371-60000000",
        "overall.drills": 3,
        "overall.participants": 90,
        "overall.spend_wan": 2.5,
        "overall.joint_drills": 1,
    }
    return write_form(campaign.form, values | {k.replace("__", "."): v for k, v in changed.items()})


def good(campaign: Campaign, unit: str, video: str = "video_1080.mp4") -> dict[str, bytes]:
    return {
        f"{unit}统计表.xlsx": table(campaign, unit),
        f"{unit}演练方案.docx": plan(unit),
        f"{unit}演练评估总结.docx": summary(unit),
        f"视频{Path(video).suffix}": media(video),
        "照片.jpg": make_photo(1920, 1080, sum(unit.encode()) % 1000),
    }


class Office:
    """mailbot as its operator sees it: a folder, a settings file, a command line."""

    def __init__(self, folder: Path, dovecot: PrivateDovecot, sink: SmtpSink) -> None:
        self.config = folder / "mailbot.toml"
        self.config.write_text(
            f"""
[imap]
host = "{dovecot.settings["host"]}"
port = {dovecot.settings["port"]}
ca_file = "{dovecot.settings["ca_file"]}"
username = "{dovecot.username}"
password = "{dovecot.password}"
[smtp]
host = "{sink.host}"
port = {sink.port}
security = "none"
from_address = "{OUR_ADDRESS}"
[outbox]
settle_seconds = 0
"""
        )

    def __call__(self, *arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", "--config", str(self.config), *arguments, "--json"],
            capture_output=True,
            timeout=300,
            check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith("MAILBOT_")},
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)
