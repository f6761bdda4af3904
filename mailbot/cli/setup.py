"""`mailbot init`: settings for a new office."""

import json
import os
import pwd
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.cli.terminal import console, plain, unread_config_option
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
_WORD_FILE = "imap-password"
# Where deploy/mailbot.service looks, and as whom it runs.
_SYSTEM = Path("/etc/mailbot")
_SYSTEM_DATA = Path("/var/lib/mailbot")
_ACCOUNT = "mailbot"


@click.command("init")
@click.argument(
    "address", required=False, metavar="[ADDRESS]", help="The mailbox's address; else asked."
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write mailbot.toml.",
)
@click.option("--rules", type=click.Path(path_type=Path), metavar="DIR", help="A rules folder.")
@click.option(
    "--provider", metavar="NAME", help=f"{' '.join(PROVIDERS)} {PLAIN}; else known by the address."
)
@click.option("--imap-host", metavar="HOST", help="Another server.")
@click.option("--smtp-host", metavar="HOST", help="Another server.")
@click.option(
    "--office", multiple=True, metavar="ADDRESS", help="Reads the digest; may be repeated."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the 授权码 from the first line of stdin."
)
@click.option("--no-login", is_flag=True, help="Try no login.")
@click.option("--system", is_flag=True, help=f"For the service: {_SYSTEM}, data in {_SYSTEM_DATA}.")
@click.option(
    "--data", type=click.Path(path_type=Path), metavar="DIR", help="Where mail and ledger are kept."
)
@unread_config_option
def init(
    address: str | None,
    folder: Path | None,
    rules: Path | None,
    provider: str | None,
    imap_host: str | None,
    smtp_host: str | None,
    office: tuple[str, ...],
    password_stdin: bool,
    no_login: bool,
    system: bool,
    data: Path | None,
) -> None:
    """Write mailbot.toml for a new office, in shadow mode: nothing is sent until you say so.

    On a terminal it asks for what is not given. With a password at hand it logs in at once at both
    servers; exit code 1 where that fails (the folder is written all the same).

    Example: mailbot init zzajyj@163.com --system --office duty@example.test
    """
    asks = sys.stdin.isatty() and not password_stdin
    address = _checked(address or (_asked("The mailbox's address") if asks else ""))
    where = folder or (_SYSTEM if system else Path())
    if (where / "mailbot.toml").exists():
        raise SettingsError(f"{where / 'mailbot.toml'} is there already and stays as it is")
    servers = _servers(address, provider, imap_host, smtp_host)
    campaign = load_campaign((rules or shipped_rules()).resolve())
    readers = [_checked(one) for one in office or (_readers() if asks else [])]
    secret = sys.stdin.readline().strip("\r\n") if password_stdin else ""
    if asks and not (where / _WORD_FILE).exists():
        _print(servers.made_in)
        secret = click.prompt(
            "授权码 (empty: later)", default="", hide_input=True, show_default=False
        )
    kept = data or (_SYSTEM_DATA if system else Path("var"))
    text = _TEMPLATE.format(
        imap=servers.imap,
        smtp=servers.smtp,
        way_out=_way_out(servers),
        address=address,
        secret=_WORD_FILE,
        issuer=json.dumps(campaign.issuer, ensure_ascii=False),
        data=json.dumps(str(kept.resolve() if data or system else kept), ensure_ascii=False),
        rules=_rules_line(where, rules, system),
        office=json.dumps(readers, ensure_ascii=False),
    )
    _write(where / "mailbot.toml", text)
    if secret:
        _write(where / _WORD_FILE, secret + "\n")
    if system:
        _hand_over(where, kept)
    _print(f"{where / 'mailbot.toml'}: written, in shadow mode")
    _print(servers.note and f"note: {servers.note}")
    if not (where / _WORD_FILE).exists():
        _print(f"next: write the password into {where / _WORD_FILE} (chmod 600)")
        _print(servers.made_in and f"      {servers.made_in}")
    fails = (where / _WORD_FILE).exists() and not no_login and _login_fails(where / "mailbot.toml")
    _print(servers.old_mail and f"then: {servers.old_mail}")
    _print(f"then: mailbot --config {where / 'mailbot.toml'} doctor")
    if fails:
        raise click.exceptions.Exit(1)


def _print(text: str) -> None:
    if text:
        console.print(plain(text))


def _asked(question: str) -> str:
    return str(click.prompt(question)).strip()


def _readers() -> list[str]:
    told = str(click.prompt("Who reads the daily digest (addresses)", default=""))
    return [one for one in re.split(r"[\s,;，；]+", told) if one]


def _checked(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(f"{address!r} is no address (mailbot init ADDRESS)")
    return address


def _servers(
    address: str, name: str | None, imap_host: str | None, smtp_host: str | None
) -> Provider:
    if name is not None and name not in PROVIDERS and name != PLAIN:
        raise SettingsError(f"--provider {name}: one of {' '.join(PROVIDERS)} {PLAIN}")
    known = PROVIDERS.get(name or "") or (None if name else provider_of(address))
    if known is None and name is None and imap_host is None:
        _print(
            f"no provider is known by {address.rpartition('@')[2]}: taken as a server of your own"
            " (tencent: --provider exmail, aliyun: --provider aliyun, netease: --provider qiye163)"
        )
    found = known or plain_server(address)
    return replace(found, imap=imap_host or found.imap, smtp=smtp_host or found.smtp)


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


def _hand_over(where: Path, data: Path) -> None:
    """What was written belongs to the service's account, where that is there and we may."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        account = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        _print(f"next: useradd --system --home {_SYSTEM_DATA} {_ACCOUNT}")
        _print(f"      chown -R {_ACCOUNT} {where} {data}")
        return
    except OSError as error:
        raise SettingsError(f"{data}: {error.strerror}") from None
    if os.geteuid() != 0:
        _print(f"next: chown -R {_ACCOUNT} {where} {data}")
        return
    for path in (where, data, *where.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    where.chmod(0o700)


def _login_fails(file: Path) -> bool:
    """Log in at both servers; whether one refused, said with what to do."""
    from mailbot.clock import SystemClock
    from mailbot.doctor.examine import examine_servers

    failed = False
    for check in examine_servers(file, SystemClock().now()):
        if check.state in ("failed", "warning"):
            _print(f"{check.name}: {check.text}")
            _print(f"      {check.remedy}")
        failed = failed or check.state == "failed"
    if not failed:
        _print("logged in at both servers")
    return failed
