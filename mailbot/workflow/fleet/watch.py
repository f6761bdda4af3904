"""The fleet's one health file: written at every look at the folder, read by a monitor."""

import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mailbot.workflow.heartbeat import FILE

_SILENT_S = 120  # it is written every few seconds, whatever the offices do


def health_file(folder: Path) -> Path:
    """Where it is: under systemd the folder of settings may be read-only, the service's own
    (STATE_DIRECTORY) is not."""
    own = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return Path(own or folder) / FILE


def write_fleet_health(folder: Path, document: dict[str, Any]) -> None:
    """Replace the file; a full disk leaves the old one to grow stale, which says it all."""
    path = health_file(folder)
    new = path.with_name(f"{FILE}.new")
    with suppress(OSError):
        new.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        new.chmod(0o600)
        new.replace(path)


def read_fleet_health(folder: Path, now: datetime) -> tuple[list[str], dict[str, Any]]:
    """What is wrong, a line each (none: all is well), and what the file says."""
    path = health_file(folder)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        silent = abs(now - datetime.fromisoformat(document["at"])) > timedelta(seconds=_SILENT_S)
        offices = dict(document["offices"])
    except FileNotFoundError:
        return ["it has never run here"], {"offices": {}}
    except (OSError, ValueError, TypeError, KeyError) as error:
        return [f"{path} cannot be read: {error}"], {"offices": {}}
    if silent:
        return [f"no sign of life since {document['at']}"], document
    return [
        f"{name}: {one['fault']}" for name, one in offices.items() if one.get("fault")
    ], document
