"""`mailbot init`: settings for a new office."""

import sys
from pathlib import Path

import click

from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.cli.terminal import console, plain, unread_config_option
from mailbot.settings import founding
from mailbot.settings.providers import PLAIN, PROVIDERS


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
@click.option(
    "--system",
    is_flag=True,
    help=f"For the service: {founding.SYSTEM}, data in {founding.SYSTEM_DATA}.",
)
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
    address = founding.checked_address(address or (_asked("The mailbox's address") if asks else ""))
    where = folder or (founding.SYSTEM if system else Path())
    founding.refuse_present(where)
    servers = founding.chosen_servers(address, provider, imap_host, smtp_host)
    if imap_host is None and not founding.is_known(address, provider):
        _print(
            f"no provider is known by {address.rpartition('@')[2]}: taken as a server of your own"
            " (tencent: --provider exmail, aliyun: --provider aliyun, netease: --provider qiye163)"
        )
    campaign = load_campaign((rules or shipped_rules()).resolve())
    readers = [founding.checked_address(one) for one in office or (_readers() if asks else [])]
    secret = sys.stdin.readline().strip("\r\n") if password_stdin else ""
    word_file = where / founding.WORD_FILE
    if asks and not word_file.exists():
        _print(servers.made_in)
        secret = click.prompt(
            "授权码 (empty: later)", default="", hide_input=True, show_default=False
        )
    office_as_told = founding.Founding(
        address, servers, campaign.issuer, tuple(readers), rules, secret
    )
    left = founding.write_folder(office_as_told, where, data, system=system)
    for command in left:
        _print(f"next: {command}")
    _print(f"{where / 'mailbot.toml'}: written, in shadow mode")
    _print(servers.note and f"note: {servers.note}")
    if not word_file.exists():
        _print(f"next: write the password into {word_file} (chmod 600)")
        _print(servers.made_in and f"      {servers.made_in}")
    fails = word_file.exists() and not no_login and _login_fails(where / "mailbot.toml")
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
    return founding.listed(str(click.prompt("Who reads the daily digest (addresses)", default="")))


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
