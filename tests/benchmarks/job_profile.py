"""Where the whole job's processor time goes: the main process by its steps, the workers by kind.

Used by `whole_job.py`. The steps are timed in the process itself, by wrapping the functions that
do them; files are inspected here, one after the other, as a worker would.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TIMED = """
import json, sys, time
from pathlib import Path
begin = time.process_time()
from mailbot.inbox import spool
from mailbot.workflow import arrival, tick
spent = {}
def timed(owner, name, step):
    inner = getattr(owner, name)
    def outer(*given, **named):
        start = time.thread_time()
        try:
            return inner(*given, **named)
        finally:
            spent[step] = spent.get(step, 0.0) + time.thread_time() - start
    setattr(owner, name, outer)
timed(spool.Spool, "receive", "receive and part")
timed(arrival.Pipeline, "finish", "judge and record")
timed(tick, "compose_due", "compose replies")
from mailbot.cli import main
out = sys.argv.pop(1)
try:
    main()
finally:
    spent["start and all else"] = time.process_time() - sum(spent.values())
    Path(out).write_text(json.dumps(spent))
"""
# What the largest costs are made of, and what would have to be given up to be rid of them.
WHY = {
    "receive and part": "each octet is received, hashed and written twice, as it came and as the"
    " file it holds: the raw mail is kept",
    "inspect jpeg": "the entropy decode, at an eighth of the size: only it tells that the data are"
    " whole, and no library does it faster",
    "inspect mp4": "MediaInfo reads the frames' headers, and all octets are looked through for a"
    " run of zeros",
    "compose replies": "templates, the text of a reply, and a form to be filled in",
    "judge and record": "the rules, and a commit a mail",
    "start and all else": "modules that are imported, once a process",
    "inspect docx": "two readers, that must agree",
    "inspect xlsx": "two readers, that must agree",
}


def profile(maildir: Path, command: list[str], env: Mapping[str, str]) -> dict[str, Any]:
    """Seconds of a processor by step, the three largest, and why they stay."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "main.json")
        timed = [sys.executable, "-c", _TIMED, str(out), *command]
        subprocess.run(timed, check=True, env=dict(env), stdout=subprocess.DEVNULL)
        main = json.loads(out.read_text())
        files = _inspected(maildir, Path(scratch, "files"))
    steps = main | {f"inspect {format}": one["seconds"] for format, one in files.items()}
    largest = sorted(steps, key=lambda step: -steps[step])[:3]
    return {
        "main": main,
        "files": files,
        "largest": [
            {"step": step, "seconds": steps[step], "why it stays": WHY.get(step, "")}
            for step in largest
        ],
    }


def _inspected(maildir: Path, store: Path) -> dict[str, dict[str, float]]:
    """By format: how many files, and seconds of a processor."""
    # As in the workers' server, before numpy is imported.
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    from dataclasses import replace

    from mailbot.files import BlobStore
    from mailbot.inbox.parting.message import parse_message
    from mailbot.inbox.parting.splitter import split_file
    from mailbot.inspection.tasks import Around, attachment_task
    from mailbot.inspection.tree import inspect_file
    from mailbot.inspection.workers.forking import preload
    from mailbot.inspection.workers.limits import limits_of
    from mailbot.settings.inspection import LimitsSection

    preload()
    limits = limits_of(LimitsSection())
    blobs, found = BlobStore(store), dict[str, dict[str, float]]()
    for path in sorted((maildir / "cur").iterdir()):
        message = parse_message(split_file(path, blobs))
        around = Around.of(message)
        for one in message.attachments:
            task = replace(attachment_task(around, one, store, limits), previews=True)
            start = time.process_time()
            format = inspect_file(task).format
            tally = found.setdefault(format, {"count": 0, "seconds": 0.0})
            tally["count"] += 1
            tally["seconds"] += time.process_time() - start
            task.path.unlink(missing_ok=True)
    return found
