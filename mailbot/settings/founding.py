"""What a new office needs written: mailbot.toml and the password's file, in shadow mode.

Used by `mailbot init` and by the console's first page (`mailbot.console.founding`), so that both
leave the same folder.
"""

import json
import os
import pwd
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailbot.errors import SettingsError
from mailbot.settings.providers import PLAIN, PROVIDERS, Provider, plain_server, provider_of

_TEMPLATE = """\
# Settings of mailbot; every key is explained in deploy/README.md.
# Passwords stand in files of their own (chmod 600), never in this one.

[imap]
host = "{imap}"
username = "{address}"
password_file = "{secret}"    # at NetEase the 授权码, not the web password
extra_folders = []                 # more folders to read, e.g. ["垃圾邮件"]

[smtp]
host = "{smtp}"
{way_out}username = "{address}"
password_file = "{secret}"
from_address = "{address}"
from_name = {issuer}

[paths]
data = {data}

[campaign]
{rules}

[office]
addresses = {office}                     # who reads the daily digest

[outbox]
# shadow: replies are composed and can be read (mailbot outbox list), none is sent.
# approve: each waits for: mailbot outbox approve NUMBER.   live: sent by themselves.
mode = "shadow"
"""
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
WORD_FILE = "imap-password"
# Where deploy/mailbot.service looks, and as whom it runs.
SYSTEM = Path("/etc/mailbot")
SYSTEM_DATA = Path("/var/lib/mailbot")
ACCOUNT = "mailbot"


@dataclass(frozen=True, slots=True)
class Founding:
    """An office as it is set up: its mailbox, who reads the digest, under which rules (None: the
    shipped ones). `secret` is what its programs log in with; "" for later."""

    address: str
    servers: Provider
    issuer: str
    readers: tuple[str, ...] = ()
    rules: Path | None = None
    secret: str = ""


def checked_address(address: str) -> str:
    """The address; SettingsError where it is none."""
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(f"{address!r} is no address (mailbot init ADDRESS)")
    return address


def listed(told: str) -> list[str]:
    """Addresses as a person writes several into one line."""
    return [one for one in re.split(r"[\s,;，；、]+", told) if one]


def is_known(address: str, name: str | None) -> bool:
    """Whether the servers follow from the provider's name or the address's domain."""
    return name is not None or provider_of(address) is not None


def chosen_servers(
    address: str, name: str | None = None, imap: str | None = None, smtp: str | None = None
) -> Provider:
    """The servers of this provider, else of the address's, else by the names most have; `imap` and
    `smtp` go before. SettingsError for a provider that is none."""
    if name is not None and name not in PROVIDERS and name != PLAIN:
        raise SettingsError(f"--provider {name}: one of {' '.join(PROVIDERS)} {PLAIN}")
    known = PROVIDERS.get(name or "") or (None if name else provider_of(address))
    found = known or plain_server(address)
    return replace(found, imap=imap or found.imap, smtp=smtp or found.smtp)


def refuse_present(where: Path) -> None:
    """SettingsError where an office has its settings here already."""
    if (where / "mailbot.toml").exists():
        raise SettingsError(
            f"{where / 'mailbot.toml'} is there already and stays as it is."
            f" Another 授权码: write it into {where / WORD_FILE}, then mailbot resume;"
            " another mailbox: move the file away"
        )


def write_folder(
    founding: Founding, where: Path, data: Path | None = None, *, system: bool = False
) -> Sequence[str]:
    """Write the folder; what is left to do by hand, a command a line.

    `system`: as deploy/mailbot.service wants it. SettingsError where something is there already, or
    cannot be written.
    """
    refuse_present(where)
    kept = data or (SYSTEM_DATA if system else Path("var"))
    text = _TEMPLATE.format(
        imap=founding.servers.imap,
        smtp=founding.servers.smtp,
        way_out=_way_out(founding.servers),
        address=founding.address,
        secret=WORD_FILE,
        issuer=json.dumps(founding.issuer, ensure_ascii=False),
        data=json.dumps(str(kept.resolve() if data or system else kept), ensure_ascii=False),
        rules=_rules_line(where, founding.rules, system),
        office=json.dumps(founding.readers, ensure_ascii=False),
    )
    _write(where / "mailbot.toml", text)
    if founding.secret:
        _write(where / WORD_FILE, founding.secret + "\n")
    return _hand_over(where, kept) if system else ()


def become_account() -> None:
    """Go on as the service's account where this is root, for good: what is made from now on has to
    be that account's."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)


def _way_out(servers: Provider) -> str:
    if (servers.smtp_port, servers.smtp_security) == (465, "tls"):
        return ""
    return f'port = {servers.smtp_port}\nsecurity = "{servers.smtp_security}"\n'


def _rules_line(where: Path, rules: Path | None, system: bool) -> str:
    """The service sees nothing of /home and /root: its rules lie beside its settings."""
    if rules is None:
        return '# rules = "rules/NAME"             # a rules folder; none: the shipped one'
    chosen = rules.resolve()
    if system and not chosen.is_relative_to(where.resolve()):
        copy = where / "rules" / chosen.name
        try:
            shutil.copytree(chosen, copy)
        except OSError as error:
            raise SettingsError(f"{copy}: {error}") from None
        return f"rules = {json.dumps(f'rules/{chosen.name}', ensure_ascii=False)}"
    return f"rules = {json.dumps(str(chosen), ensure_ascii=False)}"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsError(f"{path} is there already and stays as it is") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    with os.fdopen(file, "w", encoding="utf-8") as stream:
        stream.write(text)


def _hand_over(where: Path, data: Path) -> Sequence[str]:
    """What was written belongs to the service's account, where that is there and we may."""
    own = f"chown -R {ACCOUNT} {where} {data}"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return (f"useradd --system --home {SYSTEM_DATA} {ACCOUNT}", own)
    except OSError as error:
        raise SettingsError(f"{data}: {error.strerror}") from None
    if os.geteuid() != 0:
        return (own,)
    for path in (where, data, *where.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    where.chmod(0o700)
    return ()
