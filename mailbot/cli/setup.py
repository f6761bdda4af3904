"""`mailbot init`: settings for a new office."""

import json
import os
import re
from pathlib import Path
from typing import Annotated

import typer

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.cli.terminal import UnreadConfigOption, console, plain
from mailbot.errors import SettingsError

_TEMPLATE = """\
# Settings of mailbot; every key is explained in deploy/README.md.
# Passwords stand in files of their own (chmod 600), never in this one.

[imap]
host = "{host}"
username = "{address}"
password_file = "imap-password"    # at NetEase the 授权码, not the web password

[smtp]
host = "{smtp_host}"
username = "{address}"
password_file = "imap-password"
from_address = "{address}"
from_name = {issuer}

[paths]
data = "var"

[campaign]
rules = {rules}

[office]
addresses = []                     # who reads the daily digest

[outbox]
# shadow: replies are composed and can be read (mailbot outbox list), none is sent.
# approve: each waits for: mailbot outbox approve NUMBER.   live: sent by themselves.
mode = "shadow"
"""


def init(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mailbox's address.")],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where to write mailbot.toml.")
    ] = Path(),
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help="A rules folder.")
    ] = None,
    _config: UnreadConfigOption = None,
) -> None:
    """Write mailbot.toml for a new office, in shadow mode: nothing is sent until you say so.

    Example: mailbot init zzajyj@163.com --dir /etc/mailbot
    """
    if not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", address):
        raise SettingsError(f"{address!r} is no address")
    domain = address.rpartition("@")[2]
    chosen = (rules or shipped_rules()).resolve()
    campaign = load_campaign(chosen)
    target = folder / "mailbot.toml"
    text = _TEMPLATE.format(
        host=f"imap.{domain}",
        smtp_host=f"smtp.{domain}",
        address=address,
        issuer=_quoted(campaign.issuer),
        rules=_quoted(str(chosen)),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(f"{target} is there already and stays as it is") from None
    except OSError as error:
        raise SettingsError(f"{target}: {error.strerror}") from None
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(text)
    console.print(plain(f"{target}: written, in shadow mode"))
    console.print(plain(f"next: write the password into {folder / 'imap-password'}"))
    console.print(plain(f"then: mailbot --config {target} tick"))


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0, whose escapes JSON's are; DEL alone JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
