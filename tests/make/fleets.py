"""A folder of offices: settings files, each with a Maildir or an account of its own."""

import json
from pathlib import Path

from make.office import OUR_ADDRESS
from make.smtp_sink import SmtpSink


def an_office_file(
    fleet: Path,
    name: str,
    sink: SmtpSink | None,
    *,
    imap: str = "",
    mode: str = "live",
    data: str = "",
    daily_limit: int = 200,
    poll_seconds: int = 5,
    rules: Path | None = None,
    more: str = "",
    files: str = "",
) -> Path:
    """Write `name`.toml; without `imap` it polls the folder `mail-name` beside the fleet."""
    lines = [f'[paths]\ndata = "../data-{data or name}"']
    if files:
        lines.append(f'files = "{files}/{name}"\nfiles_cache_bytes = 1')
    lines.append(f'[outbox]\nmode = "{mode}"')
    lines.append(f"settle_seconds = 0\n[schedule]\npoll_seconds = {poll_seconds}")
    if imap:
        lines.append(imap)
    else:
        (fleet.parent / f"mail-{name}").mkdir(exist_ok=True)
        lines.append(f'[maildir]\npath = "../mail-{name}"')
    if sink is not None:
        lines.append(
            f'[smtp]\nhost = "{sink.host}"\nport = {sink.port}\nsecurity = "none"\n'
            f'from_address = "{OUR_ADDRESS}"\ndaily_limit = {daily_limit}'
        )
    if rules is not None:
        lines.append(f"[campaign]\nrules = {json.dumps(str(rules))}")
    lines.append(more)
    file = fleet / f"{name}.toml"
    file.write_text("\n".join(lines) + "\n")
    return file


def put_mail(fleet: Path, office: str, raw: bytes, name: str = "1.eml") -> None:
    """Put a mail into the folder that the office polls."""
    (fleet.parent / f"mail-{office}" / name).write_bytes(raw)
