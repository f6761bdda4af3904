"""From a mail's arrival to its queued reply, `mailbot run` otherwise idle, by IDLE.

    python tests/benchmarks/latency.py [MAILS]

prints the median and the largest, in seconds, with settle_seconds = 0; polls are a minute apart.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from make.dovecot import PrivateDovecot
from make.office import a_mail

from mailbot.campaign.folder import load_campaign, shipped_rules

_SETTINGS = """\
[imap]
host = "127.0.0.1"
port = {port}
security = "none"
username = "{user}"
password = "{password}"
[outbox]
mode = "shadow"
settle_seconds = 0
"""
_GIVE_UP_S = 90


def main(mails: int) -> None:
    """Deliver one after the other, each when the one before is answered."""
    campaign = load_campaign(shipped_rules())
    units = [unit.unit for unit in campaign.units if unit.expected]
    with tempfile.TemporaryDirectory() as scratch, PrivateDovecot() as server:
        config = Path(scratch) / "mailbot.toml"
        account = {"port": server.port, "user": server.username, "password": server.password}
        config.write_text(_SETTINGS.format(**account))
        command = [sys.executable, "-m", "mailbot", "run", "--config", str(config)]
        with subprocess.Popen(command, env=os.environ, stderr=subprocess.DEVNULL) as office:
            try:
                ledger = Path(scratch) / "var" / "ledger.db"
                took = []
                for number in range(mails + 1):
                    raw = a_mail(
                        f"{units[number % len(units)]}报送材料",
                        sender=f"clerk{number}@example.com",
                        message_id=f"<{number}@example.com>",
                    )
                    moment = campaign.deadline - timedelta(days=1)
                    server.deliver(raw, internaldate=moment)
                    took.append(_until_answered(ledger, number + 1))
            finally:
                office.terminate()
    took = took[1:]  # the first waits for the program's start
    print(f"{mails} mails: median {statistics.median(took):.2f} s, largest {max(took):.2f} s")


def _until_answered(ledger: Path, number: int) -> float:
    begin = time.perf_counter()
    while time.perf_counter() - begin < _GIVE_UP_S:
        if ledger.is_file():
            with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
                try:
                    sql = "SELECT count(*) FROM replies WHERE raw IS NOT NULL"
                    if connection.execute(sql).fetchone()[0] >= number:
                        return time.perf_counter() - begin
                except sqlite3.OperationalError:  # no table yet
                    pass
        time.sleep(0.02)
    raise TimeoutError(f"reply {number} was not queued in {_GIVE_UP_S} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
